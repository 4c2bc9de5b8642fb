"""Layout of a file: its format, and the columns of tokens, tags and numbers."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from tagger.bounds import MAX_TOKENS
from tagger.errors import ConfigError
from tagger.format_names import Format

Column = str | int

AnswerKind = Literal["tag", "label", "string"]  # a tag of each token, a label of the sentence, a string of each token

JSONL_HINT = "JSON lines can: predict --format jsonl, convert --to jsonl"  # where a format cannot hold a token or tag

DOCUMENT = "document"  # value of `Layout.group`: the documents that marks in the file delimit

# (line number, line, cells, document). `cells` is None for a line without a token (a comment, a range of words) and
# empty for a skipped row. `document` is the name of the document that starts at the line, empty if it has no name, and
# None if none starts there.
# Not a named tuple, which takes ten times as long to create: a file has millions of rows.
Row = tuple[int, str, list[str] | None, str | None]
Rows = Iterator[Row | None]  # None ends a sentence


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """Column of an answer: what one head of a network learns.

    Args:
        name: name of the head.
        kind: `tag`: a tag of each token; `label`: one label of the whole sentence; `string`: a string of each token.
        column: column of the answer, as in a `Layout`; a label can also be the key of a comment before the sentence.
            None: the file has no such column, and its sentences lack the answer.
        map: pairs (value in the file, value to read it as), to rename or merge values.
        own_key: the config's key with the column, for messages, if it is not `heads.NAME.KIND`.
    """

    name: str
    kind: AnswerKind
    column: Column | None
    map: tuple[tuple[str, str], ...] = ()
    own_key: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "map", tuple((old, new) for old, new in self.map))

    @property
    def key(self) -> str:
        """The config's key with the column, for messages.

        >>> AnswerColumn("pos", "tag", 3).key, AnswerColumn("label", "label", "topic", own_key="data.label").key
        ('heads.pos.tag', 'data.label')
        """
        return self.own_key or f"heads.{self.name}.{self.kind}"

    @property
    def title(self) -> str:
        """The head in messages; empty in the plain case.

        >>> AnswerColumn("pos", "tag", 3).title, AnswerColumn("label", "label", "topic", own_key="data.label").title
        ('heads.pos', 'data.label')
        """
        if self.own_key == f"data.{self.kind}":
            return self.own_key
        return f"heads.{self.name}" if self.name else ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Format of a file, the columns that a sentence is read from, and how tags are renamed.

    A column is a name (CoNLL-U, tables, columns with a header, keys of JSON) or an index from 0, negative from the end.

    Args:
        format: format of the file; `auto` detects it from the content.
        token: column of tokens; default: form in CoNLL-U, `tokens` or `text` in JSON, the first column elsewhere.
        tag: column of tags; default: upos in CoNLL-U, `tags` or `spans` in JSON, the last column elsewhere. In CoNLL-U
            also a key of FEATS or MISC.
        numeric: columns of numbers.
        columns: further columns, whose values are inputs. In CoNLL-U also keys of FEATS or MISC.
        group: column with the document, speaker or other group of a sentence. In CoNLL-U and column files, `document`
            refers to the marks `# newdoc` and `-DOCSTART-`, unless a header has a column of that name.
        sentence: tables and column files only: column whose value changes with each sentence, or is filled at the first
            token of each; without it, blank lines separate sentences.
        per_row: tables only: whether a row is a token, or a sentence whose tokens and tags are delimited by spaces.
        comments: whether all lines of a column file that start with # are comments.
        encoding: encoding of the file; `auto` detects it from the bytes.
        map: pairs (tag in the file, tag to read it as), to rename or merge tags.
        decimal: decimal sign of the numbers in `numeric`.
        bad_rows: whether an unreadable row is an error or is skipped when tags are read; a row of JSON lines and slash
            text is a sentence.
        answers: columns of the answers, if a sentence has several or they have a kind; then `tag` and `map` are unused.
        missing_numbers: whether numbers may be missing, see `parse_number`; the config's policy fills them.
        max_tokens: the most tokens of a sentence, which bound its lines and characters, too; see `limits`. It is not
            part of a bundle.
    """

    format: Format = "auto"
    token: Column | None = None
    tag: Column | None = None
    numeric: tuple[Column, ...] = ()
    sentence: Column | None = None
    per_row: Literal["token", "sentence"] = "token"
    comments: bool = False
    encoding: str = "utf-8"
    map: tuple[tuple[str, str], ...] = ()
    columns: tuple[Column, ...] = ()
    group: Column | None = None
    decimal: Literal[".", ","] = "."
    bad_rows: Literal["error", "skip"] = "error"
    answers: tuple[AnswerColumn, ...] = ()
    missing_numbers: bool = False
    max_tokens: int = MAX_TOKENS

    def __post_init__(self) -> None:
        # JSON turns tuples into lists: a layout loaded from a bundle must equal the saved one, and be hashable.
        object.__setattr__(self, "numeric", tuple(self.numeric))
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "map", tuple((old, new) for old, new in self.map))
        answers = (AnswerColumn(**answer) if isinstance(answer, dict) else answer for answer in self.answers)
        object.__setattr__(self, "answers", tuple(answers))


DEFAULT = Layout()
UNKNOWN = Layout(encoding="auto")  # format, columns and encoding are detected


def with_columns(layout: Layout, known: Layout) -> Layout:
    """Replace the columns of tokens, tags and sentences by those of another layout, where it has them."""
    columns = {key: getattr(known, key) for key in ("token", "tag", "sentence") if getattr(known, key) is not None}
    return replace(layout, **columns)


REFUSALS = {  # error messages for keys that a format does not support; the first that applies is reported
    "per_row": 'data.per_row = "sentence": only a table can have a sentence per row; data.format = "csv" reads one',
    "sentence": "data.sentence: only columns and tables can have a column that separates sentences",
    "numeric": "features.numeric: only columns, tables and CoNLL-U have numbers",
    "columns": "features.columns: there are no columns but the token and its tag",
    "group": "data.group: the format has no groups of sentences",
    "token": "data.token and data.tag: there are no columns to choose from",
    "tag": "data.token and data.tag: there are no columns to choose from",
    "answers": "heads: each token has one tag, and there is nothing else to learn",
}


def check_layout(layout: Layout, keys: Collection[str], path: str) -> None:
    """Refuse a layout with keys that its format does not support.

    Args:
        layout: layout with a known format.
        keys: supported keys.
        path: path of the file, for messages.

    Raises:
        ConfigError: names the first unsupported key.
    """
    for key, problem in REFUSALS.items():
        if key not in keys and getattr(layout, key) != getattr(DEFAULT, key):
            raise ConfigError(f"{path}: read as {layout.format}: {problem}")


def refuse_tag_as_input(
    layout: Layout, path: str, *, token: Column, tag: Column, identify: Callable[[Column], int | str]
) -> None:
    """Refuse to read tags from a column that is also an input: the network would only learn to copy it.

    Args:
        layout: layout with the other columns.
        path: path of the file, for messages.
        token: column of tokens.
        tag: column of tags.
        identify: function from a column to its index or a canonical name, equal for different names of one column.

    Raises:
        ConfigError: names the keys and the column.
    """
    tag_id = identify(tag)
    if identify(token) == tag_id:
        free = 0 if tag_id else 1
        key = "data.tag" if layout.tag is None and layout.token is not None else "data.token"
        hint = f"for example {key} = {free}" if isinstance(tag_id, int) else f"set {key} to another column"
        raise ConfigError(f"{path}: data.tag and data.token are the same column: {tag}", hint)
    for key, columns in (("features.numeric", layout.numeric), ("features.columns", layout.columns)):
        if any(identify(column) == tag_id for column in columns):
            hint = f"remove it from {key}, or set data.tag to another column"
            raise ConfigError(f"{path}: data.tag and {key} are the same column: {tag}", hint)
