"""Raw text to sentences: one a line."""

import logging
from collections.abc import Iterable, Iterator

from tagger.corpus.sentence import Sentence
from tagger.corpus.tokenizer import has_unspaced_script, token_spans

log = logging.getLogger("tagger")


def text_sentence(text: str, *, pretokenized: bool = False, path: str = "", line: int = 0) -> Sentence:
    """A line of text as a sentence whose tokens know their offsets in it.

    Args:
        text: one sentence.
        pretokenized: split at white space only, which keeps tokens as someone else has cut them.
        path: the file that it came from.
        line: its line there.
    """
    if pretokenized:
        words = text.split()
        return Sentence(tokens=tuple(words), offsets=tuple(_offsets(text, words)), path=path, line=line)
    spans = token_spans(text)
    return Sentence(tuple([text[start:end] for start, end in spans]), offsets=tuple(spans), path=path, line=line)


def text_sentences(lines: Iterable[str], *, pretokenized: bool = False, path: str = "") -> Iterator[Sentence]:
    """A sentence for each line; a blank one gives a sentence of no tokens, so that lines stay lines."""
    is_warned = pretokenized
    for number, line in enumerate(lines, 1):
        if not is_warned and has_unspaced_script(line):
            is_warned = True
            log.warning(
                "%s:%d: a script that is written without spaces: its runs are taken as one token each; "
                "cut the text into tokens and use --pretokenized", path or "text", number,
            )  # fmt: skip
        yield text_sentence(line, pretokenized=pretokenized, path=path, line=number)


def _offsets(text: str, words: list[str]) -> Iterator[tuple[int, int]]:
    end = 0
    for word in words:
        start = text.index(word, end)
        end = start + len(word)
        yield start, end
