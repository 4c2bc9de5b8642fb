"""The commands that train, and the reference of config keys: train, sweep, config."""

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tagger.bounds import MOST, MOST_MB, MOST_SECONDS, MOST_THREADS
from tagger.cli.operands import check_operand
from tagger.cli.options import RAY, Address, Debug, On, Quiet, Settings, Threads, check_address, complete_key
from tagger.console import print_data, print_report, reported, terminal_width
from tagger.terminal_text import command_line

if TYPE_CHECKING:
    from tagger.sweeps.schedule import Workers
    from tagger.sweeps.sweep import SweepResult

log = logging.getLogger("tagger")


@reported
def train(
    config: Annotated[Path, typer.Argument(metavar="CONFIG", help="A config file (TOML).")],
    run: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The run folder; default: runs/<name of the config>.")
    ] = None,
    settings: Settings = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace an existing run.")] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue an interrupted run after its last complete epoch.")
    ] = False,
    start_from: Annotated[
        Path | None,
        typer.Option("--from", metavar="MODEL", help="Start from the weights, words and tags of another tagger."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read the data, print what would be trained, and exit.")
    ] = False,
    quiet: Quiet = False,
    threads: Threads = 0,
    debug: Debug = False,
) -> None:
    """Train a tagger, save it, and print its accuracy for each tag."""
    from tagger.config import load_config

    if overwrite and resume:
        raise typer.BadParameter("--resume and --overwrite exclude each other")
    check_operand(config, "config")
    if start_from is not None:
        check_operand(start_from, "model")
    run_dir = run or Path("runs") / config.stem
    checked = load_config(config, settings)
    if dry_run:
        from tagger.training.dry_run import describe_training
        from tagger.training.initial_tagger import load_initial_tagger

        print_report(describe_training(checked, load_initial_tagger(start_from) if start_from else None))
        return

    from tagger.packages import require

    require("train")
    from tagger.progress import progress
    from tagger.reports.evaluation_text import format_scores
    from tagger.training.train import train as train_tagger

    with progress(quiet=quiet) as listen:
        finished = train_tagger(
            checked, run_dir,
            overwrite=overwrite, resume=resume, start_from=start_from, threads=threads, listen=listen,
        )  # fmt: skip
    for split, scores in list(finished.scores.items())[-1:]:
        print_report(f"{split}, tagged by the saved tagger\n\n{format_scores(scores, finished.metrics)}")
    reads_columns = checked.features.numeric or checked.features.columns
    predict = command_line("tagger", "predict", run_dir)
    log.info("tag with it: %s %s", predict, "--input FILE" if reads_columns else '"…"')


@reported
def sweep(
    config: Annotated[
        Path, typer.Argument(metavar="CONFIG", help="A sweep file (TOML): a base config and the keys that vary.")
    ],
    run: Annotated[
        Path | None, typer.Option(metavar="DIR", help="The sweep folder; default: runs/<name of the file>.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_THREADS,
            metavar="N",
            help="Trials that run at the same time; default: 1, on Ray as many as fit.",
        ),
    ] = None,
    on: On = "local",
    address: Address = None,
    gpus: Annotated[
        float,
        typer.Option(
            min=0, max=MOST_THREADS, metavar="N", help="GPUs per trial; 0.5 lets two share one.", rich_help_panel=RAY
        ),
    ] = 0,
    retry: Annotated[int, typer.Option(min=0, max=MOST, metavar="N", help="Repeat a failed trial up to N times.")] = 0,
    timeout: Annotated[
        float | None, typer.Option(min=1, max=MOST_SECONDS, metavar="SECONDS", help="Stop a trial that takes longer.")
    ] = None,
    memory: Annotated[
        int | None, typer.Option(min=1, max=MOST_MB, metavar="MB", help="Stop a trial whose process takes more memory.")
    ] = None,
    max_failures: Annotated[
        int | None, typer.Option(min=1, max=MOST, metavar="N", help="Stop the sweep after N failed trials.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check all configs, list the trials, and exit.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Print the progress of the sweep, and exit.")] = False,
    quiet: Quiet = False,
    threads: Annotated[
        int,
        typer.Option(
            min=0,
            max=MOST_THREADS,
            metavar="N",
            help="Number of threads per trial; 0: the cores divided by --jobs, on Ray 1.",
        ),
    ] = 0,
    debug: Debug = False,
) -> None:
    """Train many taggers that one file describes, and rank them; a stopped sweep continues."""
    check_address(on, address)
    if gpus and on == "local":
        raise typer.BadParameter("--gpus needs --on ray; on one machine, trials share its GPUs")
    folder = run or Path("runs") / config.stem
    if not (status and folder.is_dir()):
        check_operand(config, "sweep file")
    width = terminal_width(sys.stdout) if sys.stdout.isatty() else None
    if status:
        from tagger.sweeps.progress_text import format_status

        where = ["--run", str(run)] if run else []
        print_report(format_status(folder, command_line("tagger", "sweep", config, *where), width=width))
        return
    from tagger.sweeps.plan import load_plan

    plan = load_plan(config)
    if dry_run:
        from tagger.sweeps.dry_run import describe_sweep

        print_report(describe_sweep(plan, folder, width))
        return
    from tagger.packages import require

    require("train")
    from tagger.reports.metric_names import NO_SPANS
    from tagger.sweeps.display import live_table
    from tagger.sweeps.leaderboard import format_leaderboard, leaderboard_table
    from tagger.sweeps.limits import MB
    from tagger.sweeps.sweep import sweep as run_sweep
    from tagger.sweeps.workers import LocalWorkers, threads_per_trial

    def run_with(workers: "Workers") -> "SweepResult":
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
        swept = run_with(LocalWorkers(n, threads or threads_per_trial(n), workers_dir, timeout=timeout, memory=limit))
    if width is None:
        print_data(format_leaderboard(swept.rows, swept.metric).rstrip("\n"))
    else:
        print_data(leaderboard_table(swept.rows, swept.metric, width))
    if score := swept.test_score:
        shown = NO_SPANS if score.value is None else f"{score.value:.4f}"
        heads = f" ({', '.join(f'{name} {value:.4f}' for name, value in score.heads.items())})" if score.heads else ""
        print_report(f"\ntest {score.metric} {shown}{heads}, of the winner's best seed")
    predict = command_line("tagger", "predict", folder / "best")
    log.info("the winner is %s; tag with it: %s …", swept.winner.folder, predict)


@reported
def config(
    key: Annotated[
        str | None,
        typer.Argument(metavar="KEY", help="A key or section, such as model.units.", autocompletion=complete_key),
    ] = None,
    output_format: Annotated[
        Literal["text", "markdown"], typer.Option("--format", "-f", help="markdown: all keys, as tables.")
    ] = "text",
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Describe the keys of a config: values, default, meaning."""
    import shutil

    from tagger.config.reference import describe_key, describe_keys, find_keys, markdown, reference
    from tagger.sweeps.sweep_file import SweepFile

    if key is not None and output_format == "markdown":
        raise typer.BadParameter("--format markdown writes all keys: leave KEY out")
    of_sweeps = {name: each for name, each in reference(SweepFile).items() if name.startswith(("base", "sweep"))}
    keys = {**reference(), **of_sweeps}
    width = min(shutil.get_terminal_size().columns, 120)
    if output_format == "markdown":
        print_data(markdown(keys).rstrip("\n"))
    elif key is None:
        print_report(describe_keys(keys, width))
    else:
        print_report("\n\n".join(describe_key(keys, name, width) for name in find_keys(keys, key)))
