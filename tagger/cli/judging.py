"""The commands evaluate, compare, report and inspect."""

import logging
from pathlib import Path
from typing import Annotated, Literal

import typer

from tagger.cli.operands import check_operand
from tagger.cli.options import (
    BadRows,
    Debug,
    Encoding,
    FileFormat,
    ModelDir,
    Quiet,
    SentenceColumn,
    TagColumn,
    Threads,
    TokenColumn,
    known_layout,
    local,
)
from tagger.console import output, print_data, reported

log = logging.getLogger("tagger")


@reported
def evaluate(
    model: ModelDir,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A tagged file.")],
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="json: one object, its ratios from 0 to 1.")
    ] = "text",
    token: TokenColumn = None,
    tag: TagColumn = None,
    sentence: SentenceColumn = None,
    input_format: FileFormat = "auto",
    encoding: Encoding = None,
    bad_rows: BadRows = "error",
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Score a tagged file: accuracy with its interval beside baselines, each tag's scores, errors to read."""
    import json

    from tagger.corpus.chunks import display_path
    from tagger.evaluation.tagged_files import evaluate_file
    from tagger.reports.evaluation_text import format_evaluation, warn_of_baselines
    from tagger.tagging.tagger import Tagger

    check_operand(model, "model", path)
    known = known_layout(input_format, token, tag, sentence, encoding, bad_rows)
    evaluation = evaluate_file(Tagger.load(model, threads=threads), local(path), known)
    warn_of_baselines(evaluation, display_path(path))
    print_data(json.dumps(evaluation.to_json(), indent=2) if output_format == "json" else format_evaluation(evaluation))


@reported
def compare(
    first: Annotated[Path, typer.Argument(metavar="A", help="A run folder or a bundle folder.")],
    second: Annotated[Path, typer.Argument(metavar="B", help="Another one.")],
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A tagged file that neither was trained on.")],
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="json: one object, with every changed token.")
    ] = "text",
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page for a browser too.")] = None,
    token: TokenColumn = None,
    tag: TagColumn = None,
    sentence: SentenceColumn = None,
    input_format: FileFormat = "auto",
    encoding: Encoding = None,
    bad_rows: BadRows = "error",
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Tell whether one of two taggers is better: tests, changed tags, tokens that were mended and broken.

    Differences are B's number less A's. Interval and p come from one test, which swaps tags of whole sentences.
    """
    import json

    from tagger.evaluation.tagged_files import compare_on_file
    from tagger.reports.comparison_text import format_comparison
    from tagger.tagging.tagger import Tagger

    for operand in (first, second):
        check_operand(operand, "model", path)
    path_here = local(path)
    taggers = Tagger.load(first, threads=threads), Tagger.load(second, threads=threads)
    known = known_layout(input_format, token, tag, sentence, encoding, bad_rows)
    comparison = compare_on_file(*taggers, path_here, known)
    if html is not None:
        from tagger.reports.comparison_page import comparison_page

        with output(html) as file:
            file.write(comparison_page(comparison, str(first), str(second), str(path)))
        log.info("the page is %s", html)
    names = {"a": str(first), "b": str(second), "file": str(path)}
    is_json = output_format == "json"
    print_data(
        json.dumps({**names, **comparison.to_json()}, indent=2, ensure_ascii=False)
        if is_json
        else format_comparison(comparison, str(first), str(second))
    )


@reported
def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Write a run's report.html again, from its folder alone; the data may have moved."""
    from tagger.training.report import write_report

    print_data(str(write_report(check_operand(run, "run"))))


@reported
def inspect(
    path: Annotated[
        Path | None, typer.Argument(metavar="CONFIG|MODEL", help="A config, a run folder or a bundle folder.")
    ] = None,
    layer: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help='In place of both, a layer: "gru units=9 inputs=10"; also bidirectional, merge, reset_after, steps.',
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
            help="The same for the first sentence of a file; where only numbers enter, also of numbers, a step a line.",
        ),
    ] = None,
    constant: Annotated[
        float | None,
        typer.Option(metavar="X", help="Let every weight be X, and each bias 0, but 1 of an LSTM's forget gate."),
    ] = None,
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="json: everything, each number in full.")
    ] = "text",
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Also write a page, the states as heat maps.")
    ] = None,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Look inside: layers, shapes, parameters with their formula, and the states at each step."""
    import json

    from tagger.inspection.subject import subject_of
    from tagger.inspection.text import format_text
    from tagger.inspection.to_json import to_json

    if (path is None) == (layer is None):
        raise typer.BadParameter("one thing is inspected: a CONFIG, a MODEL, or a --layer")
    if sentence is not None and input_path is not None:
        raise typer.BadParameter("--sentence gives a sentence, and so does --input: take one of them")
    source = local(input_path, "input") if input_path is not None else sentence
    if path is not None:
        check_operand(path, "config or model")
    if constant is not None and source is None:
        raise typer.BadParameter("--constant is for the states: it goes with --sentence or --input")
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
