"""The run folder: whatever ends a replacement, even a kill, the previous tagger is restored or found."""

import logging
import os
from pathlib import Path

import pytest

from tagger.cli.kinds import kind_of, newest_run
from tagger.errors import RunError, TaggerError
from tagger.files import remove, swap_in
from tagger.tagging.bundle import find_bundle
from tagger.training.run_folder import CHECKPOINT, is_finished, run_folder

CONTENT = {
    "config.toml": "old",
    "metrics.json": "old",
    "log.txt": "old",
    "bundle/bundle.json": "old",
    "notes.md": "mine",
}


def fill(folder: Path, content: dict[str, str]) -> Path:
    for name, text in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def content_of(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def replacement(folder: Path, *, epochs: int, error: BaseException | None, resume: bool = False) -> None:
    """Replace the run in a folder: an error ends it after some epochs, or it is finished."""
    with run_folder(folder, overwrite=not resume, resume=resume):
        fill(folder, {"config.toml": "new", **dict.fromkeys([str(CHECKPOINT), "history.csv"] if epochs else [], "new")})
        fill(folder, {"bundle.tmp/bundle.json": "new"})
        if error:
            raise error
        swap_in(folder / "bundle.tmp", folder / "bundle")
        fill(folder, {"metrics.json": "new"})
        (folder / CHECKPOINT).unlink(missing_ok=True)


ERRORS = [
    TaggerError("wrong"),
    OSError(28, "full"),
    MemoryError(),
    KeyboardInterrupt(),
    SystemExit(1),
    ValueError("bug"),
]


@pytest.mark.parametrize("epochs", [0, 1])
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_previous_run_is_back_whatever_error_ends_its_replacement(error, epochs, tmp_path):
    fill(tmp_path, CONTENT)
    with pytest.raises(type(error)):
        replacement(tmp_path, epochs=epochs, error=error)

    log = (tmp_path / "log.txt").read_text()
    assert content_of(tmp_path) == {**CONTENT, "log.txt": log}
    assert log.startswith("old")
    assert ("ValueError: bug" in log) == isinstance(error, ValueError)


def test_message_says_that_the_run_before_is_back(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    fill(tmp_path, CONTENT)
    with pytest.raises(MemoryError):
        replacement(tmp_path, epochs=1, error=MemoryError())

    assert caplog.messages == [f"{tmp_path}: the run before is back"]


def in_child(folder: Path, *, kill_at: int, epochs: int = 0, error: BaseException | None = None) -> bool:
    """Replace a run in a process that is killed before its n-th change of names; whether it was."""
    child = os.fork()
    if not child:
        try:
            n = 0
            rename, mkdir = Path.rename, Path.mkdir

            def counted(change):
                def changed(*arguments, **options):
                    nonlocal n
                    n += 1
                    if n == kill_at:
                        os._exit(9)
                    return change(*arguments, **options)

                return changed

            Path.rename, Path.mkdir = counted(rename), counted(mkdir)  # type: ignore[method-assign]
            replacement(folder, epochs=epochs, error=error)
        except BaseException:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def kills(folder: Path, **options):
    """Fill a folder, and kill its replacement at each change of names, from the first on."""
    for kill_at in range(1, 100):
        run = fill(folder / str(kill_at), CONTENT)
        if not in_child(run, kill_at=kill_at, **options):
            assert kill_at > 8  # else the test shows nothing
            return
        yield run


@pytest.mark.parametrize("error", [None, TaggerError("wrong")], ids=["while it replaces", "while it restores"])
@pytest.mark.parametrize("epochs", [0, 1])
def test_a_tagger_is_found_after_a_kill_at_any_moment_and_the_next_commands_find_one_too(error, epochs, tmp_path):
    for run in kills(tmp_path, epochs=epochs, error=error):
        assert (find_bundle(run) / "bundle.json").read_text() in ("old", "new")
        assert kind_of(run) == "run"
        assert newest_run(tmp_path) is not None
        with pytest.raises(RunError, match="exists already"), run_folder(run, overwrite=False):
            pass
        assert (find_bundle(run) / "bundle.json").read_text() in ("old", "new")
        with pytest.raises(TaggerError, match="again"):
            replacement(run, epochs=1, error=TaggerError("again"))

        after = content_of(run)
        is_old = after["bundle/bundle.json"] == "old"
        assert {name: after[name] for name in CONTENT if is_old or name in ("bundle/bundle.json", "notes.md")} == (
            CONTENT if is_old else {"bundle/bundle.json": "new", "notes.md": "mine"}
        )
        assert not {".replaced", ".moving", ".lock"} & {path.name for path in run.iterdir()}


def test_a_killed_replacement_is_resumed_or_started_again_to_its_end(tmp_path):
    for run in kills(tmp_path, epochs=1, error=None):
        if is_finished(run):
            continue
        if (run / ".moving").exists():  # it was killed before the old run was out of the way
            with pytest.raises(RunError, match="holds a tagger, but no checkpoint"):
                replacement(run, epochs=1, error=None, resume=True)
            assert content_of(run) == CONTENT
            continue
        replacement(run, epochs=1, error=None, resume=True)
        assert is_finished(run)
        assert content_of(run)["bundle/bundle.json"] == "new"
        assert not {".replaced", ".moving", ".lock"} & {path.name for path in run.iterdir()}


def test_resumed_replacement_that_fails_says_where_the_previous_run_is(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    fill(tmp_path, {str(CHECKPOINT): "new", ".replaced/bundle/bundle.json": "old"})
    with pytest.raises(TaggerError):
        replacement(tmp_path, epochs=1, error=TaggerError("wrong"), resume=True)

    assert caplog.messages == [f"{tmp_path}: the run before is in .replaced until this one has a tagger"]
    assert find_bundle(tmp_path) == tmp_path / ".replaced" / "bundle"


def test_previous_run_stays_where_it_is_if_it_cannot_be_moved(tmp_path, monkeypatch):
    fill(tmp_path, CONTENT)
    rename, moved = Path.rename, []

    def fail_at_the_third(path, target):
        moved.append(path)
        if len(moved) == 3:
            raise PermissionError(13, "Permission denied")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_at_the_third)
    with pytest.raises(RunError, match="cannot be written: Permission denied"):
        replacement(tmp_path, epochs=0, error=None)

    assert content_of(tmp_path) == CONTENT


@pytest.mark.parametrize("resume", [False, True])
@pytest.mark.parametrize("name", ["log.txt", "checkpoint", "predictions", "bundle", ".moving", ".replaced"])
def test_a_link_in_a_run_changes_nothing_elsewhere(name, resume, tmp_path):
    mine = fill(tmp_path / "mine", {**CONTENT, str(CHECKPOINT.name): "mine"})
    run = fill(tmp_path / "run", {"config.toml": "old"} | ({} if name == "checkpoint" else {str(CHECKPOINT): "old"}))
    (run / name).symlink_to("../mine/log.txt" if name == "log.txt" else "../mine")

    with pytest.raises(RunError, match=f"run/{name}: is a link, which could lead anywhere") as raised:
        replacement(run, epochs=1, error=None, resume=resume)
    assert raised.value.hint == f"remove it: rm {run / name}"
    assert content_of(mine) == {**CONTENT, str(CHECKPOINT.name): "mine"}


def test_a_named_pipe_in_place_of_a_log_is_reported_and_not_waited_for(tmp_path):
    fill(tmp_path, {str(CHECKPOINT): "old"})
    os.mkfifo(tmp_path / "log.txt")

    with pytest.raises(RunError, match=r"log\.txt: cannot be written: it is a named pipe, not a regular file"):
        replacement(tmp_path, epochs=1, error=None, resume=True)


def test_removing_a_link_keeps_what_it_leads_to(tmp_path):
    fill(tmp_path / "mine", CONTENT)
    (tmp_path / "link").symlink_to("mine")
    remove(tmp_path / "link")

    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert content_of(tmp_path / "mine") == CONTENT


def test_a_folder_without_a_run_gets_neither_lock_nor_log(tmp_path):
    (tmp_path / "notes.md").write_text("mine")
    with pytest.raises(RunError, match="holds files that are not a run"), run_folder(tmp_path, overwrite=True):
        pass

    assert content_of(tmp_path) == {"notes.md": "mine"}
