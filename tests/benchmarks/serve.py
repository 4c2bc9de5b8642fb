"""Speed, losses and memory of `tagger serve` under load, beside the same tagger behind a plain FastAPI function.

    python -m tests.benchmarks.serve runs/svo --input data/svo/test.tsv
    python -m tests.benchmarks.serve runs/svo --parts memory --requests 200000

- `speed`: at 1, 8 and 32 connections, requests of one sentence and of 32. The servers take turns.
- `stop`: SIGTERM under the load of 32 connections, which open a new one when theirs is closed. A request is lost if its
  connection was made and it is not answered.
- `malformed`: bodies as in the tests, which must be answered with 4xx, or with 200 if they happen to be right.
- `memory`: resident megabytes of the server after each tenth of the requests.

The servers are processes of their own, the client is this one: on two cores, the numbers are those of both together.
"""

import argparse
import asyncio
import json
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import psutil

from tests import ROOT

FASTAPI = """
import sys
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from tagger import Tagger

tagger, port = Tagger.load(sys.argv[1], threads=1), int(sys.argv[2])
app = FastAPI()

class Body(BaseModel):
    sentences: list[list[str]]

@app.post("/tag")
def tag(body: Body):
    tagged = tagger.tag(body.sentences)
    return {"sentences": [
        {"tokens": each.tokens, "tags": each.tags, "spans": each.spans, "confidence": each.confidence}
        for each in tagged
    ]}

uvicorn.run(app, port=port, log_level="error", access_log=False)
"""
PORTS = {"tagger serve": 8871, "plain FastAPI": 8872}
CONNECTIONS, SENTENCES = (1, 8, 32), (1, 32)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="run or bundle folder of a tagger that reads tokens")
    parser.add_argument("--input", type=Path, required=True, help="column file of sentences")
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=[*PARTS])
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each server")
    parser.add_argument("--requests", type=int, default=200_000, help="of `memory`")
    parser.add_argument("--bodies", type=int, default=10_000, help="of `malformed`")
    parser.add_argument("--stops", type=int, default=5, help="of `stop`")
    options = parser.parse_args()
    return max(PARTS[part](options) for part in options.parts)


def speed(options: argparse.Namespace) -> int:
    sentences = read(options.input)
    with server("tagger serve", options.model), server("plain FastAPI", options.model):
        print("\n| | requests/s | sentences/s | p50, ms | p99, ms |\n|---|---|---|---|---|")
        for n_sentences in SENTENCES:
            for connections in CONNECTIONS:
                bodies = [bodies_of(sentences, n_sentences)[i::connections] for i in range(connections)]
                times: dict[str, list[float]] = {name: [] for name in PORTS}
                rates: dict[str, list[float]] = {name: [] for name in PORTS}
                for _ in range(options.rounds):
                    for name, port in PORTS.items():
                        taken = asyncio.run(load(port, bodies, options.seconds))
                        times[name] += taken
                        rates[name].append(len(taken) / options.seconds)
                for name in PORTS:
                    rate, cuts = statistics.median(rates[name]), statistics.quantiles(times[name], n=100)
                    title = f"{name}, {n_sentences} sentence(s), {connections} connection(s)"
                    numbers = f"{rate:,.0f} | {rate * n_sentences:,.0f} | {cuts[49] * 1e3:.2f} | {cuts[98] * 1e3:.2f}"
                    print(f"| {title} | {numbers} |", flush=True)
    return 0


def stop(options: argparse.Namespace) -> int:
    bodies, failed = bodies_of(read(options.input), 1), 0
    for _ in range(options.stops):
        with server("tagger serve", options.model) as process:
            answered, lost = asyncio.run(stop_under_load(process, PORTS["tagger serve"], bodies))
            code = process.wait(60)
        print(f"stop: {answered:,} requests answered, {lost} lost; exit code {code}", flush=True)
        failed += lost > 0 or code != 128 + signal.SIGTERM
    return int(failed > 0)


async def stop_under_load(process: "subprocess.Popen[str]", port: int, bodies: Sequence[bytes]) -> tuple[int, int]:
    """Answered and lost requests of 32 clients, which end when no new connection can be made."""
    answered = lost = 0

    async def client(first: int) -> None:
        nonlocal answered, lost
        remaining = cycle([*bodies[first:], *bodies[:first]])
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                return
            is_open = True
            while is_open:
                try:
                    is_open = await exchange(reader, writer, next(remaining))
                    answered += 1
                except (OSError, asyncio.IncompleteReadError):  # it ended before the answer
                    lost, is_open = lost + 1, False
            writer.close()

    clients = [asyncio.create_task(client(i)) for i in range(32)]
    await asyncio.sleep(1)
    process.send_signal(signal.SIGTERM)
    await asyncio.gather(*clients)
    return answered, lost


def malformed(options: argparse.Namespace) -> int:
    from hypothesis import HealthCheck, Phase, given, settings

    from tests.serving.test_refusals import MALFORMED

    statuses: dict[int, int] = {}
    with server("tagger serve", options.model):
        loop = asyncio.new_event_loop()
        reader, writer = loop.run_until_complete(asyncio.open_connection("127.0.0.1", PORTS["tagger serve"]))

        @given(MALFORMED)
        @settings(
            max_examples=options.bodies,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=[*HealthCheck],
        )
        def send(body: bytes) -> None:
            status = loop.run_until_complete(status_of(reader, writer, request_of(body)))
            statuses[status] = statuses.get(status, 0) + 1

        send()
    print(f"malformed: {sum(statuses.values()):,} bodies; by status: {dict(sorted(statuses.items()))}")
    return int(any(status != 200 and not 400 <= status < 500 for status in statuses))


def memory(options: argparse.Namespace) -> int:
    bodies = bodies_of(read(options.input), 1)
    with server("tagger serve", options.model) as process:
        megabytes = []
        for _ in range(10):
            asyncio.run(load(PORTS["tagger serve"], [bodies] * 8, None, options.requests // 10))
            megabytes.append(psutil.Process(process.pid).memory_info().rss / 2**20)
    print("memory: MB after each tenth:", *(f"{each:.1f}" for each in megabytes))
    return int(megabytes[-1] > 1.05 * megabytes[1])


PARTS: dict[str, Callable[[argparse.Namespace], int]] = {
    "speed": speed,
    "stop": stop,
    "malformed": malformed,
    "memory": memory,
}


@contextmanager
def server(name: str, model: Path) -> Iterator["subprocess.Popen[str]"]:
    """A server that takes requests."""
    port = PORTS[name]
    command = [sys.executable, "-m", "tagger", "serve", f"m={model}", "--port", str(port), "--threads", "1", "--quiet"]
    if name == "plain FastAPI":
        command = [sys.executable, "-c", FASTAPI, str(model), str(port)]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            if process.poll() is not None or reachable(port):
                break
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(60)


def reachable(port: int) -> bool:
    try:
        asyncio.run(asyncio.open_connection("127.0.0.1", port))
    except OSError:
        return False
    return True


def read(path: Path) -> list[list[str]]:
    """The tokens of the sentences of a column file."""
    blocks = re.split(r"\n\s*\n", path.read_text(encoding="utf-8").strip())
    return [[line.split("\t")[0] for line in block.splitlines() if not line.startswith("#")] for block in blocks]


def bodies_of(sentences: Sequence[Sequence[str]], size: int) -> list[bytes]:
    """Requests of so many sentences each; at least 64."""
    repeated = [*sentences] * (1 + 64 * size // len(sentences))
    groups = [repeated[i : i + size] for i in range(0, len(repeated) - size + 1, size)]
    return [request_of(json.dumps({"sentences": group}).encode()) for group in groups]


def request_of(body: bytes) -> bytes:
    head = f"POST /tag HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body


async def load(
    port: int, bodies: Sequence[Sequence[bytes]], seconds: float | None, requests: int = sys.maxsize
) -> list[float]:
    """Seconds of each request of clients that send one after the other, for so long or so many."""
    times: list[float] = []
    end = None if seconds is None else time.perf_counter() + seconds

    async def client(mine: Sequence[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for body in cycle(mine):
            begin = time.perf_counter()
            if len(times) >= requests or (end is not None and begin > end):
                break
            await exchange(reader, writer, body)
            times.append(time.perf_counter() - begin)
        writer.close()

    await asyncio.gather(*map(client, bodies))
    return times


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> bool:
    """Send a request that must be answered with 200; whether the connection stays open."""
    status, is_open = await answer_to(reader, writer, request)
    if status != 200:
        raise RuntimeError(f"answered with {status}")
    return is_open


async def status_of(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> int:
    return (await answer_to(reader, writer, request))[0]


async def answer_to(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, bool]:
    """Status of the answer to a request, and whether the connection stays open."""
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    fields = head.lower()
    await reader.readexactly(int(re.search(rb"content-length: (\d+)", fields)[1]))  # type: ignore[index]
    return int(head.split(b" ", 2)[1]), b"connection: close" not in fields


if __name__ == "__main__":
    sys.exit(main())
