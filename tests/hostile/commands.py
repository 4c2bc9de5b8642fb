"""The commands that load a bundle or a run, each against the same attacked folder."""

from pathlib import Path

from tests.hostile.forked import CPU_SECONDS, Outcome, run_forked

# Arguments by command; RUN is the attacked run folder, GOOD an untouched one.
COMMANDS = {
    "predict": ("predict", "RUN", "John loves Jane"),
    "evaluate": ("evaluate", "RUN", "test.tsv"),
    "compare": ("compare", "GOOD", "RUN", "test.tsv"),
    "inspect": ("inspect", "RUN", "--sentence", "John loves Jane"),
    "report": ("report", "RUN"),
    "bench": ("bench", "RUN", "--seconds", "0"),
    "train --from": ("train", "config.toml", "--from", "RUN", "--run", "NEW"),
}


def run_command(name: str, run: Path, good: Path, folder: Path) -> Outcome:
    """Run a command in a folder that has `config.toml` and `test.tsv`."""
    return run_forked(*arguments_of(name, run, good, folder), folder=folder)


def arguments_of(name: str, run: Path, good: Path, folder: Path) -> list[str]:
    """Arguments of a command against an attacked run."""
    operands = {"RUN": run, "GOOD": good, "NEW": folder / "new"}
    return [str(operands.get(argument, argument)) for argument in COMMANDS[name]]


def problem(ended: Outcome, *, may_succeed: bool) -> str:
    """Fault in the end of a command against a stranger's folder; empty if there is none."""
    if ended.code == 0:
        return "" if may_succeed else "it succeeded"
    if ended.code != 1:
        return f"exit code {ended.code}"
    message = ended.output.rpartition("error: ")[2]
    if not message or "Traceback" in ended.output or "a bug in tagger" in ended.output:
        return "no message"
    if any(ord(character) < 32 and character not in "\n\t" for character in ended.output):
        return "control characters"
    if any(line.startswith(("TypeError", "KeyError", "AttributeError", "IndexError")) for line in message.splitlines()):
        return "a message for programmers"
    return "too slow" if ended.cpu_seconds > CPU_SECONDS else ""
