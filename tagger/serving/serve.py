"""The server process: a socket, uvicorn, and an end that answers what was accepted."""

import asyncio
import errno
import ipaddress
import logging
import select
import socket
from collections.abc import Generator, Sequence
from contextlib import contextmanager

import uvicorn

from tagger.errors import TaggerError
from tagger.interrupts import interrupts_call
from tagger.serving.app import make_app
from tagger.serving.guard import Guard, host_name
from tagger.serving.limits import DEFAULTS, Limits
from tagger.serving.models import Models

LOCAL = {"localhost", "127.0.0.1", "[::1]"}  # names of this machine
BACKLOG = 2048  # connections that wait to be accepted
DRAIN, TICK = 1.0, 0.02  # seconds that connections without a request are left open, and between looks at them

log = logging.getLogger("tagger")


def serve(
    models: Models, limits: Limits = DEFAULTS, *, host: str = "127.0.0.1", port: int = 8000, allowed: Sequence[str] = ()
) -> None:
    """Serve models until a signal asks to stop.

    Args:
        models: the models by name.
        limits: the most that a request may have, and that may wait.
        host: address to listen at.
        port: port to listen at; 0: any that is free.
        allowed: names that requests may use for this server, besides those of this machine; for an address that is not
            of this machine alone, any if none is named.

    Raises:
        TaggerError: the address cannot be used.
        KeyboardInterrupt: after a signal, when all requests that were accepted are answered.
    """
    with listening(host, port) as listener:
        if not is_loopback(host):
            log.warning("whoever reaches %s can use the server: it asks for no password", host)
        guard = make_app(models, limits, hosts=answered_hosts(host, allowed))
        log.info("http://%s:%d/ serves %s; Ctrl-C stops", _name_of(host), listener.getsockname()[1], ", ".join(models))
        config = uvicorn.Config(
            guard,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            timeout_graceful_shutdown=round(2 * limits.seconds) + 1,  # a body and its answer
        )
        process = Process(config, guard)
        asyncio.run(process.serve([listener]))
    for model in models.values():
        model.close()
    raise KeyboardInterrupt("all requests that were accepted are answered")


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only.

    >>> is_loopback("127.0.0.2"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def answered_hosts(host: str, allowed: Sequence[str]) -> set[str] | None:
    """Names that requests may use for a server at an address; None: any.

    >>> sorted(answered_hosts("127.0.0.2", ["Box.example:8000"]))
    ['127.0.0.1', '127.0.0.2', '[::1]', 'box.example', 'localhost']
    >>> answered_hosts("0.0.0.0", [])
    """
    if not (allowed or is_loopback(host)):
        return None
    return LOCAL | {host_name(each.lower()) for each in (_name_of(host), *allowed)}


def _name_of(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@contextmanager
def listening(host: str, port: int) -> Generator[socket.socket, None, None]:
    """A socket that listens.

    Raises:
        TaggerError: the address cannot be used.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        is_used = error.errno == errno.EADDRINUSE
        problem = "another program uses it" if is_used else error.strerror or str(error)
        raise TaggerError(f"{host}:{port}: {problem}", "--port 0 takes a free one" if is_used else None) from None
    with listener:
        # Inherited by the connections: an answer in two packets would else wait 40 ms for the receipt of the first.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield listener


class Process(uvicorn.Server):
    """uvicorn's server, which stops by this package's rules.

    After a signal, the connections that wait are accepted, and no further ones. Each is closed after its next answer,
    or if no request comes for a while. So a request is lost only if its connection was idle for longer.

    Args:
        config: settings of uvicorn.
        guard: the application.
    """

    def __init__(self, config: uvicorn.Config, guard: Guard) -> None:
        super().__init__(config)
        self.guard = guard

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Let signals that ask to stop end the loop."""

        def stop() -> None:
            self.should_exit = True

        with interrupts_call(stop):
            yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        log.info("stopping")
        self.guard.service.is_stopping = True
        loop = asyncio.get_running_loop()
        end = loop.time() + DRAIN
        while sockets and select.select(sockets, [], [], 0)[0] and loop.time() < end:
            await asyncio.sleep(0)  # accepts those that wait: closing the socket would reset them
        for listener in self.servers:
            listener.close()
        end = loop.time() + DRAIN
        while self.server_state.connections and loop.time() < end:
            await asyncio.sleep(TICK)
        await super().shutdown(sockets)
