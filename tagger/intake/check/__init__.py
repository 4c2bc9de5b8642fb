"""`tagger check`: problems of configs and their data, each with its line."""

from tagger.intake.check.checking import CheckResult, check

__all__ = ["CheckResult", "check"]
