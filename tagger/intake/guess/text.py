"""A config as TOML with every key, each with why it is so or what it does."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import wrap

import pydantic
import tomli_w

from tagger.config import Config, Words
from tagger.format_names import FORMATS

WIDTH, BESIDE = 120, 30  # of a line; where comments beside values begin
ABOUT = {  # what a key means, where its value does not say so
    "data.train": "paths are relative to this file",
    "data.dev": "or a share of train; absent: all epochs run, the last weights are kept",
    "data.test": "or a share of train; may be absent",
    "data.folds": "into how many parts train is cut, one of which is test",
    "data.fold": "which of the folds is test, from 1",
    "data.group": "the column of documents or speakers, which are never cut; document: their marks in the file",
    "data.seed": "draws what is cut off train",
    "data.format": " | ".join(("auto", *FORMATS)),
    "data.token": "column, by name or by index from 0",
    "data.tag": "column, by name or by index from 0",
    "data.sentence": "the column that tells sentences apart",
    "data.per_row": "token | sentence: what a row of a table is",
    "data.map": 'tags that are merged or renamed: { OLD = "new" }',
    "data.scheme": "auto | none | iob1 | bio | bioes: what the files use",
    "data.scheme_train": "what the network learns",
    "data.ignore": "tags whose tokens are neither trained on nor scored",
    "data.comments": "whether lines that start with # are comments, where nothing else tells",
    "data.encoding": "as Python names it",
    "features.words": 'false: no words; kind = "onehot" has no dim; vectors = "FILE" instead of dim: pretrained ones',
    "features.chars": 'or { kind = "lstm" } or { kind = "cnn" }: the characters of a word enter too',
    "features.affixes": "prefixes, suffixes and the shape of a word enter too; the default where words do",
    "features.columns": "or { names = [...] }: more columns that enter as symbols",
    "features.casing": "lower, upper, title, mixed, number, alphanumeric or other",
    "features.numeric": "columns of numbers that enter as they are",
    "features.standardize": "numeric columns by train's mean and deviation",
    "model.cell": "simple_rnn | lstm | gru",
    "model.units": "one entry per stacked layer",
    "model.bidirectional": "whether layers read from both ends",
    "model.merge": "concat | sum | mul | ave: of both directions",
    "model.reset_after": "GRU only",
    "model.dropout": "before each layer and before the head",
    "model.residual": "whether what enters a layer is added to what leaves it; all units alike",
    "model.layer_norm": "whether what leaves a layer is normalised",
    "model.head": "softmax | crf, which learns what tags follow each other",
    "model.decode": "free | valid: the best sequence that the scheme allows; auto: valid where there is a scheme",
    "training.epochs": "at most",
    "training.batch_size": "sentences",
    "training.optimizer": "sgd | rmsprop | adam | nadam | adamw | lazy_adam",
    "training.learning_rate": "at its height",
    "training.schedule": "constant | cosine | plateau: halved after 2 epochs without a better dev",
    "training.warm_up": "share of all steps in which the learning rate rises to its height",
    "training.clip_norm": "the longest gradient of a step",
    "training.averaging": "whether an exponential moving average of the weights is scored and saved",
    "training.label_smoothing": "share of each target that goes to all tags alike",
    "training.class_weights": "balanced | { TAG = weight }: what a token counts in the loss",
    "training.metric": "accuracy | macro_f1 | span_f1; auto: span_f1 where there is a scheme, else accuracy",
    "training.patience": "epochs without a better dev before training stops",
    "training.max_steps": "longer sentences are cut into windows for the loss only",
    "training.seed": "draws the first weights, the order of sentences and what is dropped",
    "training.deterministic": "whether two runs give the same bytes; slower",
    "training.precision": "float32 | mixed_bfloat16 | mixed_float16: faster products on a GPU",
}
ABSENT = {  # examples
    "dev": "0.1",
    "test": '"test.tsv"',
    "folds": "5",
    "fold": "1",
    "group": '"document"',
    "sentence": '"id"',
    "token": "0",
    "tag": "1",
}


def config_text(config: Config, why: dict[str, str], head: Iterable[str]) -> str:
    """The config as TOML.

    Args:
        config: every key of it is written, those that are absent as comments.
        why: paragraphs for comments, by section or key (`data.tag`).
        head: lines of the comment that it begins with.
    """
    comments = (f"# {_printable(line)}".rstrip() for line in head)
    return "\n".join([*comments, *_lines(config, why)]) + "\n"


def path_from(path: Path, folder: Path) -> str:
    """How a config that stands in a folder names a file."""
    absolute, folder = path.absolute(), folder.absolute()
    if not absolute.is_relative_to(folder):
        absolute, folder = path.resolve(), folder.resolve()
    try:
        text = Path(os.path.relpath(absolute, folder)).as_posix()
    except ValueError:  # another drive
        text = absolute.as_posix()
    return f"./{text}" if text[0] == "~" or ":" in text else text  # no home folder, no data set of the catalogue


def _lines(config: Config, why: dict[str, str]) -> Iterator[str]:
    for name, section in config:
        yield ""
        yield from _reasons(why.get(name, ""))
        yield f"[{name}]"
        for i, key in enumerate(type(section).model_fields):
            dotted, value = f"{name}.{key}", getattr(section, key)
            if i and why.get(dotted):
                yield ""
            yield from _reasons(why.get(dotted, ""))
            if value is None and name == "data":
                yield from _beside(f"# {key} = {ABSENT.get(key, '…')}", ABOUT.get(dotted, "absent"))
            else:
                yield from _beside(f"{key} = {_toml(value)}", ABOUT.get(dotted, ""))


def _reasons(text: str) -> Iterator[str]:
    for paragraph in text.split("\n") if text else ():
        yield from (f"# {line}" for line in wrap(_printable(paragraph), WIDTH - 2, break_on_hyphens=False))


def _printable(text: str) -> str:
    """The text without what a comment of TOML cannot hold, and without what moves the cursor."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _beside(line: str, comment: str) -> Iterator[str]:
    whole = f"{line:<{BESIDE - 2}}  # {comment}" if comment else line
    yield from [whole] if len(whole) <= WIDTH else [f"# {comment}", line]


def _toml(value: object) -> str:
    if isinstance(value, pydantic.BaseModel):
        hidden: set[str] = set()
        if isinstance(value, Words):
            hidden |= {"dim"} if value.kind == "onehot" or value.vectors else set()
            hidden |= set() if value.vectors else {"trainable", "word_list"}
        return _toml(value.model_dump(exclude=hidden, exclude_none=True))
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {_toml(inner)}' for key, inner in value.items())} }}" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return tomli_w.dumps({"_": False if value is None else value}).removeprefix("_ = ").rstrip("\n")
