"""The config's [[data.sources]]: several files to train on, each with its own columns."""

from typing import Annotated, Literal

from pydantic import Field

from tagger.config.values import Column, FileOrShare, Section, Values, absent
from tagger.format_names import Format


class Source(Section):
    """Files with some of the answers; each [[data.sources]] table adds files, and all of them are trained on together.

    It takes the place of data.train, and needs [heads]. Each source is read with its own keys. A sentence without the
    answer of a head does not count for that head.
    """

    train: str = Field(examples=["names.tsv"])
    """The file to train on, or the name of a public data set, as data.train."""
    dev: FileOrShare | None = absent(0.1)
    """File or share of train, as data.dev."""
    test: FileOrShare | None = absent("test.tsv")
    """File or share of train, as data.test."""
    heads: Annotated[dict[str, Column], Values("a table { HEAD = COLUMN }")] = Field(
        default={}, examples=[{"names": "tag"}]
    )
    """Column of each head in these files; a head that is not named has no answers here.

    If the table is empty, all heads have the columns that [heads] names.
    """
    format: Format = "auto"
    """Format of the files, as data.format."""
    token: Column | None = absent("form")
    """Column of the token, as data.token."""
    sentence: Column | None = absent("id")
    """Column whose value changes with each sentence or series, as data.sentence."""
    per_row: Literal["token", "sentence"] = "token"
    """Whether a row of a table holds a token or a whole sentence, as data.per_row."""
    comments: bool = False
    """Whether all lines that start with # are comments, as data.comments."""
    encoding: str = "utf-8"
    """Encoding of the files, as data.encoding."""
