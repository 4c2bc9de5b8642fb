"""Values of options beyond their bounds: exit code 2, with the range."""

import pytest
from typer.testing import CliRunner

from tagger.cli import app

OPTIONS = [
    ("predict m a --threads 20000", "20000 is not in the range 0<=x<=1024"),
    ("predict m a --threads -1", "-1 is not in the range 0<=x<=1024"),
    ("predict m a --best 1000000000", "1000000000 is not in the range 0<=x<=1000"),
    ("predict m a --max-tokens 0", "0 is not in the range 1<=x<=1000000000"),
    ("check a --max-tokens 1000000000000", "1000000000000 is not in the range"),
    ("sweep a --jobs 20000", "20000 is not in the range 1<=x<=1024"),
    ("sweep a --timeout 1e300", "1e+300 is not in the range"),
    ("train a --threads 99999999999999999999", "is not in the range 0<=x<=1024"),
]


@pytest.mark.parametrize(("command", "problem"), OPTIONS)
def test_a_value_of_an_option_beyond_its_bounds_is_refused_with_the_range(command, problem):
    done = CliRunner().invoke(app, command.split(), prog_name="tagger", env={"COLUMNS": "200"})

    assert done.exit_code == 2
    assert problem in done.stderr
