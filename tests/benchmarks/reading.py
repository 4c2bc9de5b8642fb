"""Time to read a file, and time and memory to stream tokens through a reader and a writer.

    python -m tests.benchmarks.reading FILE.conllu --tokens 5

One line per file and per format. Memory is the peak of the process so far, so it should not grow from one format to the
next, regardless of the number of tokens.
"""

import argparse
import itertools
import resource
import sys
import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from tagger.corpus import Layout
from tagger.corpus.formats.csv import HEADER
from tagger.corpus.sentence import Sentence
from tagger.corpus.write import write_sentences
from tagger.format_names import FormatName
from tagger.reading.read import read_sentences
from tagger.reading.whole_files import read_tagged

FORMATS: dict[FormatName, Layout] = {
    "conllu": Layout("conllu"),
    "columns": Layout("columns"),
    "csv": Layout("csv", sentence="sentence", token="token", tag="tag"),
    "jsonl": Layout("jsonl"),
}
BLOCK = 1000  # sentences


class RepeatedText:
    """A stream of a header, then a text many times over, compressed or not."""

    def __init__(self, head: bytes, text: bytes, times: int, *, is_compressed: bool) -> None:
        self.name = "stream"
        self.pieces = self._pieces(itertools.chain([head], itertools.repeat(text, times)), is_compressed)

    def read(self, size: int) -> bytes:
        return next(self.pieces, b"")

    def _pieces(self, texts: Iterable[bytes], is_compressed: bool) -> Iterator[bytes]:
        if not is_compressed:
            yield from filter(None, texts)
            return
        compressor = zlib.compressobj(1, wbits=31)
        for text in texts:
            yield compressor.compress(text) + compressor.flush(zlib.Z_SYNC_FLUSH)
        yield compressor.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--tokens", type=float, default=5, metavar="N", help="millions to stream through each format")
    options = parser.parse_args()
    stream(options.paths[0], int(options.tokens * 1e6))  # first, while the process is small
    for path in options.paths:
        start = time.perf_counter()
        n_tokens = sum(map(len, read_tagged(path, Layout())))
        seconds = time.perf_counter() - start
        print(f"{path}: {n_tokens:,} tokens in {seconds:.2f} s, {n_tokens / seconds:,.0f} a second; {memory()} MB")


def stream(path: Path, n_tokens: int) -> None:
    """Read a part of a file over and over in each format, and write it in the same format."""
    block = [Sentence(each.tokens, each.tags) for each in itertools.islice(read_sentences(path, Layout()), BLOCK)]
    times = -(-n_tokens // sum(map(len, block)))
    print(f"before: {memory()} MB")
    for (to_format, layout), is_compressed in itertools.product(FORMATS.items(), (False, True)):
        head = HEADER if to_format == "csv" else ""
        text = "".join(write_sentences(block, to_format, layout)).removeprefix(head)
        source = RepeatedText(head.encode(), text.encode(), times, is_compressed=is_compressed)
        n_read = n_written = 0

        def counted(sentences: Iterator[Sentence]) -> Iterator[Sentence]:
            nonlocal n_read
            for sentence in sentences:
                n_read += len(sentence)
                yield sentence

        start = time.perf_counter()
        for piece in write_sentences(counted(read_sentences(source, layout)), to_format, layout):  # type: ignore[arg-type]
            n_written += len(piece)
        seconds = time.perf_counter() - start
        print(
            f"{to_format + ('.gz' if is_compressed else ''):<10} {n_read:,} tokens, {n_written:,} characters written, "
            f"in {seconds:.1f} s, {n_read / seconds:,.0f} a second; {memory()} MB"
        )


def memory() -> int:
    """Peak memory of the process in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak // (1 << 20 if sys.platform == "darwin" else 1 << 10)


if __name__ == "__main__":
    main()
