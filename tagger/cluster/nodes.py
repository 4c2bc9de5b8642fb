"""A Ray cluster that a command works on."""

import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tagger.errors import TaggerError

HINT = "`ray start --head` on one machine and `ray start --address ADDR` on each other start a cluster"

ANSWER = 10  # seconds that a cluster's head has to answer


class ClusterError(TaggerError):
    """A cluster that cannot be used."""


@contextmanager
def connected(address: str | None) -> Iterator[None]:
    """Works on a cluster, and leaves it at the end; what still runs there for us is ended with that.

    Args:
        address: of its head, HOST:PORT; None: what `RAY_ADDRESS` says, or the cluster that runs on this machine.

    Raises:
        ClusterError: Ray is not installed, there is no such cluster, or its Python or Ray is another version.
    """
    try:
        import ray
    except ModuleNotFoundError as error:
        raise ClusterError(
            "Ray is not installed", 'pip install "tagger[ray]", on each machine of the cluster'
        ) from error
    if address is not None:
        _check_reachable(address)
    try:
        ray.init(address or "auto", log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError, RuntimeError, ray.exceptions.RayError) as error:
        where = f"at {address}" if address else "on this machine"
        raise ClusterError(f"no Ray cluster can be used {where}: {str(error).partition(chr(10))[0]}", HINT) from error
    try:
        yield
    finally:
        ray.shutdown()


def _check_reachable(address: str) -> None:
    """Refuses an address that nobody answers at, where Ray itself tries again for minutes."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise ClusterError(f"the address of a cluster should be HOST:PORT, got {address!r}", HINT)
    try:
        socket.create_connection((host, int(port)), timeout=ANSWER).close()
    except OSError as error:
        raise ClusterError(f"no Ray cluster answers at {address}: {error.strerror or error}", HINT) from error


def n_that_fit(cpus: int, gpus: float) -> int:
    """How many processes with so many CPUs and GPUs each the nodes of the cluster hold at the same time.

    Raises:
        ClusterError: not even one.
    """
    import ray

    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    n = sum(_n_in(node, cpus, gpus) for node in nodes)
    if not n:
        has = "; ".join(f"{node.get('CPU', 0):g} CPUs and {node.get('GPU', 0):g} GPUs" for node in nodes)
        raise ClusterError(
            f"no node of the cluster has {cpus} CPUs and {gpus:g} GPUs for one trial: there are {has}",
            "--threads and --gpus say what a trial takes",
        )
    return n


def _n_in(node: dict[str, float], cpus: int, gpus: float) -> int:
    n = int(node.get("CPU", 0) // cpus)
    return min(n, int(node.get("GPU", 0) / gpus)) if gpus else n


def is_alive(node_id: str) -> bool:
    """Whether a node is in the cluster, as far as its head knows."""
    import ray

    return any(node["NodeID"] == node_id and node["Alive"] for node in ray.nodes())
