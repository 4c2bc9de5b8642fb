"""What `tagger check` finds: a config's problems and its data's, each at its line."""

from tagger.intake.check.checked import Checked, check

__all__ = ["Checked", "check"]
