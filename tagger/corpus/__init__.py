"""Sentences and their file formats, tag schemes, public data sets, the tokenizer."""

from tagger.corpus.layout import Column, Layout
from tagger.corpus.sentence import Sentence

__all__ = ["Column", "Layout", "Sentence"]
