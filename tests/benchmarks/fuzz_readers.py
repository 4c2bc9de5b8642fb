"""Run every reader on mutated bytes: it must return sentences, or raise a DataError that names a position.

    pip install -e ".[benchmarks]"
    python tests/benchmarks/fuzz_readers.py --seconds 60
    python tests/benchmarks/fuzz_readers.py --seconds 600 --reader jsonl

The seconds are for each reader. atheris starts from small examples and is guided by code coverage. If an input can be
read, two more rules apply: the same bytes in small pieces give the same sentences, and so does a file that our writer
makes of these sentences, unless it raises an error. The first input that breaks a rule is printed and ends the turn of
its reader; the exit code is then 1.
"""

import argparse
import gzip
import io
import logging
import multiprocessing
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["tagger"]):
    from tagger.corpus.layout import Layout
    from tagger.corpus.sentence import Sentence
    from tagger.corpus.write import write_sentences
    from tagger.errors import DataError
    from tagger.format_names import FormatName
    from tagger.reading.read import read_sentences

MAX_BYTES = 3000  # bytes per input
MAX_SECONDS = 10  # seconds per input
POSITION = re.compile(r"^<stream>:\d+: |^<stream>: .*\bbyte \d+", re.DOTALL)

TREE = (
    "# newdoc id = d1\n"
    "# text = Dogs don't chase cats.\n"
    "1\tDogs\tdog\tNOUN\tNNS\tNumber=Plur\t4\tnsubj\t_\tSpaceAfter=No|Tag=X\n"
    "2-3\tdon't\t_\t_\t_\t_\t_\t_\t_\t_\n"
    "2\tdo\tdo\tAUX\tVB\t_\t4\taux\t_\t_\n"
    "3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_\n"
    "3.1\tever\t_\t_\t_\t_\t_\t_\t4:advmod\t_\n"
    "4\tchase\tchase\tVERB\tVB\t_\t0\troot\t_\t_\n"
    "5\tcats\tcat\tNOUN\tNNS\tNumber=Plur\t4\tobj\t_\t_\n"
    "6\tand\tand\tCCONJ\tCC\t_\t7\tcc\t_\t_\n"
    "7\tmice\tmouse\tNOUN\tNNS\tNumber=Plur\t5\tconj\t_\t_\n\n"
    "1\tYes\t1.5\tINTJ\tUH\t_\t0\troot\t_\t_\n"
)
BY_TAB = "# a comment\nJohn\tS\nloves\tV\n#Jane\tO\n \t \n-DOCSTART-\tX\n\nNew York\tB-loc\n"
BY_SPACES = "-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\n#1 CD B-NP O\n"
SERIES = "id\tx\ttag\n1\t0.5\tup\n1\t-1e3\tdown\n2\tinf\tup\n"
TABLE = 'sentence,token,tag\n1,John,S\n1,"a ""b"", c",V\n,x,O\n2,Jane,O\n,,\n2,"two\nlines",X\n'
TABLE_OF_SENTENCES = 'text;tags;x\n"John loves Jane";S V O;1 2 3\n"a b";X Y;0.5 1e9\n'
JSON = (
    '{"id": 7, "tokens": ["John", "l\\u00f6ves", "\\ud83d\\ude00"], "tags": ["S", "V", "O"]}\n\n'
    '{"id": "b", "tokens": [], "tags": []}\n'
)
JSON_OF_SPANS = (
    '{"text": "I live in New York.", "spans": [{"start": 10, "end": 18, "label": "loc"}]}\n'
    '{"text": "日本 in Rome", "label": [[6, 10, "x"], [5, 9, "y"]], "entities": null}\n'
    '{"text": "a", "entities": [{"start_offset": 0, "end_offset": 1, "label": "z"}]}\n'
)
SLASH = "John/S loves/V Jane/O\n\n1/2/NUM \t http://x.org//URL\n"
ODD = "\ufeffcafé\u2028\tX\r\n\u200b\tY\r\r\x85\tZ\n"


@dataclass(frozen=True)
class Reader:
    """Layouts, from which the first byte of an input chooses, and examples to start from."""

    layouts: tuple[Layout, ...]
    seeds: tuple[bytes, ...]
    tagged: bool = True


def texts(*seeds: str, encoding: str = "utf-8") -> tuple[bytes, ...]:
    return tuple(seed.encode(encoding, errors="ignore") for seed in (*seeds, ODD))


EVERY = (TREE, BY_TAB, BY_SPACES, SERIES, TABLE, TABLE_OF_SENTENCES, JSON, JSON_OF_SPANS, SLASH)
ENCODINGS = ("latin-1", "cp1252", "utf-16", "utf-16-le", "utf-32", "utf-7", "shift_jis", "gb18030", "iso2022_jp")
READERS = {
    "conllu": Reader(
        (
            Layout("conllu"),
            Layout("conllu", tag="Number"),
            Layout("conllu", tag="svo"),
            Layout("conllu", tag="svo-subtree"),
            Layout("conllu", token="lemma", tag=-1, numeric=("head",)),
            Layout("conllu", columns=("xpos", "Number"), group="document"),
            Layout("conllu", group="Tag"),
        ),
        texts(TREE),
    ),
    "columns by TAB": Reader(
        (
            Layout("columns"),
            Layout("columns", token=-1, tag=0, comments=True),
            Layout("columns", token="x", tag="tag", numeric=("x",), sentence="id"),
            Layout("columns", numeric=(1,), sentence=0),
            Layout("columns", columns=(-1,), group="document"),
            Layout("columns", columns=("x",), group="id"),
        ),
        texts(BY_TAB, SERIES),
    ),
    "columns by spaces": Reader(
        (
            Layout("columns"),
            Layout("columns", comments=True),
            Layout("columns", token=1, tag=-2),
            Layout("columns", bad_rows="skip"),
        ),
        texts(BY_SPACES),
    ),
    "csv, a token a row": Reader(
        (
            Layout("csv"),
            Layout("csv", token="x", numeric=("x",), sentence="id"),
            Layout("csv", token=-1, tag=0),
            Layout("csv", columns=(0,), group="x"),
            Layout("csv", token="x", numeric=("x",), decimal=",", bad_rows="skip"),
        ),
        texts(TABLE, SERIES),
    ),
    "csv, a sentence a row": Reader(
        (
            Layout("csv", per_row="sentence", token="text", tag="tags"),
            Layout("csv", per_row="sentence", token=0, tag=1, numeric=("x",)),
            Layout("csv", per_row="sentence", token=0, tag=1, columns=("x",), group="tags"),
        ),
        texts(TABLE_OF_SENTENCES),
    ),
    "jsonl of tokens": Reader((Layout("jsonl"), Layout("jsonl", columns=("tags",), group="id")), texts(JSON)),
    "jsonl of spans": Reader((Layout("jsonl"), Layout("jsonl", token="text", tag="label")), texts(JSON_OF_SPANS)),
    "slash": Reader((Layout("slash"),), texts(SLASH)),
    "auto": Reader((Layout(), Layout(map=(("X", "Y"),))), texts(*EVERY)),
    "without tags": Reader(
        tuple(Layout(kind) for kind in ("auto", "conllu", "columns", "csv", "jsonl", "slash")), texts(*EVERY), False
    ),
    "gzip": Reader(
        (Layout(), Layout("columns")),
        (
            *(gzip.compress(seed, level, mtime=0) for seed in texts(*EVERY) for level in (0, 9)),
            gzip.compress(b"a\tX\n", mtime=0) + b"\0\0" + gzip.compress(b"b\tY\n", mtime=0),
            b"\x1f\x8b",
        ),
    ),
    "encodings": Reader(
        tuple(Layout(encoding=encoding) for encoding in ENCODINGS),
        tuple(seed for encoding in ENCODINGS for seed in texts(BY_TAB, JSON, TREE, encoding=encoding)),
    ),
}


class Pieces(io.RawIOBase):
    """A stream that returns three bytes at a time."""

    def __init__(self, content: bytes) -> None:
        self.rest = io.BytesIO(content)

    def read1(self, size: int = -1) -> bytes:
        return self.rest.read(3)


class FormattingHandler(logging.Handler):
    """Format log messages, which may fail, and discard them."""

    def emit(self, record: logging.LogRecord) -> None:
        record.getMessage()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="for each reader")
    parser.add_argument("--reader", action="append", choices=READERS, help="only this one; may be given again")
    options = parser.parse_args()
    log = logging.getLogger("tagger")
    log.handlers, log.propagate = [FormattingHandler()], False
    failed = []
    for name in options.reader or READERS:
        print(f"=== {name}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="tagger-fuzz-") as folder:
            turn = multiprocessing.get_context("fork").Process(
                target=fuzz, args=(READERS[name], options.seconds, Path(folder))
            )
            turn.start()
            turn.join()
        if turn.exitcode:
            failed.append(name)
    print(
        f"{len(failed)} reader{'s' if len(failed) != 1 else ''} broke a rule{': ' if failed else ''}{', '.join(failed)}"
    )
    return 1 if failed else 0


def fuzz(reader: Reader, seconds: int, folder: Path) -> None:
    """Fuzz a reader; libFuzzer ends the process, and writes interesting inputs to the folder."""
    for choice in range(len(reader.layouts)):
        for number, seed in enumerate(reader.seeds):
            (folder / f"{choice}-{number}").write_bytes(bytes([choice]) + seed)
    options = [f"-max_total_time={seconds}", f"-max_len={MAX_BYTES}", f"-timeout={MAX_SECONDS}", "-verbosity=0",
               "-print_final_stats=1", f"-artifact_prefix={folder}/", str(folder)]  # fmt: skip
    atheris.Setup([sys.argv[0], *options], lambda data: check(reader, data))
    atheris.Fuzz()


def check(reader: Reader, data: bytes) -> None:
    """Check the rules for an input.

    Raises:
        AssertionError: a rule is broken; the message contains the input.
    """
    choice, content = (data[0], data[1:]) if data else (0, b"")
    layout = reader.layouts[choice % len(reader.layouts)]
    try:
        whole = outcome(io.BytesIO(content), layout, tagged=reader.tagged)
        in_pieces = outcome(Pieces(content), layout, tagged=reader.tagged)
        assert is_same(whole, in_pieces), f"read in pieces, it differs: {in_pieces}"
        if reader.tagged and isinstance(whole, list):
            check_written(whole, layout)
    except Exception as error:
        raise AssertionError(f"{layout}\nread from {content!r}\n{type(error).__name__}: {error}") from error


def outcome(source: io.IOBase, layout: Layout, *, tagged: bool) -> list[Sentence] | str:
    """All sentences, or the message of a DataError."""
    try:
        return list(read_sentences(source, layout, tagged=tagged))  # type: ignore[arg-type]
    except DataError as error:
        assert POSITION.search(error.message), f"the message names no position: {error.message}"  # noqa: PT017
        return error.message


def is_same(whole: list[Sentence] | str, in_pieces: list[Sentence] | str) -> bool:
    """Whether two outcomes agree.

    Of several errors in a file, the first in the file is reported for pieces; for the whole, an undecodable byte comes
    before other errors of its chunk. So two errors differ only if both name a byte, and another one.
    """
    if isinstance(whole, str) and isinstance(in_pieces, str):
        positions = re.findall(r"at byte \d+", whole), re.findall(r"at byte \d+", in_pieces)
        return positions[0] == positions[1] or [] in positions
    return whole == in_pieces


def check_written(sentences: list[Sentence], layout: Layout) -> None:
    to_format: FormatName = "columns" if layout.format == "auto" else layout.format
    try:
        text = "".join(write_sentences(sentences, to_format, Layout(to_format)))
    except DataError as error:
        assert POSITION.search(error.message), f"the writer names no position: {error.message}"  # noqa: PT017
        return
    again = list(read_sentences(io.BytesIO(text.encode()), Layout(to_format)))
    assert list(map(steps, again)) == [steps(sentence) for sentence in sentences if sentence.tokens], (
        f"the written file reads differently: {text!r}"
    )


def steps(sentence: Sentence) -> list[tuple[str, str]]:
    return list(zip(sentence.tokens, sentence.tags or (), strict=True))


if __name__ == "__main__":
    sys.exit(main())
