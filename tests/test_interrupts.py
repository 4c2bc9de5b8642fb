"""Signals that ask to stop: exit codes, a second signal, and hang-ups that the parent has turned off."""

import signal
import subprocess
import sys

import pytest

from tagger import interrupts
from tagger.interrupts import deferred_interrupts, ignored_interrupts
from tests import ROOT

PROGRAM = """
import signal, sys
from tagger import interrupts
interrupts.INSTANT = float(sys.argv[1])
interrupts.stop_on_signals()
try:
    print("ready", flush=True)
    sys.stdin.read()
except KeyboardInterrupt:
    print("stopping", flush=True)
    if len(sys.argv) > 2:
        sys.stdin.read()  # something that takes long
    sys.exit(interrupts.exit_code())
"""


def start(*arguments: str, **options):
    command = [sys.executable, "-c", PROGRAM, *arguments]
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
    )  # fmt: skip
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)], ids=str
)
def test_a_program_ends_with_the_exit_code_that_shells_report_for_the_signal(number, code):
    with start("0") as process:
        process.send_signal(number)

        assert process.wait(20) == code
        assert process.stdout.read() == "stopping\n"


def test_a_second_signal_ends_a_program_that_is_stopping_at_once():
    with start("0", "slowly") as process:
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "stopping\n"
        process.send_signal(signal.SIGHUP)

        assert process.wait(20) == 129


def test_signals_of_the_same_instant_are_one_request():
    with start("1000", "slowly") as process:
        process.send_signal(signal.SIGTERM)
        assert process.stdout.readline() == "stopping\n"
        process.send_signal(signal.SIGTERM)
        process.stdin.close()

        assert process.wait(20) == 143


def test_a_hang_up_that_the_parent_ignores_is_ignored():
    with start("0", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)) as process:
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)

        assert process.wait(20) == 143


# In a user's own program


def test_the_first_ctrl_c_is_deferred_and_the_second_raises(monkeypatch):
    monkeypatch.setattr(interrupts, "INSTANT", 0)
    for _ in range(2):  # a second training in the same process counts anew
        with deferred_interrupts() as interrupted:
            assert not interrupted()
            signal.raise_signal(signal.SIGINT)
            assert interrupted()
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_signals_that_a_program_handles_itself_stay_its_own():
    before = signal.getsignal(signal.SIGTERM)
    with deferred_interrupts():
        assert signal.getsignal(signal.SIGTERM) is before


def test_ignored_interrupts_are_lost():
    with ignored_interrupts():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
