"""The worked notebook, run from top to bottom in a kernel of its own."""

import re

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests import ROOT

PATH = ROOT / "tests" / "notebooks" / "tour.ipynb"


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> list[NotebookNode]:
    """The code cells with their outputs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("runs")))
        patch.setenv("IPYTHONDIR", str(tmp_path_factory.mktemp("ipython")))
        notebook = nbformat.read(PATH, as_version=4)
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT)}}).execute()
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_the_file_has_no_outputs():
    notebook = nbformat.read(PATH, as_version=4)

    assert all(not cell.outputs and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


def test_cells_show_what_they_say(ran: list[NotebookNode]):
    run = result(ran, "run = tagger.train(")
    tagged = result(ran, "model = tagger.Tagger")
    search = result(ran, "GridSearchCV(")

    assert re.search(r"test accuracy 0\.[89]\d+\)$", run["text/plain"])
    assert "best baseline" in run["text/html"]
    assert tagged["text/plain"].startswith("[Tagged(John/S loves/V Jane/O),")
    assert 'class="tagger-tagged"' in tagged["text/html"]
    assert "role_predicted" in result(ran, "checked = model.tag_frame")["text/html"]
    assert "lstm" in result(ran, "seen = tagger.inspect")["text/html"]
    assert sorted(re.findall(r"\n\d +\((2|32),\) +[\d.]+ +([12])", search["text/plain"])) == [("2", "2"), ("32", "1")]
    assert result(ran, "search.predict")["text/plain"].startswith("['S', 'V', ")
    assert "sentence" in result(ran, "import pickle")["text/html"]
    assert [output for cell in ran for output in cell.outputs if output.output_type == "error"] == []


def result(cells: list[NotebookNode], start: str) -> dict[str, str]:
    """The output of the only cell that has some code."""
    (cell,) = (cell for cell in cells if start in cell.source)
    (output,) = (output for output in cell.outputs if output.output_type == "execute_result")
    return dict(output.data)
