"""Bodies of requests and answers; /openapi.json is made from them."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from tagger.bounds import MOST_SEQUENCES

TOKENS, COLUMNS, CELL_TEXT, CELL_NUMBER = "a list of tokens", "an object of lists", "a text", "a number"
KINDS = {TOKENS, COLUMNS, CELL_TEXT, CELL_NUMBER}  # of values that may be of several kinds; not part of a key

Item = TypeVar("Item")
Items = Annotated[list[Item], Field(fail_fast=True)]  # a body may have 500,000 wrong ones

INPUTS = ("text", "texts", "tokens", "sentences", "series")


def _kind_of_sentence(value: object) -> str | None:
    return TOKENS if isinstance(value, list) else COLUMNS if isinstance(value, dict) else None


def _kind_of_cell(value: object) -> str | None:
    return CELL_TEXT if isinstance(value, str) else CELL_NUMBER


Number = Annotated[float, Field(allow_inf_nan=False)]
Cell = Annotated[
    Annotated[str, Tag(CELL_TEXT)] | Annotated[Number | None, Tag(CELL_NUMBER)], Discriminator(_kind_of_cell)
]
Columns = Annotated[
    dict[str, Items[Cell]],
    Field(description="`tokens`, further columns and channels by name, each with a value for each step."),
]
SentenceBody = Annotated[
    Annotated[Items[str], Tag(TOKENS)] | Annotated[Columns, Tag(COLUMNS)], Discriminator(_kind_of_sentence)
]
ModelName = Annotated[str | None, Field(description="Name of the model, see /models; optional if there is only one.")]


class RequestBody(BaseModel):
    """A body without further keys, whose values are not converted."""

    model_config = ConfigDict(strict=True, extra="forbid")


class TagBody(RequestBody):
    """Sentences to tag, under exactly one of the keys text, texts, tokens, sentences and series."""

    model: ModelName = None
    text: Annotated[
        str | None, Field(description="Text, one sentence per line; it is split into tokens. Blank lines are skipped.")
    ] = None
    texts: Annotated[Items[str] | None, Field(description="Sentences, each a text.")] = None
    tokens: Annotated[Items[str] | None, Field(description="The tokens of one sentence.")] = None
    sentences: Annotated[
        Items[SentenceBody] | None, Field(description="Sentences, each a list of tokens or an object of lists.")
    ] = None
    series: Annotated[
        Items[Columns] | None, Field(description="Series, each with a list of numbers for each channel; null: missing.")
    ] = None
    best: Annotated[
        int | None, Field(ge=1, le=MOST_SEQUENCES, description="Also return the K best sequences of tags.")
    ] = None
    confidence: Annotated[bool, Field(description="Whether to compute confidence.")] = True

    @model_validator(mode="after")
    def _has_one_input(self) -> "TagBody":
        present = [name for name in INPUTS if getattr(self, name) is not None]
        if len(present) != 1:
            raise ValueError(f"expected one of {', '.join(INPUTS)}; got {' and '.join(present) or 'none of them'}")
        return self


class InspectBody(RequestBody):
    """A sentence whose states are shown, under one of the keys tokens and sentence."""

    model: ModelName = None
    tokens: Annotated[Items[str] | None, Field(description="The tokens of the sentence.")] = None
    sentence: Annotated[Columns | None, Field(description="The sentence or series as an object of lists.")] = None
    show: Annotated[
        list[Literal["shapes", "returns", "states", "gates"]], Field(max_length=4, description="What to show.")
    ] = ["states"]

    @model_validator(mode="after")
    def _has_one_input(self) -> "InspectBody":
        if (self.tokens is None) == (self.sentence is None):
            raise ValueError("expected one of tokens and sentence")
        return self


class SpanAnswer(BaseModel):
    """A span of tokens, and of characters if a text was sent."""

    label: str
    tokens: tuple[int, int]
    start: int | None = None
    end: int | None = None


class BestAnswer(BaseModel):
    """One of the best sequences of tags."""

    probability: float
    tags: list[str]
    spans: list[SpanAnswer] | None
    confidence: list[float] | None


class HeadAnswer(BaseModel):
    """The answer of one of several heads."""

    kind: Literal["tag", "string", "label"]
    values: list[str]
    spans: list[SpanAnswer] | None
    confidence: list[float] | None


class SentenceAnswer(BaseModel):
    """A tagged sentence, as `tagger predict --format jsonl` writes it."""

    model_config = ConfigDict(extra="allow")

    tokens: list[str]
    label: str | None = None
    label_confidence: float | None = None
    tags: list[str] | None = None
    spans: list[SpanAnswer] | None = None
    offsets: list[tuple[int, int]] | None = Field(description="Start and end of each token in the text, in characters.")
    confidence: list[float] | None = None
    best: list[BestAnswer] | None = None
    heads: dict[str, HeadAnswer] | None = None


class TagAnswer(BaseModel):
    """The tagged sentences of a request, in order."""

    model: str
    sentences: list[SentenceAnswer]


class HeadInfo(BaseModel):
    """An output of a model; `kind` spans: tags that mark spans."""

    name: str
    kind: Literal["tags", "spans", "strings", "label"]
    tags: list[str] = Field(description="The tags or labels that it knows; empty for strings.")
    scheme: str | None


class ModelInfo(BaseModel):
    """A model: what it reads and predicts."""

    model_config = ConfigDict(protected_namespaces=())

    name: str
    heads: list[HeadInfo]
    series: bool = Field(description="Whether it reads numbers.")
    channels: list[str]
    fills_missing: bool = Field(description="Whether a number may be null.")
    columns: list[str] = Field(description="Further columns that it reads.")
    words: bool = Field(description="Whether it reads tokens.")
    can_inspect: bool
    best: bool = Field(description="Whether it can return the K best sequences.")
    versions: dict[str, Any]
    card: str | None = Field(description="Markdown.")
    examples: list[str] = Field(description="Texts to try; empty for a model that reads more than tokens.")
    series_examples: list[dict[str, list[Any]]] = Field(description="Series to try, as in a request.")


class ModelList(BaseModel):
    """All models of the server."""

    models: list[ModelInfo]


class ErrorAnswer(BaseModel):
    """A request that was not done."""

    error: str
    hint: str | None = None


class Health(BaseModel):
    """State of the server."""

    status: Literal["ok", "stopping"]
