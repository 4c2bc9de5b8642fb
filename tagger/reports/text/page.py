"""The page of tagged text that `tagger predict --html` writes: tokens and spans in colours, with their confidence."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tagger.corpus.direction import direction
from tagger.heads.target import TagTarget
from tagger.reports.display_text import visible
from tagger.reports.figures import text_width
from tagger.reports.page import render
from tagger.tagging.tagged import DOUBTFUL, Tagged
from tagger.tagging.written_answers import answers_by_name

MAX_HEIGHT, MAX_BYTES = 7_800, 1_500_000  # of all sentences of a page
WIDTH = 900  # pixels of a line on a screen 1,280 pixels wide
LINE, BETWEEN = 50, 14  # height of a line and between sentences
TOKEN_MARGIN, TOKEN_BYTES = 12, 130
LETTER = 8 / 7  # of the text to that of figures
MAX_TOKEN = 60  # characters of a token, or of a tag
N_COLOURS = 8


class Piece(NamedTuple):
    """Tokens that are shown together: those of a span, or one.

    Args:
        text: the tokens.
        tags: what is written below them.
        colour: number of the colour, from 0; None for no colour.
        confidence: lowest confidence of their tags, from 0 to 1; None without tags.
    """

    text: str
    tags: Sequence[str]
    colour: int | None
    confidence: float | None

    @property
    def is_doubtful(self) -> bool:
        """Whether the confidence is low."""
        return self.confidence is not None and self.confidence < DOUBTFUL

    @property
    def width(self) -> float:
        """Estimated width in pixels."""
        below = " ".join([*self.tags, "0.00"])
        return max(LETTER * text_width(self.text), text_width(below)) + TOKEN_MARGIN


class ShownSentence(NamedTuple):
    """A sentence of the page: its number, labels, direction, pieces, and how many tokens are left out."""

    number: int
    labels: Sequence[str]
    direction: str
    pieces: Sequence[Piece]
    n_left_out: int


class TextPage:
    """A page of tagged sentences, which are counted one by one; the first ones are shown.

    Args:
        title: name of the tagger.
        source: name of the input.
        targets: what the heads predict.
    """

    def __init__(self, title: str, source: str, *, targets: Sequence[TagTarget]) -> None:
        self._title, self._source = title, source
        self._is_alone = len(targets) == 1
        self._sentences: list[ShownSentence] = []
        self._colours: dict[str, int] = {}
        self._counts: Counter[str] = Counter()
        self._n_sentences = self._n_tokens = self._n_left_out = 0
        self._height = self._n_bytes = 0

    def add(self, tagged: Tagged) -> None:
        """Count a sentence with its confidence, and show what the page has room for."""
        self._n_sentences += 1
        self._n_tokens += len(tagged.tokens)
        self._counts.update((span[2] for span in tagged.spans) if tagged.spans is not None else tagged.tags)
        if not tagged.tokens:
            return
        if self._height >= MAX_HEIGHT or self._n_bytes >= MAX_BYTES:
            self._n_left_out += 1
            return
        shown: list[Piece] = []
        labels = [*self._labels(tagged)]
        height, x, n_tokens = LINE + BETWEEN + LINE * (len(" ".join(labels)) // 80), 60.0, 0
        for n, piece in self._pieces(tagged):
            x += piece.width
            if x > WIDTH:
                x, height = piece.width, height + LINE
            self._n_bytes += TOKEN_BYTES + sum(
                len(text.encode("utf-8", "surrogatepass")) for text in (piece.text, *piece.tags)
            )
            if self._height + height > MAX_HEIGHT or self._n_bytes > MAX_BYTES:
                self._height = MAX_HEIGHT
                break
            shown.append(piece)
            n_tokens += n
        self._height += height
        left_out = len(tagged.tokens) - n_tokens
        if shown or labels:
            self._sentences.append(
                ShownSentence(self._n_sentences, labels, direction(*tagged.tokens[:200]), shown, left_out)
            )
        else:
            self._n_left_out += 1

    def _labels(self, tagged: Tagged) -> Iterator[str]:
        for name, answer in tagged.answers.items():
            if answer.kind == "label" and answer.values:
                prefix = "" if self._is_alone else f"{visible(name, 40)} "
                yield f"{prefix}{visible(answer.values[0], MAX_TOKEN)} {answer.confidence[0]:.2f}"

    def _pieces(self, tagged: Tagged) -> Iterator[tuple[int, Piece]]:
        """The pieces of a sentence, each after its number of tokens; the first head of tags gives the colours."""
        others = [
            answer
            for answer in answers_by_name(tagged).values()
            if answer.kind != "label" and (answer.values, answer.confidence) != (tagged.tags, tagged.confidence)
        ]

        def below(start: int, stop: int, first: str) -> list[str]:
            strings = (" ".join(answer.values[start:stop]) for answer in others)
            return [visible(text, MAX_TOKEN) for text in (first, *strings) if text]

        def piece(start: int, stop: int, tag: str) -> tuple[int, Piece]:
            text = visible(" ".join(tagged.tokens[start:stop]), MAX_TOKEN)
            colour = self._colours.setdefault(tag, len(self._colours)) % N_COLOURS if tag else None
            confidence = min(tagged.confidence[start:stop], default=None) if tag else None
            return stop - start, Piece(text, below(start, stop, tag), colour, confidence)

        if tagged.spans is None:
            tags = tagged.tags or ("",) * len(tagged.tokens)
            yield from (piece(i, i + 1, tag) for i, tag in enumerate(tags))
            return
        end = 0
        for start, stop, kind in tagged.spans:
            yield from (piece(i, i + 1, "") for i in range(end, start))
            yield piece(start, stop, kind)
            end = stop
        yield from (piece(i, i + 1, "") for i in range(end, len(tagged.tokens)))

    def html(self) -> str:
        """Render the page: under 2 MB, and ten screens of 900 pixels on a screen 1,280 pixels wide."""
        return render(
            "reports/text/page.html",
            title=visible(self._title, 80),
            source=visible(self._source, 80),
            n_sentences=self._n_sentences,
            n_tokens=self._n_tokens,
            n_shown=len(self._sentences),
            n_left_out=self._n_left_out,
            sentences=self._sentences,
            counts=[(visible(tag, 40), n) for tag, n in self._counts.most_common(20)],
            n_kinds=len(self._counts),
            doubtful=DOUBTFUL,
        )
