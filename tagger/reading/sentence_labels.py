"""Labels of whole sentences, recognised in comments, in columns that are constant in each sentence, or beside texts."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import chain

from tagger.corpus.counted import counted
from tagger.corpus.labels import BLANK, parse_comment
from tagger.corpus.layout import Column
from tagger.reading.column_profile import ColumnProfile
from tagger.reading.tables import Table

MAX_LABELS = 200  # distinct labels; more are names of documents, speakers or the like
N_WORDS = 2  # mean number of words of labels beside texts, unless they repeat often
N_REPEATS = 5  # mean number of texts per label from which labels may have any number of words
N_SHOWN = 4  # labels in a reason
LABEL = re.compile(  # a column with such a name is preferred to others
    r"(.*[\W_])?(intent|label|class|category|sentiment|polarity|topic|target|emotion|genre|domain|lang|language|rating)s?"
    r"([\W_].*)?",
    re.IGNORECASE,
)
NO_LABEL = re.compile(r"(sent_)?id|text(_\w+)?|(newdoc|newpar|global)\b.*|.*translation.*", re.IGNORECASE)


def are_labels(counts: Mapping[str, int]) -> bool:
    """Whether values of sentences, with their counts, are few and repeat, as labels do."""
    return 1 < len(counts) <= min(MAX_LABELS, 0.5 * sum(counts.values())) and not any(v in counts for v in BLANK)


def best_first(names: Mapping[Column, Mapping[str, int]]) -> list[Column]:
    """Columns that could be the label, the best first: those named like labels, then those with few values.

    Args:
        names: count of each value, by column.
    """
    return sorted(names, key=lambda name: (not LABEL.fullmatch(str(name)), len(names[name])))


def describe_labels(counts: Mapping[str, int]) -> str:
    """Describe labels by their number and the most frequent ones.

    >>> describe_labels({"greet": 5, "leave": 9})
    '2 labels (leave, greet)'
    """
    usual = [value for value, _ in Counter(counts).most_common(N_SHOWN)]
    more = ", …" if len(counts) > len(usual) else ""
    return f"{counted(len(counts), 'label')} ({', '.join(usual)}{more})"


def comment_labels(lines: Iterable[str]) -> dict[Column, Counter[str]]:
    """Count the values of comments `# KEY = VALUE` that label nearly every sentence, by key.

    Args:
        lines: lines of a file with blank lines between sentences.
    """
    values: dict[str, Counter[str]] = defaultdict(Counter)
    others: set[str] = set()  # keys with too many values, such as the text of each sentence
    n_sentences, has_row, comments = 0, False, dict[str, str]()
    for line in chain(lines, [""]):
        if not line.strip(" \t"):
            n_sentences += has_row
            for key, value in comments.items() if has_row else ():
                if key not in others:
                    values[key][value] += 1
                    if len(values[key]) > MAX_LABELS:
                        others.add(key)
                        del values[key]
            has_row, comments = False, {}
        elif line[0] == "#" and "\t" not in line and (comment := parse_comment(line)):
            comments.setdefault(*comment)
        else:
            has_row = True
    return {
        key: counts
        for key, counts in values.items()
        if counts.total() > 0.9 * n_sentences and are_labels(counts) and not NO_LABEL.fullmatch(key)
    }


def label_columns(table: Table, taken: Collection[int]) -> dict[Column, Counter[str]]:
    """Count the values of columns that label each sentence of a table with a row per token.

    Args:
        table: rows in sentences.
        taken: indices of columns with other roles.
    """
    columns = (ColumnProfile(i, table.sentences) for i in range(len(table.names)) if i not in taken)
    counts = {
        table.names[column.index]: Counter(cells[0] for cells in column.sentences)
        for column in columns
        if column.is_sentence_label and not column.is_counter
    }
    return {name: values for name, values in counts.items() if are_labels(values)}


def text_labels(
    table: Table, taken: Collection[int], min_words: int = 2
) -> tuple[Column, dict[Column, Counter[str]]] | None:
    """The column of texts of a table with a whole text per row, and counts of the values of columns with labels.

    None if it is no such table.

    Args:
        table: rows of a file.
        taken: indices of columns with other roles.
        min_words: mean number of words that texts have at least; if 1, nearly all texts differ.
    """
    min_distinct = 0.5 if min_words > 1 else 0.9
    columns = [ColumnProfile(i, table.sentences) for i in range(len(table.names)) if i not in taken]
    texts = [c for c in columns if c.is_filled and c.mean_pieces >= min_words and c.n_values > min_distinct * c.n_rows]
    texts = [c for c in texts if not (c.is_date or c.is_counter or c.is_number)]
    if not texts or columns[0].n_rows < 2:
        return None
    text = max(texts, key=lambda column: (column.mean_pieces, column.richness))
    others = [c for c in columns if c is not text and not (c.is_measurement or c.is_date)]
    others = [c for c in others if c.mean_pieces <= N_WORDS or N_REPEATS * c.n_values <= c.n_rows]
    labels = _without_blanks([c for c in others if c.is_filled], table)
    labels = labels or _without_blanks([c for c in others if 2 * c.counts[""] < c.n_rows], table)
    return (table.names[text.index], labels) if labels else None


def _without_blanks(columns: Sequence[ColumnProfile], table: Table) -> dict[Column, Counter[str]]:
    """Counts of the labels in columns, without empty cells, which the reader reports."""
    counts = {table.names[c.index]: Counter({v: n for v, n in c.counts.items() if v}) for c in columns}
    return {name: values for name, values in counts.items() if are_labels(values)}


def note_on_labels(where: str, counts: Mapping[str, int], others: Sequence[Column]) -> str:
    """The reason for a label, for a comment in a config.

    Args:
        where: where the labels are, in words.
        counts: count of each label; empty to leave them out.
        others: other columns that could be the label.
    """
    beside = f"; other columns that could be the label: {', '.join(map(str, others[:4]))}" if others else ""
    return f"{where}{f': {describe_labels(counts)}' if counts else ''}{beside}"
