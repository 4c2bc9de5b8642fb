"""The command that tells how fast this machine is with a network."""

import logging
from pathlib import Path
from typing import Annotated, Literal

import typer

from tagger.cli.operands import check_operand
from tagger.cli.options import Debug, Quiet, Threads, local
from tagger.console import print_data, reported

log = logging.getLogger("tagger")


@reported
def bench(
    path: Annotated[
        Path, typer.Argument(metavar="CONFIG|MODEL", help="A config file (TOML), a run folder or a bundle folder.")
    ],
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Another value for a key of the config.")
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0, metavar="S", help="How long to train, and how long to tag, after a warm-up.")
    ] = 10,
    input_path: Annotated[
        Path | None,
        typer.Option(
            "--input",
            "-i",
            metavar="FILE",
            help="Tag sentences of this file; default: dev of a config, random words that a model knows.",
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

    A config's network is trained for some seconds, then tags; no run and no tagger is kept. A model only tags.
    """
    import json
    from dataclasses import asdict

    from tagger.bench.measure import bench_config, machine
    from tagger.bench.tagging import bench_model
    from tagger.bench.text import format_bench

    check_operand(path, "config or model")
    input_file = local(input_path, "input") if input_path else None
    training = None
    if path.is_file():
        from tagger.config import load_config

        training, tagging = bench_config(
            load_config(path, settings), seconds=seconds, threads=threads, input_path=input_file
        )
    elif settings:
        raise typer.BadParameter("--set is for a config, and a model has its settings already")
    else:
        tagging = bench_model(path, seconds=seconds, threads=threads, input_path=input_file)
    if output_format == "json":
        measured = {"training": training and asdict(training), "tagging": asdict(tagging), "machine": machine(threads)}
        print_data(json.dumps(measured, indent=2, ensure_ascii=False))
    else:
        print_data(format_bench(training, tagging, machine(threads)))
