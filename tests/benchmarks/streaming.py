"""Time and memory to convert a million tokens, and ten: memory is flat where the ratio of the two is near 1.

    python -m tests.benchmarks.streaming

The train of EWT, from the folder of real data, is repeated as often as it takes, and `tagger convert` run on it as
users do, each time in a process of its own. One line per way of converting: seconds and peak memory for each number of
tokens, then the ratio of the memory. What is made and written goes to a temporary folder, 1 GB of it, and is removed.
"""

import argparse
import gzip
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tagger.bench.process_cost import process_cost
from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Sentence
from tagger.corpus.write import write_sentences
from tagger.reading.read import read_sentences
from tests import SHARED_DATA

EWT = SHARED_DATA / "ewt" / "en_ewt-ud-train.conllu"
N_EWT = 204_577  # tokens
WAYS = {  # by the file that is made of EWT, which is standard input, too: arguments of `tagger convert`
    "in.conllu": ["in.conllu out.jsonl", "in.conllu out.tsv", "- out.tsv --from conllu"],
    "in.conllu.gz": ["in.conllu.gz out.jsonl.gz"],
    "in.tsv": ["in.tsv out.tsv --scheme bioes", "- out.tsv --scheme bioes"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tokens", type=float, nargs=2, default=(1, 10), metavar="N", help="millions: few and many")
    options = parser.parse_args()
    if not EWT.exists():
        print(f"skipped: the real data is not at {EWT}")
        return
    print(f"{'tagger convert':<32}" + "".join(f"{n:>13g} million tokens" for n in options.tokens) + "   ratio")
    for name, ways in WAYS.items():
        measured = []
        for n_millions in options.tokens:
            with folder_with(name, round(n_millions * 1e6 / N_EWT)) as folder:
                measured.append([run(way, folder, folder / name) for way in ways])
        for way, few, many in zip(ways, *measured, strict=True):
            numbers = "".join(f"{seconds:15.1f} s {memory:7.1f} MB" for seconds, memory in (few, many))
            print(f"{way:<32}{numbers}{many[1] / few[1]:8.2f}", flush=True)


@contextmanager
def folder_with(name: str, times: int) -> Iterator[Path]:
    """A folder with EWT, so many times over, in a file of that name: as it is, or as columns in BIO."""
    with tempfile.TemporaryDirectory(prefix="tagger-streaming-") as folder:
        path, once, layout = Path(folder) / name, EWT, Layout("conllu")
        if name == "in.tsv":
            once = path.with_name("once.tsv")
            with once.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(write_sentences(map(in_bio, read_sentences(EWT, layout)), "columns", layout))
        with gzip.open(path, "wb", compresslevel=1) if path.suffix == ".gz" else path.open("wb") as made:
            for _ in range(times):
                with once.open("rb") as copied:
                    shutil.copyfileobj(copied, made)
        yield path.parent


def in_bio(sentence: Sentence) -> Sentence:
    """Nouns that stand together as a span, all else outside."""
    tags = []
    before = "O"
    for upos in sentence.tags or ():
        before = "O" if upos not in ("NOUN", "PROPN") else "B-NP" if before == "O" else "I-NP"
        tags.append(before)
    return replace(sentence, tags=tuple(tags))


def run(way: str, folder: Path, made: Path) -> tuple[float, float]:
    """Seconds, and megabytes that the process had at most."""
    command = [sys.executable, "-m", "tagger", "convert", "--quiet", *way.split()]
    cost = process_cost(command, cwd=folder, stdin=made if way.startswith("- ") else None)
    return cost.seconds, cost.megabytes


if __name__ == "__main__":
    main()
