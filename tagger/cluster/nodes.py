"""Connection to a Ray cluster, and its nodes."""

import contextlib
import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from tagger.errors import TaggerError
from tagger.packages import installation_command

HINT = "`ray start --head` on one machine and `ray start --address ADDR` on the others start a cluster"

CONNECT_TIMEOUT = 10  # seconds


class ClusterError(TaggerError):
    """A cluster that cannot be used."""


@contextlib.contextmanager
def connected(address: str | None) -> Iterator[None]:
    """Connect to a cluster, and disconnect at the end, which also ends this process's tasks and actors there.

    Args:
        address: HOST:PORT of its head; None: the value of `RAY_ADDRESS`, or the cluster on this machine.

    Raises:
        ClusterError: Ray is not installed, there is no such cluster, or its versions of Python or Ray differ.
    """
    try:
        import ray
    except ModuleNotFoundError as error:
        hint = f"{installation_command('ray')}, on each machine of the cluster"
        raise ClusterError("Ray is not installed", hint) from error
    if address is not None:
        _check_reachable(address)
    try:
        # Ray puts this process's working directory first on the path of the cluster's processes, where a stranger's
        # modules would be imported. The folder of the standard library is on their path already.
        with contextlib.chdir(Path(os.__file__).parent):
            ray.init(address or "auto", log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
        where = f"at {address}" if address else "on this machine"
        raise ClusterError(f"cannot use a Ray cluster {where}: {str(error).partition(chr(10))[0]}", HINT) from error
    try:
        yield
    finally:
        ray.shutdown()


def _check_reachable(address: str) -> None:
    """Check that the address accepts connections; Ray itself would retry for minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise ClusterError(f"the address of a cluster should be HOST:PORT, got {address!r}", HINT)
    try:
        socket.create_connection((host, int(port)), timeout=CONNECT_TIMEOUT).close()
    except OSError as error:
        raise ClusterError(f"no Ray cluster answers at {address}: {error.strerror or error}", HINT) from error


def n_that_fit(cpus: int, gpus: float) -> int:
    """Number of processes that the nodes of the cluster can run at the same time.

    Args:
        cpus: CPUs of each process.
        gpus: GPUs of each process, may be a fraction.

    Raises:
        ClusterError: no node has room for one process.
    """
    import ray

    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    n = sum(_n_on(node, cpus, gpus) for node in nodes)
    if not n:
        available = "; ".join(_resources(node.get("CPU", 0), node.get("GPU", 0)) for node in nodes)
        raise ClusterError(
            f"one process needs {_resources(cpus, gpus)}, and no node has them; the nodes have {available}",
            "--threads and --gpus set the CPUs and GPUs of one process",
        )
    return n


def _n_on(node: dict[str, float], cpus: int, gpus: float) -> int:
    n = int(node.get("CPU", 0) // cpus)
    return min(n, int(node.get("GPU", 0) / gpus)) if gpus else n


def _resources(cpus: float, gpus: float) -> str:
    return f"{cpus:g} CPU{'s' if cpus != 1 else ''} and {gpus:g} GPU{'s' if gpus != 1 else ''}"


def is_alive(node_id: str) -> bool:
    """Whether the cluster's head considers a node alive."""
    import ray

    return any(node["NodeID"] == node_id and node["Alive"] for node in ray.nodes())
