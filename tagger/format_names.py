"""Names of file formats, each a module in `corpus/formats/`, and byte order marks of encodings."""

import codecs
from typing import Literal, get_args

FormatName = Literal["conllu", "columns", "csv", "jsonl", "slash"]
Format = Literal["auto", FormatName]
InputFormat = Literal["text", FormatName]  # input of `predict`
OutputFormat = Literal["text", "tsv", "csv", "jsonl", "conllu"]  # output of `predict`

MARKS = {  # the longer first; PowerShell's `>` writes UTF-16
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
FORMATS: tuple[FormatName, ...] = get_args(FormatName)
