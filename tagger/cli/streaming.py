"""`predict --stream`: tag steps as they come."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tagger.console import output, standard_input
from tagger.corpus.counted import counted
from tagger.errors import BundleError, TaggerError
from tagger.locks import locked

if TYPE_CHECKING:
    from tagger.tagging.input import InputOptions
    from tagger.tagging.step_stream import StepStream
    from tagger.tagging.tagger import Tagger

log = logging.getLogger("tagger")


def tag_steps(
    tagger: "Tagger",
    path: Path,
    options: "InputOptions",
    *,
    look_ahead: int,
    state_path: Path | None,
    confidence: bool,
) -> None:
    """Tag the steps of a file or of standard input, and write each row with its tags as soon as they are there.

    Args:
        tagger: the tagger.
        path: the file; -: standard input.
        options: format, columns and encoding.
        look_ahead: number of later steps that are known when a step is tagged.
        state_path: file of the state, which is read first and written at the end, even after an error.
        confidence: whether to write confidence.
    """
    from tagger.tagging.step_input import read_steps
    from tagger.tagging.step_stream import StepStream, read_state, write_state

    layout, words = tagger.bundle.layout, _words(tagger)
    with _only_user(state_path), _opened(path, words[0]) as source, output(None) as file:
        state = None if state_path is None else read_state(state_path)
        try:
            stepper = tagger.steps(state, look_ahead=look_ahead)
        except BundleError as error:
            if state is None:
                raise
            raise BundleError(f"{state_path}: {error.message}", error.hint) from None
        table = read_steps(source, layout, options)
        _log_labels(tagger, words[2])
        stream = StepStream(table, stepper, state, confidence=confidence, is_open=state_path is not None)
        if header := stream.header(layout.tag if isinstance(layout.tag, str) else "tag"):
            file.write(table.line(header))
            file.flush()
        try:
            for text in stream.lines():
                file.write(text)
                file.flush()
        finally:
            if state_path is not None:
                write_state(state_path, stream.state())
    _log_latencies(stream, words)


@contextmanager
def _opened(path: Path, what: str) -> Iterator[BinaryIO]:
    """Standard input, or a file, unbuffered: what a named pipe has is read before it is full."""
    if path == Path("-"):
        yield standard_input(what)
    else:
        with path.open("rb", buffering=0) as file:
            yield file


@contextmanager
def _only_user(path: Path | None) -> Iterator[None]:
    """Refuse to share the file of a state with another process."""

    def refusal(process: str) -> TaggerError:
        return TaggerError(f"{path}: {process} carries this state on", "wait until it has ended, or use another file")

    with nullcontext() if path is None else locked(path, path.with_name(f".{path.name}.lock"), refusal):
        yield


def _words(tagger: "Tagger") -> tuple[str, str, str]:
    """Words for steps, and for one step and one sequence of them."""
    is_series = not tagger.bundle.architecture.form_inputs
    return ("steps", "step", "series") if is_series else ("tokens", "token", "sentence")


def _log_labels(tagger: "Tagger", whole: str) -> None:
    if labels := [target.name for target in tagger.bundle.targets if target.kind == "label"]:
        log.info("%s: a label is known when the %s has ended, and not written", ", ".join(labels), whole)


def _log_latencies(stream: "StepStream", words: tuple[str, str, str]) -> None:
    latencies, (_, step, series) = stream.latencies, words
    if stream.n_steps:
        n_series = f"{stream.n_series:,} series" if series == "series" else counted(stream.n_series, series)
        median, most = (1e3 * latencies.quantile(share) if latencies.n else 0.0 for share in (0.5, 0.99))
        log.info(
            "%s of %s; from a line to its tag: median %.2f ms, 99th percentile %.2f ms",
            counted(stream.n_steps, step), n_series, median, most,
        )  # fmt: skip
    else:
        log.warning("no %s found", step)
