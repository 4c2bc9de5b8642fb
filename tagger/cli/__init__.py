"""The commands: parse, call one function, print.

Heavy imports stand inside the command that needs them, so that the others start at once.
"""

from typing import Annotated

import typer

from tagger.cli.data import check, convert, fetch_data_set, init, list_data_sets
from tagger.cli.judging import compare, evaluate, inspect, report
from tagger.cli.measuring import bench
from tagger.cli.operands import Commands
from tagger.cli.tagging import predict
from tagger.cli.training import sweep, train
from tagger.console import print_data, reported

HELP = {"help_option_names": ["-h", "--help"]}
app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=HELP,
)
data = typer.Typer(no_args_is_help=True, rich_markup_mode=None, context_settings=HELP)
for command in (train, sweep, predict, evaluate, compare, report, inspect, bench, check, init, convert):
    app.command()(command)
data.command("list")(list_data_sets)
data.command("fetch")(fetch_data_set)
app.add_typer(data, name="data", help="Public data sets: list them, fetch them.")


@reported
def _print_versions(wanted: bool) -> None:
    if wanted:
        packages = ("tagger", "tensorflow", "keras", "onnxruntime", "numpy")
        print_data("\n".join(f"{package} {_version(package)}" for package in packages))
        raise typer.Exit


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:  # TensorFlow and Keras, where a tagger only tags
        return "is not installed"


@app.callback()
def tagger(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_versions, is_eager=True, help="Show versions and leave.")
    ] = False,
) -> None:
    """Train recurrent sequence taggers from one config file, and tag with them."""
