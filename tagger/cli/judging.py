"""The commands that score taggers: evaluate and compare."""

import difflib
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tagger.bounds import MAX_TOKENS
from tagger.cli.operands import check_operand
from tagger.cli.options import (
    BadRows,
    Debug,
    Encoding,
    FileFormat,
    HeadName,
    LookAhead,
    MaxTokens,
    ModelDir,
    Quiet,
    SentenceColumn,
    TagColumn,
    Threads,
    TokenColumn,
    known_layout,
    local,
)
from tagger.console import output, print_json, print_report, reported

if TYPE_CHECKING:
    from tagger.corpus.layout import Layout
    from tagger.tagging.tagger import Tagger

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
    head: HeadName = None,
    sentence: SentenceColumn = None,
    input_format: FileFormat = "auto",
    encoding: Encoding = None,
    bad_rows: BadRows = "error",
    max_tokens: MaxTokens = MAX_TOKENS,
    look_ahead: LookAhead = 0,
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Score a tagger on a tagged file: accuracy beside baselines, scores by tag, errors to read."""
    from tagger.corpus.chunks import display_path
    from tagger.evaluation.tagged_files import evaluate_file
    from tagger.reports.evaluation_text import format_scores, warn_of_baselines
    from tagger.tagging.tagger import Tagger

    check_operand(model, "model", path)
    known = known_layout(input_format, token, tag, sentence, encoding, bad_rows, max_tokens=max_tokens)
    tagger = Tagger.load(model, threads=threads)
    _check_head(head, tag, tagger)
    if look_ahead:
        if head is not None:
            raise typer.BadParameter("--look-ahead is for the head that predict --stream tags; leave out --head")
        _show_cost_of_look_ahead(tagger, model, local(path), known, look_ahead, as_json=output_format == "json")
        return
    scores = evaluate_file(tagger, local(path), known, head=head)
    warn_of_baselines(scores, display_path(path))
    if output_format == "json":
        print_json(scores.to_json(), indent=2)
    else:
        print_report(format_scores(scores))


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
    head: HeadName = None,
    sentence: SentenceColumn = None,
    input_format: FileFormat = "auto",
    encoding: Encoding = None,
    bad_rows: BadRows = "error",
    max_tokens: MaxTokens = MAX_TOKENS,
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Test whether one of two taggers is better, and list the tokens that they tag differently.

    Differences are B minus A. Intervals and p come from a paired permutation test over sentences.
    """
    from tagger.evaluation.tagged_files import compare_on_file
    from tagger.reports.comparison_text import format_comparisons
    from tagger.tagging.tagger import Tagger

    for operand in (first, second):
        check_operand(operand, "model", path)
    path_here = local(path)
    taggers = Tagger.load(first, threads=threads), Tagger.load(second, threads=threads)
    known = known_layout(input_format, token, tag, sentence, encoding, bad_rows, max_tokens=max_tokens)
    _check_head(head, tag, *taggers)
    comparisons = compare_on_file(*taggers, path_here, known, head=head)
    if html is not None:
        from tagger.reports.comparison_page import comparison_page

        with output(html) as file:
            file.write(comparison_page(comparisons, str(first), str(second), str(path)))
        log.info("the page is %s", html)
    if output_format == "json":
        names = {"a": str(first), "b": str(second), "file": str(path)}
        print_json({**names, **comparisons.to_json()}, indent=2)
    else:
        print_report(format_comparisons(comparisons, str(first), str(second)))


def _show_cost_of_look_ahead(
    tagger: "Tagger", model: Path, path: Path, known: "Layout", look_ahead: int, *, as_json: bool
) -> None:
    """Print the comparison of tags given whole sentences (A) and given some later steps only (B)."""
    from tagger.evaluation.look_ahead import compare_look_ahead
    from tagger.reports.comparison_text import format_comparisons

    comparisons = compare_look_ahead(tagger, path, known, look_ahead=look_ahead)
    names = str(model), f"{model} --look-ahead {look_ahead}"
    if as_json:
        print_json({"a": names[0], "b": names[1], "file": str(path), **comparisons.to_json()}, indent=2)
    else:
        print_report(format_comparisons(comparisons, *names))


def _check_head(head: str | None, tag: str | None, *taggers: "Tagger") -> None:
    """Refuse a head that no tagger has, and a column of tags that could be that of several heads."""
    names = [*dict.fromkeys(target.name for tagger in taggers for target in tagger.bundle.targets)]
    if head is not None and head not in names:
        close = difflib.get_close_matches(head, names, n=1)
        meant = f"; did you mean {close[0]}?" if close else ""
        raise typer.BadParameter(f"--head {head}: there is no such head; there is {', '.join(names)}{meant}")
    if head is None and tag is not None and any(len(tagger.bundle.targets) > 1 for tagger in taggers):
        raise typer.BadParameter(f"--tag {tag}: --head NAME says of which head; there is {', '.join(names)}")
