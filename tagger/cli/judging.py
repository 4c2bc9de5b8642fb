"""The commands that score taggers: evaluate and compare."""

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
        Literal["text", "json"], typer.Option("--format", "-f", help="json: one object, ratios from 0 to 1.")
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
    """Score a tagger on a tagged file: accuracy beside baselines, scores by tag, errors to read."""
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
    second: Annotated[Path, typer.Argument(metavar="B", help="Another run folder or bundle folder.")],
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A tagged file that neither was trained on.")],
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="json: one object, with every changed token.")
    ] = "text",
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Also write a web page.")] = None,
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
    """Test whether one of two taggers is better, and list the tokens that they tag differently.

    Differences are B minus A. Intervals and p come from a paired permutation test over sentences.
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
