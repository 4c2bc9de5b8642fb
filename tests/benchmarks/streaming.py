"""Time and memory to convert one and ten million tokens: memory is constant if their ratio is near 1.

    python -m tests.benchmarks.streaming

EWT's train split, from the folder of real data, is repeated until the file has enough tokens, and `tagger convert` runs
on it in a process of its own. There is one line per conversion: seconds and peak memory for each number of tokens, then
the ratio of the memory. All files go to a temporary folder of about 1 GB, which is removed.
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
CONVERSIONS = {  # arguments of `tagger convert`, by input file, which is also standard input
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
    for name, conversions in CONVERSIONS.items():
        measured = []
        for n_millions in options.tokens:
            with folder_with(name, round(n_millions * 1e6 / N_EWT)) as folder:
                measured.append([run(arguments, folder, folder / name) for arguments in conversions])
        for arguments, few, many in zip(conversions, *measured, strict=True):
            numbers = "".join(f"{seconds:15.1f} s {memory:7.1f} MB" for seconds, memory in (few, many))
            print(f"{arguments:<32}{numbers}{many[1] / few[1]:8.2f}", flush=True)


@contextmanager
def folder_with(name: str, times: int) -> Iterator[Path]:
    """Yield a temporary folder with a file of EWT `times` times over: CoNLL-U, or columns with tags in BIO."""
    with tempfile.TemporaryDirectory(prefix="tagger-streaming-") as folder:
        path, once, layout = Path(folder) / name, EWT, Layout("conllu")
        if name == "in.tsv":
            once = path.with_name("once.tsv")
            with once.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(write_sentences(map(in_bio, read_sentences(EWT, layout)), "columns", layout))
        with gzip.open(path, "wb", compresslevel=1) if path.suffix == ".gz" else path.open("wb") as repeated:
            for _ in range(times):
                with once.open("rb") as source:
                    shutil.copyfileobj(source, repeated)
        yield path.parent


def in_bio(sentence: Sentence) -> Sentence:
    """Tag adjacent nouns as one span, all other tokens as outside."""
    tags = []
    before = "O"
    for upos in sentence.tags or ():
        before = "O" if upos not in ("NOUN", "PROPN") else "B-NP" if before == "O" else "I-NP"
        tags.append(before)
    return replace(sentence, tags=tuple(tags))


def run(arguments: str, folder: Path, source: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of a conversion."""
    command = [sys.executable, "-m", "tagger", "convert", "--quiet", *arguments.split()]
    cost = process_cost(command, cwd=folder, stdin=source if arguments.startswith("- ") else None)
    return cost.seconds, cost.megabytes


if __name__ == "__main__":
    main()
