"""Ranking of columns by how likely they are the tags.

Tags look like B-PER or NOUN and are predictable from words in part: a feature such as a word's shape is wholly
predictable, a position in a line not at all. Names are preferred to phrases, which are often features for names.
"""

from tagger.corpus.detection import detect_scheme
from tagger.corpus.tags import span_types
from tagger.reading.column_profile import ColumnProfile

MAX_RANKED = 200  # columns

# Tags of Universal Dependencies, and types of chunks.
UPOS = frozenset([
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "CONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT",
    "SCONJ", "SYM", "VERB", "X",
])  # fmt: skip
PHRASES = frozenset(
    ["NP", "VP", "PP", "ADVP", "ADJP", "SBAR", "PRT", "CONJP", "INTJ", "LST", "UCP", "NC", "VC", "PC", "AC", "CLS"]
)


def rank_tags(columns: list[ColumnProfile], token: ColumnProfile, *, last: int) -> list[ColumnProfile]:
    """Rank columns that could be the tag, the best first, without copies shifted by a row.

    Args:
        columns: candidates, at least one; of very many, the most predictable from the tokens are ranked.
        token: the column of tokens.
        last: index of the table's last column, which is preferred to an equally good one.
    """
    predictability = {column.index: column.predictability(token) for column in columns}
    columns = sorted(columns, key=lambda column: -predictability[column.index])[:MAX_RANKED]
    columns = _without_shifted(columns, predictability)
    detected = {column.index: detect_scheme(column.sentences) for column in columns}
    types = {column.index: span_types(column.counts, detected[column.index].notation("bio")) for column in columns}
    has_spans = {index for index, detection in detected.items() if detection.scheme != "none"}

    names = [column for column in columns if column.index in has_spans and not types[column.index] <= PHRASES]
    max_inside = max((column.n_inside for column in names), default=0)

    def score(column: ColumnProfile) -> float:
        own_types = types[column.index]
        points = 4.0 * (column.index in has_spans) + 0.5 * (column.index == last)
        points -= 1.0 * bool(own_types) * (own_types <= PHRASES)
        points += 2.0 * column.is_tag_like + column.fraction(UPOS.__contains__) + 0.25 * column.fraction(str.isupper)
        points += {True: 1, False: -2, None: 0}[_depends_on_context(column, token)]
        is_sparse = column.index in has_spans and column.n_inside < 0.2 * max_inside
        points += -3.0 if is_sparse else 1.0 if column.index in has_spans else 2 * predictability[column.index]
        points -= 4.0 * (column.counts[""] > 0.002 * column.n_rows)  # some rows lack it
        points -= column.fraction(lambda value: "=" in value)  # features, each with its name
        return points - 2 * column.is_number - 4 * (column.n_values == 1)

    ranked = sorted(columns, key=score, reverse=True)
    best = ranked[0]
    if best.index in has_spans:  # prefer the column of outer spans
        same = [c for c in ranked if c.index in has_spans and types[c.index] & types[best.index]]
        best = min(same, key=lambda column: column.counts["O"])
    return [best, *(column for column in ranked if column is not best)]


def _without_shifted(columns: list[ColumnProfile], predictability: dict[int, float]) -> list[ColumnProfile]:
    """The columns without shifted copies; of a column and its copies, the most predictable one stays."""
    kept: list[ColumnProfile] = []
    for column in sorted(columns, key=lambda column: -predictability[column.index]):
        if not any(column.is_shifted(other) for other in kept):
            kept.append(column)
    return sorted(kept, key=lambda column: column.index)


def _depends_on_context(column: ColumnProfile, token: ColumnProfile) -> bool | None:
    """Whether some token has several values; None if too few tokens repeat."""
    if len(set(zip(token.cells, column.cells, strict=True))) > token.n_values:
        return True
    return False if token.n_rows - token.n_values > 100 else None
