"""Files ↔ sentences: formats, and the rule that cuts raw text into tokens."""

from tagger.corpus.layout import Column, Format, Layout
from tagger.corpus.read import read_sentences, read_tagged
from tagger.corpus.sentence import Sentence

__all__ = ["Column", "Format", "Layout", "Sentence", "read_sentences", "read_tagged"]
