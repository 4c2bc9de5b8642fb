"""The command that tags."""

import logging
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Literal

import typer

from tagger.bounds import MAX_TOKENS, MOST_SEQUENCES
from tagger.cli.kinds import kind_of
from tagger.cli.operands import check_operand
from tagger.cli.options import (
    READING,
    Address,
    Debug,
    LookAhead,
    MaxTokens,
    ModelDir,
    On,
    Quiet,
    SentenceColumn,
    Threads,
    TokenColumn,
    check_address,
    column,
    local,
)
from tagger.console import has_colour, output, reported, standard_input
from tagger.format_names import InputFormat, OutputFormat
from tagger.terminal_text import command_line

if TYPE_CHECKING:
    from tagger.corpus.sentence import Sentence

log = logging.getLogger("tagger")

STREAM = "Step by step"  # panel of the help


@reported
def predict(
    model: ModelDir,
    texts: Annotated[list[str] | None, typer.Argument(metavar="TEXT...", help="Sentences to tag.")] = None,
    input_paths: Annotated[
        list[Path] | None,
        typer.Option("--input", "-i", metavar="FILE", help="File of sentences; may be repeated; -: standard input."),
    ] = None,
    input_format: Annotated[
        Literal["auto", InputFormat],
        typer.Option(
            help="Format of the input; text: one sentence per line; standard input is text by default.",
            rich_help_panel=READING,
        ),
    ] = "auto",
    token: TokenColumn = None,
    sentence: SentenceColumn = None,
    encoding: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Encoding, such as latin-1; standard input: UTF-8.", rich_help_panel=READING),
    ] = None,
    max_tokens: MaxTokens = MAX_TOKENS,
    output_path: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The file to write, compressed if named .gz."),
    ] = None,
    output_format: Annotated[
        OutputFormat | None,
        typer.Option("--format", "-f", help="Format of the output; default: by its name, else text."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="PAGE",
            help="Write a web page: series drawn with their states, or text in colours; the tags are written, too, "
            "if --output or --format is given.",
        ),
    ] = None,
    confidence: Annotated[
        bool, typer.Option("--confidence", help="Add the probability of each tag, string and label.")
    ] = False,
    best: Annotated[
        int,
        typer.Option(
            min=0,
            max=MOST_SEQUENCES,
            metavar="K",
            show_default=False,
            help="Write the K most probable tag sequences, of the first head of tags; not in conllu or csv.",
        ),
    ] = 0,
    pretokenized: Annotated[
        bool, typer.Option("--pretokenized", help="Text is tokenised already: split at spaces only.")
    ] = False,
    stream: Annotated[
        bool,
        typer.Option(
            "--stream",
            help="Tag each row of a table, or each token of a line, as soon as it comes, and write the row with its "
            "tag; a tagger of two directions, or with a CRF, needs --look-ahead.",
            rich_help_panel=STREAM,
        ),
    ] = False,
    state_path: Annotated[
        Path | None,
        typer.Option(
            "--state",
            metavar="FILE",
            help="With --stream: go on with the state in this file, if it exists, and write it at the end.",
            rich_help_panel=STREAM,
        ),
    ] = None,
    look_ahead: LookAhead = 0,
    on: On = "local",
    address: Address = None,
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Tag sentences from arguments, files or standard input: tags, labels and strings of all heads at once."""
    from tagger.corpus.text import text_sentences
    from tagger.tagging.input import InputOptions, read_input
    from tagger.tagging.output import answers_of, format_of_output, formatter
    from tagger.tagging.tagger import Tagger
    from tagger.tagging.windows import WINDOW

    if texts == ["-"]:
        texts = None
    options = InputOptions(input_format, column(token), column(sentence), encoding, pretokenized, max_tokens)
    if texts and (input_paths or options != InputOptions(pretokenized=pretokenized, max_tokens=max_tokens)):
        raise typer.BadParameter(
            "TEXT cannot be combined with --input, --input-format, --token, --sentence or --encoding"
        )
    wanted = output_format or format_of_output(output_path)
    if best and wanted in ("conllu", "csv"):
        raise typer.BadParameter(f"--best needs --format text, tsv or jsonl; {wanted} has one tag per token")
    check_address(on, address)
    if html is not None and (stream or best or on == "ray"):
        raise typer.BadParameter("--html cannot be combined with --stream, --best or --on ray")
    paths = input_paths or []
    if (state_path or look_ahead) and not stream:
        raise typer.BadParameter("--state and --look-ahead need --stream")
    if stream:
        from tagger.cli.streaming import tag_steps

        if texts or len(paths) > 1 or best or pretokenized or output_path or output_format or on == "ray":
            raise typer.BadParameter(
                "--stream reads standard input or one --input, and writes its rows with their tags to standard output; "
                "it cannot be combined with TEXT, --best, --pretokenized, --output, --format or --on ray"
            )
        check_operand(model, "model")
        path = paths[0] if paths else Path("-")
        path = path if path == Path("-") else local(path, "input")
        tag_steps(
            Tagger.load(model, threads=1),
            path,
            options,
            look_ahead=look_ahead,
            state_path=state_path,
            confidence=confidence,
        )
        return
    reads_stdin = Path("-") in paths or not (paths or texts)
    if reads_stdin and len(paths) > 1:
        raise typer.BadParameter("standard input cannot be combined with other files")
    if on == "ray" and (reads_stdin or texts):
        raise typer.BadParameter("--on ray needs --input FILE")
    if on == "ray" and wanted == "csv":
        raise typer.BadParameter("--on ray needs --format text, tsv, jsonl or conllu; csv numbers the sentences")
    check_operand(model, "model")
    paths = [path if path == Path("-") else local(path, "input") for path in paths]
    for text in texts or []:
        if " " not in text and kind_of(Path(text)) == "data":
            log.warning(
                "%s is tagged as a sentence, but is also a file; %s tags its content",
                text, command_line("--input", text),
            )  # fmt: skip
    tagger = Tagger.load(model, threads=threads)
    layout, targets = tagger.bundle.layout, tagger.bundle.targets
    if best and all(target.kind != "tag" for target in targets):
        raise typer.BadParameter(f"--best ranks sequences of tags, and {model} has no head of tags")
    if wanted == "conllu":
        from tagger.corpus.conllu_writer import log_answer_fields, log_tag_column

        if tagger.bundle.architecture.is_plain:
            log_tag_column(layout)
        else:
            log_answer_fields(layout, answers_of(targets))
    is_coloured = output_path is None and on == "local" and has_colour(sys.stdout)
    to_lines = formatter(wanted, confidence=confidence, layout=layout, targets=targets, is_coloured=is_coloured)
    page, rows_of = None, wanted
    if html is not None:
        from tagger.cli.tagged_page import adding, new_page

        page = new_page(tagger, model, input_paths or [])
        is_written = output_path is not None or output_format is not None
        to_lines = adding(page, to_lines if is_written else None)
        if tagger.bundle.architecture.reads_series and wanted != "conllu":
            rows_of = "csv"  # the rows of a table may have gold states
    with_confidence = confidence or page is not None

    def sentences_of(source: Path | BinaryIO) -> "Iterator[Sentence]":
        sentences = read_input(source, layout, options, rows_of=rows_of)
        first = next(sentences, None)
        if first is not None:
            yield first
            yield from sentences
        elif isinstance(source, Path):
            log.warning("%s: no sentence found", source)

    with output(html) if page is not None else nullcontext() as page_file, output(output_path) as file:
        if texts:
            sentences = text_sentences(texts, pretokenized=pretokenized)
            file.writelines(map(to_lines, tagger.stream(sentences, best=best, confidence=with_confidence)))
        elif on == "ray":
            from tagger.cluster.nodes import connected
            from tagger.cluster.tagging import TaggingOptions, tagged_text

            with connected(address):
                shard_options = TaggingOptions(wanted, confidence, best, threads or 1)
                file.writelines(tagged_text(model, chain.from_iterable(map(sentences_of, paths)), shard_options))
        elif not reads_stdin:
            sentences = chain.from_iterable(map(sentences_of, paths))
            file.writelines(map(to_lines, tagger.stream(sentences, best=best, confidence=with_confidence)))
        else:
            from tagger.tagging.pauses import windows_at_pauses

            for window in windows_at_pauses(sentences_of(standard_input()), WINDOW):
                file.writelines(map(to_lines, tagger.tag_window(window, best=best, confidence=with_confidence)))
                file.flush()
        if page is not None and page_file is not None:
            page_file.write(page.html())
    if page is not None:
        log.info("the page is %s", html)
