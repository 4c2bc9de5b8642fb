"""Of columns that could be the tag, which is most like one.

Tags look like B-PER or NOUN, and are told by the word in part: wholly told is a feature such as its shape, not at all
its place in a line. Names are preferred to phrases, which are often there to help in finding them.
"""

from tagger.corpus.detection import detect_scheme
from tagger.corpus.tags import span_types
from tagger.reading.cells import Cells

# Of Universal Dependencies, and types of chunks.
UPOS = frozenset([
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "CONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT",
    "SCONJ", "SYM", "VERB", "X",
])  # fmt: skip
PHRASES = frozenset(
    ["NP", "VP", "PP", "ADVP", "ADJP", "SBAR", "PRT", "CONJP", "INTJ", "LST", "UCP", "NC", "VC", "PC", "AC", "CLS"]
)


def rank_tags(tags: list[Cells], token: Cells, *, last: int) -> list[Cells]:
    """The columns that could be the tag, the best first, without such as say what another says a row away.

    Args:
        tags: at least one.
        token: the words.
        last: the place of the table's last column, which is preferred of two alike.
    """
    told = {column.place: column.told_by(token) for column in tags}
    tags = _without_neighbours(tags, told)
    detected = {column.place: detect_scheme(column.sentences) for column in tags}
    types = {column.place: span_types(column.counts, detected[column.place].notation("bio")) for column in tags}
    has_spans = {place for place, detection in detected.items() if detection.scheme != "none"}

    names = [column for column in tags if column.place in has_spans and not types[column.place] <= PHRASES]
    most = max((column.n_inside for column in names), default=0)

    def score(column: Cells) -> float:
        known = types[column.place]
        points = 4.0 * (column.place in has_spans) + 0.5 * (column.place == last)
        points -= 1.0 * bool(known) * (known <= PHRASES)
        points += 2.0 * column.is_marked + column.share(UPOS.__contains__) + 0.25 * column.share(str.isupper)
        points += {True: 1, False: -2, None: 0}[_depends_on_context(column, token)]
        is_sparse = column.place in has_spans and column.n_inside < 0.2 * most
        points += -3.0 if is_sparse else 1.0 if column.place in has_spans else 2 * told[column.place]
        points -= 4.0 * (column.counts[""] > 0.002 * column.n_rows)  # some rows lack it
        points -= column.share(lambda value: "=" in value)  # features, each with its name
        return points - 2 * column.is_number - 4 * (column.n_values == 1)

    ranked = sorted(tags, key=score, reverse=True)
    best = ranked[0]
    if best.place in has_spans:  # of nested spans of the same types, the outer are more
        same = [c for c in ranked if c.place in has_spans and types[c.place] & types[best.place]]
        best = min(same, key=lambda column: column.counts["O"])
    return [best, *(column for column in ranked if column is not best)]


def _without_neighbours(tags: list[Cells], told: dict[int, float]) -> list[Cells]:
    """The columns without such as say what another says a row away: that which the token tells most about stays."""
    kept: list[Cells] = []
    for column in sorted(tags, key=lambda column: -told[column.place]):
        if not any(column.is_beside(other) for other in kept):
            kept.append(column)
    return sorted(kept, key=lambda column: column.place)


def _depends_on_context(column: Cells, token: Cells) -> bool | None:
    """Whether some word has several values; None where too few words repeat to tell."""
    if len(set(zip(token.cells, column.cells, strict=True))) > token.n_values:
        return True
    return False if token.n_rows - token.n_values > 100 else None
