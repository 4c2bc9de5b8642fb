"""The commands that look inside: inspect, report and bench."""

import logging
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from tagger.bounds import MOST_SECONDS
from tagger.cli.operands import check_operand
from tagger.cli.options import Debug, Quiet, Settings, Threads, local
from tagger.console import output, print_data, print_json, print_report, reported

log = logging.getLogger("tagger")


class Section(StrEnum):
    """A part of what `inspect` shows."""

    shapes = "shapes"
    weights = "weights"
    returns = "returns"
    states = "states"
    gates = "gates"


@reported
def inspect(
    path: Annotated[
        Path | None, typer.Argument(metavar="CONFIG|MODEL", help="A config, a run folder or a bundle folder.")
    ] = None,
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="Show the states for this sentence.")] = None,
    layer: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help='A layer instead: "gru units=9 inputs=10"; also bidirectional, merge, reset_after, steps. Several: '
            '"lstm units=128,256 inputs=8 return_sequences=false dense=10".',
        ),
    ] = None,
    sentence: Annotated[str | None, typer.Option(metavar="TEXT", hidden=True)] = None,
    input_path: Annotated[
        Path | None,
        typer.Option(
            "--input",
            "-i",
            metavar="FILE",
            help="Show the states for the first sentence of a file, or for a file of numbers, one step per line.",
        ),
    ] = None,
    show: Annotated[
        list[Section] | None,
        typer.Option(help="Show this only; may be repeated. Default: shapes, or states with a sentence."),
    ] = None,
    step: Annotated[
        int | None, typer.Option(metavar="N", help="Show how a unit is computed at step N, number by number.")
    ] = None,
    unit: Annotated[int, typer.Option(metavar="N", help="The unit, with --step.")] = 1,
    is_complete: Annotated[
        bool, typer.Option("--all", help="Show all steps, units, rows and terms, however many there are.")
    ] = False,
    settings: Settings = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Seed of the random weights of a config or layer. Default: 1."),
    ] = None,
    constant: Annotated[
        float | None,
        typer.Option(metavar="X", help="Set all weights to X and all biases to 0 (LSTM forget gate: 1)."),
    ] = None,
    output_format: Annotated[
        Literal["text", "json", "csv"],
        typer.Option("--format", "-f", help="json: in full precision; csv: a row for each step, states and gates."),
    ] = "text",
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write a page for a browser, with states as heat maps.")
    ] = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Show layers, shapes and parameter counts with their formulas; weights; states and gates at each step."""
    from tagger.inspection.subject import subject_of

    if (path is None) == (layer is None):
        raise typer.BadParameter("expected one of CONFIG, MODEL and --layer")
    text = sentence if text is None else text
    if text is not None and input_path is not None:
        raise typer.BadParameter("TEXT and --input exclude each other")
    if path is not None:
        check_operand(path, "config or model")
    is_config = path is not None and path.is_file()
    if settings and not is_config:
        raise typer.BadParameter("--set needs a config; a model cannot be changed")
    if seed is not None and (constant is not None or not (is_config or layer)):
        raise typer.BadParameter("--seed is for random weights; a model, and --constant, have none")
    source = local(input_path, "input") if input_path is not None else text
    sections: tuple[str, ...] = tuple(each.value for each in show or ())
    if source is None and (step is not None or {"states", "gates"} & {*sections}):
        need = "--input FILE, one step per line" if layer else "a TEXT or --input"
        raise typer.BadParameter(f"--step, --show states and --show gates need {need}")
    if output_format == "csv" and (source is None or {"shapes", "weights", "returns"} & {*sections}):
        raise typer.BadParameter("--format csv is for states and gates: it needs a TEXT or --input")
    needs_weights = source is not None or "weights" in sections
    if constant is not None and not needs_weights:
        raise typer.BadParameter("--constant needs a TEXT or --input, or --show weights: it shows there")
    subject = subject_of(
        path, layer, settings=settings, constant=constant, seed=1 if seed is None else seed, needs_weights=needs_weights
    )
    steps, calculated = None, []
    if source is not None:
        from tagger.inspection.calculation import calculations
        from tagger.inspection.steps import sentence_steps

        steps = sentence_steps(subject, source)
        if step is not None:
            calculated = calculations(steps, step, unit, subject.input_names)
    if html is not None:
        from tagger.inspection.html import html_page

        with output(html) as file:
            file.write(html_page(subject, steps, sections, calculated))
        log.info("the page is %s", html)
    if output_format == "csv" and steps is not None:
        from tagger.inspection.arrays import named_arrays, write_csv

        with output(None) as file:
            write_csv(named_arrays(subject, steps, sections or ("states", "gates")), steps.tokens, file)
    elif output_format == "json":
        from tagger.inspection.to_json import DEFAULT, to_json

        print_json(to_json(subject, steps, sections or DEFAULT, calculated))
    else:
        from tagger.inspection.text import format_text

        if not sections and step is None:
            sections = ("shapes",) if source is None else ("states",)
        print_report(format_text(subject, steps, sections, calculated, is_complete=is_complete))


@reported
def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write the report.html of a run again, from its folder alone."""
    from tagger.training.report import write_report
    from tagger.training.run_folder import run_lock

    with run_lock(check_operand(run, "run")):
        print_data(str(write_report(run)))


@reported
def bench(
    path: Annotated[
        Path, typer.Argument(metavar="CONFIG|MODEL", help="A config file (TOML), a run folder or a bundle folder.")
    ],
    settings: Settings = None,
    seconds: Annotated[
        float,
        typer.Option(
            min=0, max=MOST_SECONDS, metavar="S", help="Seconds of training, and of tagging, after a warm-up."
        ),
    ] = 10,
    input_path: Annotated[
        Path | None,
        typer.Option(
            "--input",
            "-i",
            metavar="FILE",
            help="File of sentences to tag; default: dev of a config, random known words for a model.",
        ),
    ] = None,
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="json: one object, in seconds and megabytes.")
    ] = "text",
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Measure training and tagging speed, start-up and memory on this machine.

    The network of a config is trained for some seconds and then tags; nothing is saved. A model only tags.
    """
    from tagger.bench.measure import bench_config, machine
    from tagger.bench.tagging import bench_model
    from tagger.bench.text import format_bench, to_json

    check_operand(path, "config or model")
    input_file = local(input_path, "input") if input_path else None
    training = None
    if path.is_file():
        from tagger.config import load_config
        from tagger.packages import require

        require("train")
        training, tagging = bench_config(
            load_config(path, settings), seconds=seconds, threads=threads, input_path=input_file
        )
    elif settings:
        raise typer.BadParameter("--set needs a config; a model cannot be changed")
    else:
        tagging = bench_model(path, seconds=seconds, threads=threads, input_path=input_file)
    if output_format == "json":
        print_json(to_json(training, tagging, machine(threads)), indent=2)
    else:
        print_report(format_bench(training, tagging, machine(threads)))
