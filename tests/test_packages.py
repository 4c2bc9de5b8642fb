"""The packages of an installation."""

import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import pytest

import tagger
from tagger import packages
from tagger.errors import TaggerError
from tagger.packages import installation_command, missing_packages
from tests import ROOT

REQUIRES = [
    "numpy>=2.1",
    'keras>=3.13,<3.16; extra == "train"',
    'onnx[extra]>=1.19; python_version >= "3.11" and extra == "train"',
    'recurrent-tagger[train]; extra == "ray"',
    'ray>=2.60; extra == "ray"',
]


class Distribution:
    """An installed distribution."""

    requires = REQUIRES

    def __init__(self, direct_url: str | None = None) -> None:
        self.direct_url = direct_url

    def read_text(self, name: str) -> str | None:
        return self.direct_url


@pytest.fixture
def install(monkeypatch):
    """Has distributions installed, and no others."""

    def install(**distributions: object) -> None:
        def distribution(name: str) -> object:
            if name.replace("-", "_") not in distributions:
                raise PackageNotFoundError(name)
            return distributions[name.replace("-", "_")]

        monkeypatch.setattr(packages, "distribution", distribution)

    return install


def test_all_missing_packages_of_an_extra_are_named(install):
    install(recurrent_tagger=Distribution(), keras=None)

    assert missing_packages("train") == ["onnx"]
    assert missing_packages("ray") == ["onnx", "ray"]
    assert missing_packages("test") == []


def test_the_command_installs_from_where_the_package_was_installed(install):
    install(recurrent_tagger=Distribution('{"url": "file:///my%20code/tagger", "dir_info": {}}'))
    assert installation_command("train") == f"{sys.executable} -m pip install '/my code/tagger[train]'"

    install(recurrent_tagger=Distribution('{"url": "file:///code", "dir_info": {"editable": true}}'))
    assert installation_command("train") == f"{sys.executable} -m pip install -e '/code[train]'"

    install(recurrent_tagger=Distribution())
    assert installation_command("train") == f"{sys.executable} -m pip install 'recurrent-tagger[train]'"


def test_train_in_python_names_missing_packages_as_the_command_does(install):
    install(recurrent_tagger=Distribution(), keras=None)

    with pytest.raises(TaggerError, match="needs packages that are not installed: onnx") as error:
        tagger.train  # noqa: B018

    assert error.value.hint == installation_command("train")
    assert tagger.Tagger.__name__ == "Tagger"  # needs none of them


def test_importing_the_package_looks_for_no_packages():
    loaded = "import sys, tagger; print(*[name for name in sys.modules if name.startswith('tagger')])"

    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, cwd=ROOT).stdout == "tagger\n"


def test_completion_shows_what_the_package_offers_before_it_is_imported():
    code = "import sys, tagger; print(*dir(tagger)); print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)

    names, modules = map(str.split, done.stdout.splitlines())
    assert {"Tagger", "inspect", "sweep", "train"} <= {*names}
    assert not {name for name in modules if name.startswith("tagger.")} | ({"numpy"} & {*modules})
    assert sorted(tagger.__all__) == tagger.__all__ == [name for name in dir(tagger) if name[0] != "_"]


def test_nothing_is_known_of_a_package_that_is_not_installed(install):
    install()

    assert missing_packages("train") == []
    assert installation_command("ray") == f"{sys.executable} -m pip install '{ROOT}[ray]'"
