"""The command line: each command parses its arguments, calls one function and prints.

Heavy imports are inside the command that needs them, so that the others start at once.
"""

from collections.abc import Callable
from typing import Annotated

import typer

from tagger.cli.data import check, convert, fetch_data_set, init, list_data_sets
from tagger.cli.help import Command, Commands
from tagger.cli.inside import bench, inspect, report
from tagger.cli.judging import compare, evaluate
from tagger.cli.serving import serve
from tagger.cli.tagging import predict
from tagger.cli.training import config, sweep, train
from tagger.console import print_data, reported

HELP = {"help_option_names": ["-h", "--help"]}
GROUPS: dict[str, dict[Callable[..., None], str]] = {  # commands, each with examples, one per line
    "Your data": {
        init: "tagger init train.tsv test.tsv > mine.toml",
        check: "tagger check mine.toml\ntagger check train.tsv test.tsv",
        convert: "tagger convert names.jsonl names.conll --scheme bio\ntagger convert ewt:test svo.tsv --tag svo",
    },
    "Train": {
        train: "tagger train mine.toml\ntagger train mine.toml --set model.cell=gru --run runs/gru",
        sweep: "tagger sweep configs/sweep-svo.toml --jobs 2\ntagger sweep configs/sweep-svo.toml --status",
        config: "tagger config\ntagger config model.units",
    },
    "Use": {
        predict: 'tagger predict runs/svo "John loves Jane"\n'
        "tagger predict runs/svo --input texts.txt --output tagged.jsonl --confidence",
        serve: "tagger serve runs/svo\ntagger serve names=runs/wnut pos=runs/pos --port 8080",
        evaluate: "tagger evaluate runs/svo data/svo/test.tsv",
        compare: "tagger compare runs/a runs/b test.tsv --html compared.html",
    },
    "Look inside": {
        inspect: 'tagger inspect runs/svo "John loves Jane"\n'
        'tagger inspect runs/svo "John loves Jane" --step 3 --unit 1\n'
        'tagger inspect --layer "lstm units=3 inputs=5 bidirectional=true"',
        report: "tagger report runs/svo",
        bench: "tagger bench configs/pos.toml",
    },
}
app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=HELP,
)
for group, commands in GROUPS.items():
    for command, examples in commands.items():
        app.command(cls=Command, rich_help_panel=group, epilog=examples)(command)
data = typer.Typer(cls=Commands, no_args_is_help=True, rich_markup_mode=None, context_settings=HELP)
data.command("list", cls=Command, epilog="tagger data list")(list_data_sets)
data.command("fetch", cls=Command, epilog="tagger data fetch ewt")(fetch_data_set)
app.add_typer(data, name="data", help="List and download public data sets.", rich_help_panel="Your data", cls=Commands)


@reported
def _print_versions(wanted: bool) -> None:
    if wanted:
        from tagger.packages import DISTRIBUTION

        packages = {"tagger": DISTRIBUTION, **{name: name for name in ("tensorflow", "keras", "onnxruntime", "numpy")}}
        print_data("\n".join(f"{name} {_version(package)}" for name, package in packages.items()))
        raise typer.Exit


def _version(package: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:  # TensorFlow and Keras in a light installation
        return "is not installed"


@app.callback()
def tagger(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_versions, is_eager=True, help="Print versions and exit.")
    ] = False,
) -> None:
    """Train recurrent sequence taggers from one config file, and tag with them."""
