"""Score `tagger.corpus.tokenizer` against the words of CoNLL-U treebanks: one line per file.

    python -m tests.benchmarks.tokenizer_f1 FILE.conllu

Gold spans are the characters of each syntactic word in the sentence's `# text`. The words of a multiword token ("don't"
= do + n't) are separate spans if together they spell the token, else they form one span. A predicted span is correct if
both of its ends are.
"""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tagger.corpus.tokenizer import tokenize

Span = tuple[int, int]


def main(paths: list[str]) -> None:
    for path in paths:
        sentences = list(read_gold(Path(path)))
        start = time.perf_counter()
        predicted = [[(token.start, token.end) for token in tokenize(text)] for text, _ in sentences]
        seconds = time.perf_counter() - start

        n_gold = sum(len(gold) for _, gold in sentences)
        n_predicted = sum(map(len, predicted))
        n_correct = sum(len(set(gold) & set(spans)) for (_, gold), spans in zip(sentences, predicted, strict=True))
        precision, recall, f1 = n_correct / n_predicted, n_correct / n_gold, 2 * n_correct / (n_predicted + n_gold)
        print(
            f"{path}: precision {precision:.4f}  recall {recall:.4f}  F1 {f1:.4f}  "
            f"({n_gold:,} words, {n_predicted / seconds:,.0f} tokens/s)"
        )


def read_gold(path: Path) -> Iterator[tuple[str, list[Span]]]:
    """Text of each sentence, and the spans of its words from left to right."""
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        lines = block.split("\n")
        text = next(line.removeprefix("# text = ") for line in lines if line.startswith("# text = "))
        rows = [line.split("\t")[:2] for line in lines if not line.startswith("#")]
        yield text, align(text, list(surface_forms(rows)))


def surface_forms(rows: list[list[str]]) -> Iterator[str]:
    """Forms that spell a sentence, from its CoNLL-U rows of (id, form)."""
    form_of = {
        word_id: form for word_id, form in rows if "." not in word_id
    }  # "8.1" is an empty node, which has no surface form
    last_joined = 0
    for word_id, form in form_of.items():
        if "-" in word_id:
            first, last = map(int, word_id.split("-"))
            words = [form_of[str(number)] for number in range(first, last + 1)]
            yield from words if "".join(words) == form else [form]
            last_joined = last
        elif int(word_id) > last_joined:
            yield form


def align(text: str, forms: list[str]) -> list[Span]:
    """Span of each form in `text`, in order."""
    spans = []
    end = 0
    for form in forms:
        start = text.index(form, end)
        if text[end:start].strip():
            raise ValueError(f"{form!r} is not the next form in {text[end:]!r}")
        end = start + len(form)
        spans.append((start, end))
    return spans


if __name__ == "__main__":
    main(sys.argv[1:])
