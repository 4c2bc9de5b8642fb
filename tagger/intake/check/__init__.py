"""`tagger check`: problems of configs and their data, each with its line."""

from tagger.intake.check.checking import check
from tagger.intake.check.result import CheckResult

__all__ = ["CheckResult", "check"]
