"""The sentences of a request, from the values of its body."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tagger.corpus.counted import counted
from tagger.corpus.json_values import check_text
from tagger.corpus.sentence import Sentence
from tagger.corpus.text import text_sentence
from tagger.errors import DataError
from tagger.inputs import is_form_input
from tagger.inputs.encoder import Encoder
from tagger.serving.limits import Limits
from tagger.serving.refusals import Refusal
from tagger.serving.schemas import TagBody

LINE = re.compile(r"[^\r\n]+")
Cells = Sequence[str | float | None]


def sentences_of(body: TagBody, encoder: Encoder, limits: Limits) -> list[Sentence]:
    """The sentences of a request.

    Args:
        body: the request.
        encoder: encoder of the model, which names its columns and channels.
        limits: the most sentences and tokens.

    Raises:
        DataError: a sentence cannot be used.
        Refusal: there are more sentences, or they have more tokens together.
    """
    return bounded(_sentences(body, encoder, limits), limits)


def bounded(sentences: Iterable[Sentence], limits: Limits) -> list[Sentence]:
    """Sentences as a list.

    Raises:
        Refusal: there are too many, or they have too many tokens together.
    """
    kept: list[Sentence] = []
    n_tokens = 0
    for sentence in sentences:
        kept.append(sentence)
        n_tokens += len(sentence)
        if len(kept) > limits.sentences:
            raise Refusal(413, f"more than {counted(limits.sentences, 'sentence')}", "send several requests")
        if n_tokens > limits.tokens:
            raise _too_many_tokens(limits)
    return kept


def _too_many_tokens(limits: Limits) -> Refusal:
    return Refusal(413, f"more than {counted(limits.tokens, 'token')}", "send several requests")


def _sentences(body: TagBody, encoder: Encoder, limits: Limits) -> Iterator[Sentence]:
    if body.text is not None:
        check_text(body.text, "text")
        yield from lines_of(body.text, limits)
    elif body.texts is not None:
        for i, text in enumerate(body.texts):
            check_text(text, f"texts[{i}]")
            yield tokenized(text, limits)
    elif body.tokens is not None:
        yield token_sentence(body.tokens, "tokens")
    elif body.sentences is not None:
        for i, each in enumerate(body.sentences):
            where = f"sentences[{i}]"
            yield column_sentence(each, encoder, where) if isinstance(each, dict) else token_sentence(each, where)
    else:
        for i, series in enumerate(body.series or ()):
            yield column_sentence(series, encoder, f"series[{i}]")


def lines_of(text: str, limits: Limits) -> Iterator[Sentence]:
    """The lines of a text as sentences, without blank ones; offsets count from the start of the text.

    Raises:
        Refusal: a line has more tokens than a request may have.
    """
    for line in LINE.finditer(text):
        if line[0].strip():
            sentence = tokenized(line[0], limits)
            shifted = tuple((start + line.start(), end + line.start()) for start, end in sentence.offsets or ())
            yield Sentence(sentence.tokens, offsets=shifted)


def tokenized(text: str, limits: Limits) -> Sentence:
    """A sentence from its text.

    Raises:
        Refusal: it has more tokens than a request may have.
    """
    try:
        return text_sentence(text, max_tokens=limits.tokens)
    except DataError:  # its hint is for files
        raise _too_many_tokens(limits) from None


def token_sentence(tokens: Sequence[str], where: str) -> Sentence:
    """A sentence of tokens.

    Raises:
        DataError: a token is empty, or holds what no file can hold.
    """
    if "" in tokens:
        raise DataError(f"{where}[{tokens.index('')}]: the token is empty")
    check_text("".join(tokens), where)
    return Sentence(tuple(tokens))


def column_sentence(values: Mapping[str, Cells], encoder: Encoder, where: str) -> Sentence:
    """A sentence of columns: tokens, further columns and channels.

    Args:
        values: a list for each column.
        encoder: encoder of the model, which names them.
        where: key of the sentence, for messages.

    Raises:
        DataError: a column is missing or unknown, has values of another kind or too few, or a missing number that the
            model does not fill.
    """
    names = ("tokens", *encoder.columns, *encoder.numeric)
    for name in values:
        if name not in names:
            raise DataError(f"{where}: {name[:40]!r} is no column of this model; it reads {', '.join(names)}")
    for name in names if reads_words(encoder) or not encoder.numeric else names[1:]:
        if name not in values:
            raise DataError(f"{where}: {name} is missing; this model reads {', '.join(names)}")
    lengths = {name: len(column) for name, column in values.items()}
    longest = max(lengths, key=lambda name: lengths[name])
    for name, length in lengths.items():
        if length < lengths[longest]:
            raise DataError(f"{where}: {name} has {counted(length, 'value')}, but {longest} has {lengths[longest]:,}")
    numbers = tuple(zip(*(_numbers(values[name], encoder, f"{where}.{name}") for name in encoder.numeric), strict=True))
    columns = tuple(zip(*(_texts(values[name], f"{where}.{name}") for name in encoder.columns), strict=True))
    if "tokens" in values:
        tokens = token_sentence(_texts(values["tokens"], f"{where}.tokens"), f"{where}.tokens").tokens
    else:
        tokens = tuple(str(row[0]) for row in numbers)
    return Sentence(tokens, numbers=numbers if encoder.numeric else None, columns=columns if encoder.columns else None)


def reads_words(encoder: Encoder) -> bool:
    """Whether a network reads the tokens themselves."""
    return any(map(is_form_input, encoder.inputs))


def _numbers(values: Cells, encoder: Encoder, where: str) -> list[float]:
    for i, value in enumerate(values):
        if isinstance(value, str):
            raise DataError(f"{where}[{i}]: expected a number{' or null' * encoder.fills_missing}, got a text")
        if value is None and not encoder.fills_missing:
            raise DataError(
                f"{where}[{i}]: expected a number, got null; this model reads no missing numbers",
                'train it with features.numeric_missing = "forward"',
            )
    return [float("nan") if value is None else float(value) for value in values]


def _texts(values: Cells, where: str) -> list[str]:
    for i, value in enumerate(values):
        if not isinstance(value, str):
            raise DataError(f"{where}[{i}]: expected a text, got {'null' if value is None else 'a number'}")
        if not value:
            raise DataError(f"{where}[{i}]: the text is empty")
    texts = [str(value) for value in values]
    check_text("".join(texts), where)
    return texts
