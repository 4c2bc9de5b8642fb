"""Time and memory of whole `tagger predict` and `tagger train` commands as their data grow.

The file to tag repeats the train split of the English Web Treebank. The file to train on repeats it with new words: in
each copy, a number of the words that occur once get a new form, so that distinct forms grow with the 0.6th power of the
tokens, as in running text (Heaps' law). Training runs for one epoch with `lazy_adam`, the optimizer for large
vocabularies; dev is the treebank's.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.speed.material import CONFIGS, blocks, forms, repeat, words
from tests.benchmarks.speed.plan import OURS, Process, folder, tagger

HEAPS_EXPONENT = 0.6


def main() -> None:
    kind, n_tokens, path = sys.argv[1:]
    make = {"tokens": make_tokens, "tagged": make_tagged}[kind]
    make(int(n_tokens), Path(path))


def make_tokens(n_tokens: int, path: Path) -> None:
    repeat(forms(blocks("ewt:train")), n_tokens, path)


def make_tagged(n_tokens: int, path: Path) -> None:
    """Write copies of train in CoNLL-U, in whole sentences, until there are `n_tokens` tokens."""
    sentences = blocks("ewt:train")
    counts = Counter(cells[1] for block in sentences for cells in words(block))
    rare = {form for form, count in counts.items() if count == 1}
    rng, copy, n_left = random.Random(1), 0, n_tokens
    with path.open("w", encoding="utf-8") as file:
        while n_left > 0:
            n_new = len(counts) * ((copy + 1) ** HEAPS_EXPONENT - copy**HEAPS_EXPONENT) if copy else 0
            renewed = {form for form in rare if rng.random() < n_new / len(rare)}
            for block in sentences:
                rows = [*words(block)]
                for cells in rows:
                    cells[1] += str(copy) * (cells[1] in renewed)
                file.write("\n".join("\t".join(cells) for cells in rows) + "\n\n")
                n_left -= len(rows)
                if n_left <= 0:
                    break
            copy += 1


def processes(options: argparse.Namespace) -> Iterator[Process]:
    """One process for each network and number of tokens."""
    here, make = folder(options), (sys.executable, "-m", "tests.benchmarks.speed.growth")
    text, tagged = here / "growth.tsv", here / "growth.tagged.tsv"
    train, run = here / "growth.conllu", here / "growth"
    for network in options.growth_networks:
        for millions in options.tag_millions:
            n_tokens = round(millions * 1e6)
            files = ("--input", text, "--output", tagged, "--format", "tsv", "--quiet")
            yield Process(
                f"growth, tagging, {network}, {millions:g} million tokens",
                OURS,
                tagger("predict", here / network, *files, cores="all"),
                "all",
                n_tokens,
                (*make, "tokens", str(n_tokens), str(text)),
                (text, tagged),
            )
        for millions in options.train_millions:
            n_tokens = round(millions * 1e6)
            data = (f"data.train={train}", "data.dev=ewt:dev", "data.test=")
            settings = (*data, "training.epochs=1", "training.optimizer=lazy_adam")
            sets = [part for setting in settings for part in ("--set", setting)]
            yield Process(
                f"growth, training with lazy_adam, {network}, {millions:g} million tokens",
                OURS,
                tagger("train", CONFIGS[network], "--run", run, "--overwrite", "--quiet", *sets, cores="all"),
                "all",
                n_tokens,
                (*make, "tagged", str(n_tokens), str(train)),
                (train, run),
            )


if __name__ == "__main__":
    main()
