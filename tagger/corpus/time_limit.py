"""A function that may take only so long."""

import threading
from collections.abc import Callable


def run_within(seconds: float, function: Callable[[threading.Event], None]) -> None:
    """Run a function in a thread, and wait for it; an error that it raises is raised here.

    A timeout of a socket ends a wait for the next bytes, but not a server that sends one byte each second.

    Args:
        seconds: the longest time.
        function: called with an event that is set when nobody waits any more: it should end then.

    Raises:
        TimeoutError: it is not done in this time.
    """
    is_late = threading.Event()
    errors: list[BaseException] = []

    def run() -> None:
        try:
            function(is_late)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)  # a thread that waits for a server does not hold the exit up
    thread.start()
    try:
        thread.join(seconds)
    finally:
        is_late.set()
    if errors:
        raise errors[0]
    if thread.is_alive():
        raise TimeoutError(f"not done in {seconds:g} s")
