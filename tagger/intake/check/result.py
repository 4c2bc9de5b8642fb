"""The result of a check."""

from dataclasses import dataclass

from tagger.checks import Finding
from tagger.corpus.summary import Summary


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Result of a check.

    Args:
        splits: summaries of the splits that could be read.
        notes: remarks on the data, one line each.
        findings: errors, then warnings.
        is_series: whether all configs read series of numbers.
    """

    splits: tuple[Summary, ...]
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]
    is_series: bool = False

    @property
    def n_errors(self) -> int:
        """Number of errors."""
        return sum(finding.level == "error" for finding in self.findings)

    @property
    def has_errors(self) -> bool:
        """Whether the data or a config is unusable."""
        return self.n_errors > 0
