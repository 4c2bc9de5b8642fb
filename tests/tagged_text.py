"""A few tagged sentences, written as columns and tables for tests of the guesses of `tagger init`."""

import csv
import io

# Each word with its lemma, UPOS, XPOS, chunk and name.
TEXT = """
Ada ada PROPN NNP B-NP B-PER | met meet VERB VBD B-VP O | Bob bob PROPN NNP B-NP B-PER
| Stone stone PROPN NNP I-NP I-PER | in in ADP IN B-PP O | Paris paris PROPN NNP B-NP B-LOC | . . PUNCT . O O

The the DET DT B-NP O | old old ADJ JJ I-NP O | mills mill NOUN NNS I-NP O | closed close VERB VBD B-VP O
| when when SCONJ WRB B-ADVP O | Acme acme PROPN NNP B-NP B-ORG | Steel steel PROPN NNP I-NP I-ORG
| left leave VERB VBD B-VP O | the the DET DT B-NP O | town town NOUN NN I-NP O | . . PUNCT . O O

She she PRON PRP B-NP O | walks walk VERB VBZ B-VP O | , , PUNCT , O O | and and CCONJ CC O O | her she PRON PRP$ B-NP O
| walks walk NOUN NNS I-NP O | are be AUX VBP B-VP O | long long ADJ JJ B-ADJP O | . . PUNCT . O O

Are be AUX VBP B-VP O | there there PRON EX B-NP O | any any DET DT B-NP O | trains train NOUN NNS I-NP O
| from from ADP IN B-PP O | New new PROPN NNP B-NP B-LOC | York york PROPN NNP I-NP I-LOC | to to ADP IN B-PP O
| Boston boston PROPN NNP B-NP B-LOC | ? ? PUNCT . O O

Stone stone NOUN NN B-NP O | walls wall NOUN NNS I-NP O | stand stand VERB VBP B-VP O | longer long ADV RBR B-ADVP O
| than than ADP IN B-PP O | wood wood NOUN NN B-NP O | , , PUNCT , O O | said say VERB VBD B-VP O
| Dr. dr. PROPN NNP B-NP O | Eve eve PROPN NNP I-NP B-PER | Mill mill PROPN NNP I-NP I-PER | . . PUNCT . O O

He he PRON PRP B-NP O | did do AUX VBD B-VP O | not not PART RB I-VP O | train train VERB VB I-VP O
| the the DET DT B-NP O | new new ADJ JJ I-NP O | dogs dog NOUN NNS I-NP O | in in ADP IN B-PP O
| York york PROPN NNP B-NP B-LOC | . . PUNCT . O O
"""
LEMMA, UPOS, XPOS, CHUNK, NAME = 1, 2, 3, 4, 5
SENTENCES = [[word.split() for word in block.replace("\n", " ").split("|")] for block in TEXT.strip().split("\n\n")]


def cells(*selected: int | str, times: int = 1) -> list[list[list[str]]]:
    """Selected columns of TEXT; a string is a constant column, and `#` numbers the words of a sentence from 1."""

    def cell(row: list[str], i: int, column: int | str) -> str:
        return row[column] if isinstance(column, int) else str(i) if column == "#" else column

    return [[[cell(row, i, column) for column in selected] for i, row in enumerate(s, 1)] for s in SENTENCES] * times


def columns(sentences: list[list[list[str]]], delimiter: str = "\t", before: str = "") -> str:
    return "".join(before + "".join(f"{delimiter.join(row)}\n" for row in sentence) + "\n" for sentence in sentences)


def table(header: str, rows: list[list[str]], delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerows([header.split(","), *rows])
    return text.getvalue()
