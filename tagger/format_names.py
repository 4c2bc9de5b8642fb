"""Names of the formats of sentences in files. Each format is a module of its name in `corpus/formats/`."""

from typing import Literal, get_args

FormatName = Literal["conllu", "columns", "csv", "jsonl", "slash"]
Format = Literal["auto", FormatName]
InputFormat = Literal["text", FormatName]  # of `predict`
OutputFormat = Literal["text", "tsv", "csv", "jsonl", "conllu"]  # of `predict`

FORMATS: tuple[FormatName, ...] = get_args(FormatName)
