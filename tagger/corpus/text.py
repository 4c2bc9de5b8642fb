"""Raw text to sentences, one per line."""

import logging
import re
from collections.abc import Iterable, Iterator
from itertools import islice

from tagger.corpus.limits import too_many_tokens
from tagger.corpus.sentence import Sentence
from tagger.corpus.tokenizer import has_unspaced_script, token_matches

WORD = re.compile(r"\S+")

log = logging.getLogger("tagger")


def text_sentence(
    text: str, *, pretokenized: bool = False, path: str = "", line: int = 0, max_tokens: int | None = None
) -> Sentence:
    """Tokenize a line of text; the tokens keep their offsets.

    Args:
        text: one sentence.
        pretokenized: whether to split at white space only, for text whose tokens are delimited already.
        path: path of the file.
        line: number of the line in the file, from 1.
        max_tokens: the most tokens of a sentence; None: any number.

    Raises:
        DataError: the text has more tokens.
    """
    words = WORD.finditer(text) if pretokenized else token_matches(text)
    spans = tuple([word.span() for word in (words if max_tokens is None else islice(words, max_tokens + 1))])
    sentence = Sentence(tuple([text[start:end] for start, end in spans]), offsets=spans, path=path, line=line)
    if max_tokens is not None and len(spans) > max_tokens:
        raise too_many_tokens(sentence, max_tokens)
    return sentence


def text_sentences(
    lines: Iterable[str], *, pretokenized: bool = False, path: str = "", max_tokens: int | None = None
) -> Iterator[Sentence]:
    """Yield a sentence per line; a blank line gives one without tokens, so that output has as many lines as input."""
    is_warned = pretokenized
    for number, line in enumerate(lines, 1):
        if not is_warned and has_unspaced_script(line):
            is_warned = True
            log.warning(
                "%s:%d: a script without spaces between words: each run of its characters is one token; "
                "tokenize the text and use --pretokenized", path or "text", number,
            )  # fmt: skip
        yield text_sentence(line, pretokenized=pretokenized, path=path, line=number, max_tokens=max_tokens)
