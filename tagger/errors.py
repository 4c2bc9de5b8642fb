"""What a user can mend, as exceptions; anything else that is raised is our bug."""


class TaggerError(Exception):
    """Something that the user can mend.

    Args:
        message: where, what was found, what was expected.
        hint: something to type or to change, if we know it.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(TaggerError):
    """A config that cannot be used: all its problems at once."""


class DataError(TaggerError):
    """A file of tokens and tags that cannot be read; the message names file and line."""


class BundleError(TaggerError):
    """A saved tagger that cannot be loaded."""


class RunError(TaggerError):
    """A training run that cannot start."""


class TrainingError(TaggerError):
    """A training run that cannot go on."""
