"""Raw text to sentences, one per line."""

import logging
from collections.abc import Iterable, Iterator

from tagger.corpus.sentence import Sentence
from tagger.corpus.tokenizer import has_unspaced_script, token_spans

log = logging.getLogger("tagger")


def text_sentence(text: str, *, pretokenized: bool = False, path: str = "", line: int = 0) -> Sentence:
    """Tokenize a line of text; the tokens keep their offsets.

    Args:
        text: one sentence.
        pretokenized: whether to split at white space only, for text whose tokens are delimited already.
        path: path of the file.
        line: number of the line in the file, from 1.
    """
    if pretokenized:
        words = text.split()
        return Sentence(tokens=tuple(words), offsets=tuple(_offsets(text, words)), path=path, line=line)
    spans = token_spans(text)
    return Sentence(tuple([text[start:end] for start, end in spans]), offsets=tuple(spans), path=path, line=line)


def text_sentences(lines: Iterable[str], *, pretokenized: bool = False, path: str = "") -> Iterator[Sentence]:
    """Yield a sentence per line; a blank line gives one without tokens, so that output has as many lines as input."""
    is_warned = pretokenized
    for number, line in enumerate(lines, 1):
        if not is_warned and has_unspaced_script(line):
            is_warned = True
            log.warning(
                "%s:%d: a script without spaces between words: each run of its characters is one token; "
                "tokenize the text and use --pretokenized", path or "text", number,
            )  # fmt: skip
        yield text_sentence(line, pretokenized=pretokenized, path=path, line=number)


def _offsets(text: str, words: list[str]) -> Iterator[tuple[int, int]]:
    end = 0
    for word in words:
        start = text.index(word, end)
        end = start + len(word)
        yield start, end
