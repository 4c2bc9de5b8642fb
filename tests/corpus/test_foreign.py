"""Files of other tools are named, and the command in the hint converts the file."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tagger.corpus import Layout
from tagger.errors import DataError
from tagger.reading.read import read_sentences

MIRA = {"tokens": ["Mira", "Lund", "visits", "Nim", "."], "tags": ["B-PER", "I-PER", "O", "B-LOC", "O"]}
TEXT = "Mira Lund visits Nim ."
WEBANNO = """\
#FORMAT=WebAnno TSV 3.3
#T_SP=x.POS|PosTag
#T_SP=x.NamedEntity|identifier|value


#Text=Mira Lund visits Nim .
1-1\t0-4\tMira\tN\t*[1]\tPER[1]\t
1-2\t5-9\tLund\tN\t*[1]\tPER[1]\t
1-3\t10-16\tvisits\tV\t_\t_\t
1-4\t17-20\tNim\tN\t*\tLOC\t
1-4.1\t17-18\tN\tN\t*\tLOC\t
1-5\t21-22\t.\tX\t_\t_\t
"""
SPANS = [{"start": 0, "end": 9, "labels": ["PER"]}, {"start": 17, "end": 20, "labels": ["LOC"]}]
TRIPLES: list[tuple[int, int, str]] = [(0, 9, "PER"), (17, 20, "LOC")]
SPACY_TOKENS = [{"orth": token, "ner": tag} for token, tag in zip(MIRA["tokens"], MIRA["tags"], strict=True)]
LABEL_STUDIO = {
    "id": 1,
    "annotations": [{"id": 2, "result": [{"value": span} for span in SPANS]}],
    "data": {"text": TEXT},
}
RASA = {"text": TEXT, "intent": "x", "entities": [{"start": s, "end": e, "entity": t} for s, e, t in TRIPLES]}
DATATURKS = {
    "content": TEXT,
    "annotation": [{"label": [t], "points": [{"start": s, "end": e - 1}]} for s, e, t in TRIPLES],
}
FOREIGN = {
    "WebAnno TSV": WEBANNO,
    "OpenNLP's": "<START:PER> Mira Lund <END> visits <START:LOC> Nim <END> .\n",
    "Rasa's training data": 'version: "3.1"\n\nnlu:\n- intent: go\n  examples: |\n'
    '    - [Mira Lund](PER) visits [Nim]{"entity": "LOC", "role": "to"} .\n',
    "Rasa's training data, in Markdown": "## intent:go\n- [Mira Lund](PER:mira) visits [Nim](LOC) .\n",
    "names in brackets": "(PER Mira Lund) visits (LOC Nim) .\n",
    "names in brackets, of other kinds": "[PER Mira Lund ] visits [LOC Nim ] .\n",
    "markup within sentences": "<PER>Mira Lund</PER> visits <LOC>Nim</LOC>.\n",
    "markup within sentences, as of MUC": (
        '<ENAMEX TYPE="PER">Mira Lund</ENAMEX> visits <ENAMEX ID="1" TYPE="LOC">Nim</ENAMEX>.\n'
    ),
    "spaCy 2's JSON": json.dumps([{"id": 0, "paragraphs": [{"raw": "x", "sentences": [{"tokens": SPACY_TOKENS}]}]}]),
    "spaCy's pairs": json.dumps([TEXT, {"entities": TRIPLES}]),
    "spaCy's pairs in a list": json.dumps([[TEXT, {"entities": TRIPLES}]]),
    "JSON of spaCy's NER annotator": json.dumps(
        {"classes": ["PER"], "annotations": [[TEXT, {"entities": TRIPLES}], None]}
    ),
    "Rasa's JSON": json.dumps({"rasa_nlu_data": {"common_examples": [RASA]}}, indent=2),
    "Label Studio's JSON": json.dumps([LABEL_STUDIO]),
    "Label Studio's JSON, indented": json.dumps([LABEL_STUDIO], indent=2),
    "Label Studio's JSON, an object a line": json.dumps(LABEL_STUDIO) + "\n",
    "Dataturks' JSON": json.dumps(DATATURKS) + "\n",
}
OTHER_TAGS = {
    "brat's .ann": (
        "T1\tPER 0 9\tMira Lund\nR1\tx Arg1:T1 Arg2:T2\nT2\tLOC 17 20\tNim\nT3\tX 23 25\tOh\n",
        [(MIRA["tokens"], MIRA["tags"]), (["Oh"], ["B-X"])],
    ),
    "Penn Treebank's brackets": (
        "( (S (NP (NNP Mira)\n      (-NONE- *T*))\n    (VP (VBZ visits) )))\n(ROOT\n  (S (. .)))\n",
        [(["Mira", "visits"], ["NNP", "VBZ"]), (["."], ["."])],
    ),
    "markup between rows of columns": (
        '<text id="1">\n<s>\nMira\tNP\n.\tSENT\n</s>\n<s>\nNim\tNP\n</s>\n</text>\n',
        [(["Mira", "."], ["NP", "SENT"]), (["Nim"], ["NP"])],
    ),
    "XML": (
        '<?xml version="1.0"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0"><s><w pos="N">Mira</w> <pc>.</pc></s></TEI>\n',
        [(["Mira", "."], ["N", "_"])],
    ),
}
ALL = {name: (text, [(MIRA["tokens"], MIRA["tags"])]) for name, text in FOREIGN.items()} | OTHER_TAGS


@pytest.mark.parametrize("name", ALL)
def test_an_unsupported_format_is_named_and_the_hint_converts_the_file(tmp_path: Path, name: str) -> None:
    text, expected = ALL[name]
    (tmp_path / "OLD").write_text(text)
    (tmp_path / "TEXT.txt").write_text(f"{TEXT}\nOh\n")
    with pytest.raises(
        DataError, match=rf"OLD: unsupported format: {name.partition(',')[0].partition(' in a list')[0]}"
    ) as caught:
        list(read_sentences(tmp_path / "OLD"))

    hint = str(caught.value.hint)
    command = hint[min(hint.find(name) for name in ("awk ", "python3 ", "jq ", "sed ") if name in hint) :]
    if not shutil.which(command.split()[0]):
        pytest.skip(f"there is no {command.split()[0]} here")
    done = subprocess.run(["bash", "-c", command], cwd=tmp_path, check=True, capture_output=True, text=True)

    assert done.stderr == ""
    assert "!" not in re.sub("!=|!k|!NF", "", command)  # an interactive shell would expand it
    (made,) = {"NEW", "NEW.jsonl"} & {path.name for path in tmp_path.iterdir()}
    sentences = [(list(sentence.tokens), list(sentence.tags or ())) for sentence in read_sentences(tmp_path / made)]
    assert sentences == expected


@pytest.mark.parametrize(
    "text",
    [
        '{"text": "He (UN envoy ) saw [ORG Nim ] <b>x</b>", "spans": []}\n',
        "<s>\tO\nMira\tX\n",
        "<s> O\nMira X\n",
        "<text>\n<s>\nMira\n",
        "<b>/X Mira/N </b>/X\n",
        "( PUNCT\nMira X\n",
        "[ (\nMira X\n",
        "T1\tPER\nMira\tX\n",
        "(TOP(S(NP* NNP\nMira X\n",
        "[Mira](PER) X\n",
        "version: X\nnlu X\n",
    ],
)
def test_a_file_that_only_looks_like_an_unsupported_format_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "OLD").write_text(text)

    assert list(read_sentences(tmp_path / "OLD", Layout(), tagged=False))
