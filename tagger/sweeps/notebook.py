"""A sweep in Python: what `tagger sweep` does on this machine."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tagger.sweeps.plan import load_plan
from tagger.sweeps.sweep import SweepResult
from tagger.sweeps.sweep import sweep as run_sweep
from tagger.sweeps.workers import LocalWorkers, threads_per_trial

if TYPE_CHECKING:
    from tagger.sweeps.status import Status


def sweep(
    config: str | Path,
    sweep_dir: str | Path | None = None,
    *,
    jobs: int = 1,
    threads: int = 0,
    retry: int = 0,
    max_failures: int | None = None,
    listen: "Callable[[Status], None]" = lambda status: None,
) -> SweepResult:
    """Train many taggers that one file describes, and rank them; a stopped sweep continues.

    Args:
        config: path of the sweep's file.
        sweep_dir: the sweep's folder; default: runs/ and the name of the file.
        jobs: number of trials that run at the same time, each in a process of its own.
        threads: number of threads of each trial; 0: the cores divided by `jobs`.
        retry: number of times that a failed trial is tried again.
        max_failures: number of failed trials that stops the sweep; None: no limit.
        listen: called with the status, again and again.

    Raises:
        TaggerError: the file or its data cannot be used, another sweep runs in the folder, or no setting finished.
        KeyboardInterrupt: after Ctrl-C; the message has the progress.
    """
    plan = load_plan(Path(config))
    folder = Path(sweep_dir or Path("runs") / Path(config).stem)
    workers = LocalWorkers(jobs, threads or threads_per_trial(jobs), folder / "workers")
    return run_sweep(plan, folder, workers, retry=retry, max_failures=max_failures, listen=listen)
