"""The commands that look inside: inspect, report and bench."""

import logging
from pathlib import Path
from typing import Annotated, Literal

import typer

from tagger.cli.operands import check_operand
from tagger.cli.options import Debug, Quiet, Settings, Threads, local
from tagger.console import output, print_data, reported

log = logging.getLogger("tagger")


@reported
def inspect(
    path: Annotated[
        Path | None, typer.Argument(metavar="CONFIG|MODEL", help="A config, a run folder or a bundle folder.")
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help='A layer instead: "gru units=9 inputs=10"; also bidirectional, merge, reset_after, steps. Several: '
            '"lstm units=128,256 inputs=8 return_sequences=false dense=10".',
        ),
    ] = None,
    sentence: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Show the states at each step of this sentence.")
    ] = None,
    input_path: Annotated[
        Path | None,
        typer.Option(
            "--input",
            "-i",
            metavar="FILE",
            help="Show them for the first sentence of a file, or for a file of numbers, one step per line.",
        ),
    ] = None,
    constant: Annotated[
        float | None,
        typer.Option(metavar="X", help="Set all weights to X and all biases to 0 (LSTM forget gate: 1)."),
    ] = None,
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="json: everything, in full precision.")
    ] = "text",
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write a page for a browser, with states as heat maps.")
    ] = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Show layers, shapes and parameter counts with their formulas, and the states at each step."""
    import json

    from tagger.inspection.subject import subject_of
    from tagger.inspection.text import format_text
    from tagger.inspection.to_json import to_json

    if (path is None) == (layer is None):
        raise typer.BadParameter("expected one of CONFIG, MODEL and --layer")
    if sentence is not None and input_path is not None:
        raise typer.BadParameter("--sentence and --input exclude each other")
    source = local(input_path, "input") if input_path is not None else sentence
    if path is not None:
        check_operand(path, "config or model")
    if constant is not None and source is None:
        raise typer.BadParameter("--constant needs --sentence or --input: it shows in the states")
    subject = subject_of(path, layer, constant=constant, needs_weights=source is not None)
    steps = None
    if source is not None:
        from tagger.inspection.steps import sentence_steps

        steps = sentence_steps(subject, source)
    if html is not None:
        from tagger.inspection.html import html_page

        with output(html) as file:
            file.write(html_page(subject, steps))
        log.info("the page is %s", html)
    is_json = output_format == "json"
    print_data(json.dumps(to_json(subject, steps), ensure_ascii=False) if is_json else format_text(subject, steps))


@reported
def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write the report.html of a run again, from its folder alone."""
    from tagger.training.report import write_report

    print_data(str(write_report(check_operand(run, "run"))))


@reported
def bench(
    path: Annotated[
        Path, typer.Argument(metavar="CONFIG|MODEL", help="A config file (TOML), a run folder or a bundle folder.")
    ],
    settings: Settings = None,
    seconds: Annotated[
        float, typer.Option(min=0, metavar="S", help="Seconds of training, and of tagging, after a warm-up.")
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
    import json

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
        measured = to_json(training, tagging, machine(threads))
        print_data(json.dumps(measured, indent=2, ensure_ascii=False))
    else:
        print_data(format_bench(training, tagging, machine(threads)))
