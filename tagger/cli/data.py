"""The commands for data: init, check, convert, data list, data fetch."""

from inspect import signature
from pathlib import Path
from typing import Annotated, Literal

import typer

from tagger.bounds import MAX_TOKENS
from tagger.cli.options import (
    READING,
    BadRows,
    Debug,
    Encoding,
    FileFormat,
    MaxTokens,
    PerRow,
    Quiet,
    SentenceColumn,
    TagColumn,
    TokenColumn,
    complete_data_set,
    known_layout,
    local,
)
from tagger.console import output, print_data, print_json, print_report, reported, standard_input
from tagger.format_names import Format
from tagger.option_names import in_options


@reported
def check(
    paths: Annotated[list[Path], typer.Argument(metavar="CONFIG|FILE...", help="A config, or tagged files.")],
    output_format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="json: all findings.")
    ] = "text",
    token: TokenColumn = None,
    tag: TagColumn = None,
    sentence: SentenceColumn = None,
    input_format: FileFormat = "auto",
    encoding: Encoding = None,
    bad_rows: BadRows = "error",
    max_tokens: MaxTokens = MAX_TOKENS,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Report problems of a config or of data, with file and line."""
    from tagger.corpus.layout import UNKNOWN
    from tagger.intake.check import check as check_paths
    from tagger.intake.check.report import format_text, to_json
    from tagger.toml_file import is_config

    known = known_layout(input_format, token, tag, sentence, encoding, bad_rows, max_tokens=max_tokens)
    if known != UNKNOWN and any(map(is_config, paths)):
        raise typer.BadParameter("--token and the like are for data files; a config has data.token instead")
    named = in_options(signature(check).parameters)
    checked = check_paths([local(path, "config or data") for path in paths], known, named=named)
    if output_format == "json":
        print_json(to_json(checked), indent=2)
    else:
        print_report(format_text(checked))
    if checked.has_errors:
        raise typer.Exit(1)


@reported
def init(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Tagged files, or a single one.")],
    encoding: Encoding = None,
    bad_rows: BadRows = "error",
    max_tokens: MaxTokens = MAX_TOKENS,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Print a config for tagged files: format, columns, splits and network, each with its reason."""
    from tagger.intake.init import guess_config

    files = {path: local(path) for path in paths}
    names = {file.resolve(): str(path) for path, file in files.items() if file != path}
    config = guess_config(
        [*files.values()], Path(), encoding=encoding, bad_rows=bad_rows, max_tokens=max_tokens, names=names
    )
    print_data(config.rstrip("\n"))


@reported
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="A tagged file; -: standard input.")],
    target: Annotated[
        Path, typer.Argument(metavar="OUT", help="The file to write, compressed if it ends in .gz; -: standard output.")
    ],
    scheme: Annotated[
        Literal["iob1", "bio", "ioe1", "ioe2", "bioes", "bilou", "bmes", "bmewo"] | None,
        typer.Option(help="Scheme of the written tags, invalid ones corrected; default: tags stay as they are."),
    ] = None,
    token: TokenColumn = None,
    tag: TagColumn = None,
    sentence: SentenceColumn = None,
    per_row: PerRow = "token",
    from_format: Annotated[
        Format,
        typer.Option("--from", "--input-format", help="Format of IN.", rich_help_panel=READING),
    ] = "auto",
    to_format: Annotated[
        Format,
        typer.Option("--to", help="Format of OUT; auto: by its name, else columns."),
    ] = "auto",
    encoding: Encoding = None,
    bad_rows: BadRows = "error",
    max_tokens: MaxTokens = MAX_TOKENS,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Convert a tagged file to another format or scheme.

    `--tag svo` writes the subjects, verbs and objects of a treebank's trees.
    """
    from tagger.intake.convert import converted_text

    layout = known_layout(from_format, token, tag, sentence, encoding, bad_rows, per_row, max_tokens=max_tokens)
    taken = standard_input("tagged sentences") if str(source) == "-" else local(source)
    target_path = None if str(target) == "-" else target
    with output(target_path) as file:
        file.writelines(converted_text(taken, target_path, layout, scheme=scheme, to_format=to_format))


@reported
def list_data_sets(quiet: Quiet = False, debug: Debug = False) -> None:
    """List the public data sets, with licence and source."""
    from tagger.corpus.catalogue import format_catalogue

    print_report(format_catalogue())


@reported
def fetch_data_set(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="A data set or one of its files: ewt, ewt:train, glove:100d.",
            autocompletion=complete_data_set,
        ),
    ],
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Download a public data set, verify it, and print the paths of its files."""
    from tagger.corpus.download import fetch
    from tagger.progress import download_progress

    with download_progress(quiet=quiet) as listen:
        paths = fetch(name, listen=listen)
    print_data("\n".join(f"{split}\t{path}" for split, path in paths.items()))
