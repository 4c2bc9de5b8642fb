"""The commands that train."""

import logging
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tagger.cli.operands import check_operand
from tagger.cli.options import Address, Debug, On, Quiet, Threads, check_place
from tagger.console import print_data, progress, reported

if TYPE_CHECKING:
    from tagger.sweeps.schedule import Workers
    from tagger.sweeps.sweep import Swept

log = logging.getLogger("tagger")


@reported
def train(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A config file (TOML).")],
    run: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The run folder; default: runs/<config name>.")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Another value for a key of the config.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a run that is there already.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with a run that was broken off, after its last whole epoch.")
    ] = False,
    start_from: Annotated[
        Path | None,
        typer.Option("--from", metavar="MODEL", help="Begin with another tagger's weights, words and tags."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read the data, print what would be trained, and leave.")
    ] = False,
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Train a tagger, save it, and print its accuracy, tag by tag."""
    from tagger.config import load_config

    if overwrite and resume:
        raise typer.BadParameter("--resume goes on with a run, --overwrite replaces it: take one of them")
    check_operand(config, "config")
    if start_from is not None:
        check_operand(start_from, "model")
    run_dir = run or Path("runs") / config.stem
    checked = load_config(config, settings)
    if dry_run:
        from tagger.training.dry_run import describe_training
        from tagger.training.initial_tagger import load_initial_tagger

        print_data(describe_training(checked, load_initial_tagger(start_from) if start_from else None))
        return

    from tagger.reports.evaluation_text import format_evaluation
    from tagger.training.train import train as train_tagger

    with progress(quiet=quiet) as listen:
        finished = train_tagger(
            checked, run_dir,
            overwrite=overwrite, resume=resume, start_from=start_from, threads=threads, listen=listen,
        )  # fmt: skip
    for split, evaluation in list(finished.evaluations.items())[-1:]:
        print_data(f"{split}, tagged by the saved tagger\n\n{format_evaluation(evaluation)}")
    reads_columns = checked.features.numeric or checked.features.columns
    log.info("tag with it: tagger predict %s %s", run_dir, "--input FILE" if reads_columns else '"…"')


@reported
def sweep(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A sweep's file (TOML): a base and what varies.")],
    run: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The sweep's folder; default: runs/<config name>.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Trials that run at the same time; default: 1, on Ray as many as the cluster holds.",
        ),
    ] = None,
    on: On = "local",
    address: Address = None,
    gpus: Annotated[
        float, typer.Option(min=0, metavar="N", help="GPUs of each trial on Ray; a share of one, such as 0.5, too.")
    ] = 0,
    retry: Annotated[
        int, typer.Option(min=0, metavar="N", help="Try a trial that fails, or has failed before, so often again.")
    ] = 0,
    timeout: Annotated[
        float | None, typer.Option(min=1, metavar="SECONDS", help="End a trial that takes longer.")
    ] = None,
    memory: Annotated[
        int | None, typer.Option(min=1, metavar="MB", help="End a trial whose process takes more memory.")
    ] = None,
    max_failures: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="End the sweep when so many trials have failed.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check all configs, list the trials, and leave.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Tell how far the sweep is, and leave.")] = False,
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Train many taggers that one file describes, and rank them; finished ones are never trained again.

    --threads is of each trial; 0: the cores, divided by --jobs, and on Ray 1.
    """
    check_place(on, address)
    if gpus and on == "local":
        raise typer.BadParameter("--gpus goes with --on ray; on one machine trials share its GPUs")
    folder = run or Path("runs") / config.stem
    if not (status and folder.is_dir()):
        check_operand(config, "sweep file")
    if status:
        from tagger.sweeps.status import format_status

        where = ["--run", str(run)] if run else []
        print_data(format_status(folder, shlex.join(["tagger", "sweep", str(config), *where])))
        return
    from tagger.sweeps.plan import load_plan

    plan = load_plan(config)
    if dry_run:
        from tagger.sweeps.dry_run import describe_sweep

        print_data(describe_sweep(plan, folder))
        return
    from tagger.evaluation.score import recorded_score
    from tagger.reports.measures import NO_SPANS
    from tagger.sweeps.display import live_table
    from tagger.sweeps.leaderboard import format_leaderboard
    from tagger.sweeps.limits import MB
    from tagger.sweeps.sweep import sweep as run_sweep
    from tagger.sweeps.workers import LocalWorkers, share_of_cores

    def run_with(workers: "Workers") -> "Swept":
        with live_table(quiet=quiet) as listen:
            return run_sweep(plan, folder, workers, retry=retry, max_failures=max_failures, listen=listen)

    workers_dir, limit = folder / "workers", memory and memory * MB
    if on == "ray":
        from tagger.cluster.nodes import connected, n_that_fit

        with connected(address):
            from tagger.cluster.workers import RayWorkers

            room = n_that_fit(threads or 1, gpus)
            swept = run_with(RayWorkers(jobs or room, threads or 1, gpus, workers_dir, timeout=timeout, memory=limit))
    else:
        n = jobs or 1
        swept = run_with(LocalWorkers(n, threads or share_of_cores(n), workers_dir, timeout=timeout, memory=limit))
    print_data(format_leaderboard(swept.rows, swept.metric).rstrip("\n"))
    if swept.test:
        score = recorded_score(swept.test, swept.metric)
        shown = NO_SPANS if score is None else f"{score:.4f}"
        print_data(f"\ntest {swept.metric} {shown}, of the winner's best seed")
    log.info("the winner is %s; tag with it: tagger predict %s …", swept.winner.folder, folder / "best")
