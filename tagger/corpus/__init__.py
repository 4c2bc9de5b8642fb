"""Files ↔ sentences: formats, tag schemes, checks, public data sets, the tokenizer."""

from typing import TYPE_CHECKING, Any

from tagger.corpus.layout import Column, Layout
from tagger.corpus.sentence import Sentence

if TYPE_CHECKING:
    from tagger.corpus.read import read_sentences as read_sentences
    from tagger.corpus.read import read_tagged as read_tagged

__all__ = ["Column", "Layout", "Sentence", "read_sentences", "read_tagged"]


def __getattr__(name: str) -> Any:
    # Imported on first use: all formats, for which whoever tags a line of text should not wait.
    if name in ("read_sentences", "read_tagged"):
        from tagger.corpus import read

        return getattr(read, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
