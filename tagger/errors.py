"""Errors that a user can fix; any other exception is a bug of ours."""


class TaggerError(Exception):
    """An error that the user can fix.

    Args:
        message: where it is, what was expected, and the value.
        hint: something to type or change, if known.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(TaggerError):
    """A config that cannot be used; the message lists all problems."""


class DataError(TaggerError):
    """A file of tokens and tags that cannot be read; the message names file and line."""


class BundleError(TaggerError):
    """A saved tagger that cannot be loaded."""


class RunError(TaggerError):
    """A training run that cannot start."""


class TrainingError(TaggerError):
    """A training run that cannot continue."""
