import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Sentence
from tagger.corpus.text import text_sentence
from tagger.errors import DataError
from tagger.reading.read import read_sentences
from tagger.tagging.input import InputOptions, read_input
from tagger.tagging.output import format_of_output, formatter
from tagger.tagging.tagged import Tagged


def tagged(sentence: Sentence, *tags: str, confidence: tuple[float, ...] = ()) -> Tagged:
    confidence = confidence or tuple(1 / (2 + i) for i in range(len(tags)))
    return Tagged(sentence.tokens, tags, confidence, sentence.offsets, None, sentence)


JOHN = tagged(text_sentence("John  loves Jane"), "S", "V", "O", confidence=(0.98765, 0.5, 1.0))
NOBODY = tagged(text_sentence(""))
UPOS = Layout(format="conllu", tag="upos")
COLUMNS = Layout(format="columns")

AS_TEXT = [
    ("text", False, "John/S loves/V Jane/O\n"),
    ("text", True, "John/S:0.988 loves/V:0.500 Jane/O:1.000\n"),
    ("tsv", False, "John\tS\nloves\tV\nJane\tO\n\n"),
    ("tsv", True, "John\tS\t0.9877\nloves\tV\t0.5000\nJane\tO\t1.0000\n\n"),
    (
        "conllu",
        False,
        "1\tJohn\t_\tS\t_\t_\t_\t_\t_\t_\n2\tloves\t_\tV\t_\t_\t_\t_\t_\t_\n3\tJane\t_\tO\t_\t_\t_\t_\t_\t_\n\n",
    ),
    (
        "conllu",
        True,
        "1\tJohn\t_\tS\t_\t_\t_\t_\t_\tConfidence=0.9877\n2\tloves\t_\tV\t_\t_\t_\t_\t_\tConfidence=0.5000\n"
        "3\tJane\t_\tO\t_\t_\t_\t_\t_\tConfidence=1.0000\n\n",
    ),
]


@pytest.mark.parametrize(("output_format", "confidence", "lines"), AS_TEXT)
def test_sentence_in_each_format(output_format, confidence, lines):
    assert formatter(output_format, confidence=confidence, layout=UPOS)(JOHN) == lines


LINE_ENDS = ["a\tb", "a\nb", "a\rb"]
KEPT = ["a\u2028b", "a\x85b", "a\xa0b", "\u3000", "a\x0bb"]


@pytest.mark.parametrize("token", LINE_ENDS + KEPT)
@pytest.mark.parametrize("output_format", ["text", "tsv", "csv", "jsonl", "conllu"])
def test_a_token_is_written_as_it_is_or_refused_with_its_line(output_format, token):
    sentence = replace(Sentence(("x", token)), path="in.jsonl", line=7)
    write = formatter(output_format, confidence=False, layout=UPOS)

    if token in LINE_ENDS and output_format != "jsonl" and (output_format != "csv" or "\r" in token):
        with pytest.raises(DataError, match=rf"^in\.jsonl:7: .* cannot hold {re.escape(repr(token))}"):
            write(tagged(sentence, "A", "B"))
    elif output_format == "jsonl":
        assert json.loads(write(tagged(sentence, "A", "B")))["tokens"] == ["x", token]
    elif output_format == "csv":
        rows = csv.reader(io.StringIO(write(tagged(sentence, "A", "B")), newline=""))
        assert [row[1] for row in rows] == ["token", "x", token]
    else:
        assert token in write(tagged(sentence, "A", "B"))


@pytest.mark.parametrize(("confidence", "scores"), [(False, None), (True, [0.9877, 0.5, 1.0])])
def test_json_line_has_tokens_tags_spans_offsets_and_confidence(confidence, scores):
    line = formatter("jsonl", confidence=confidence, layout=COLUMNS)(JOHN)

    assert line.count("\n") == 1
    assert json.loads(line) == {
        "tokens": ["John", "loves", "Jane"],
        "tags": ["S", "V", "O"],
        "spans": None,
        "offsets": [[0, 4], [6, 11], [12, 16]],
        "confidence": scores,
    }


def test_json_has_no_offsets_for_tokens_and_does_not_escape_letters():
    line = formatter("jsonl", confidence=False, layout=COLUMNS)(tagged(Sentence(("日本\u2028", '"')), "주격", "O"))

    assert "日本" in line
    assert "주격" in line
    assert json.loads(line)["tokens"] == ["日本\u2028", '"']
    assert json.loads(line)["offsets"] is None


@pytest.mark.parametrize("confidence", [False, True])
@pytest.mark.parametrize("output_format", ["text", "tsv", "conllu"])
def test_sentence_without_tokens_is_an_empty_line(output_format, confidence):
    assert formatter(output_format, confidence=confidence, layout=COLUMNS)(NOBODY) == "\n"


@pytest.mark.parametrize("confidence", [False, True])
@pytest.mark.parametrize("token", ["a\tb", "a\nb", "a\rb"])
def test_token_that_tsv_cannot_express_is_an_error_with_a_hint(token, confidence):
    sentence = Sentence(("ok", token), path="in.csv", line=7)

    with pytest.raises(DataError, match=r"in\.csv:7: a column file cannot hold 'a") as caught:
        formatter("tsv", confidence=confidence, layout=COLUMNS)(tagged(sentence, "X", "Y"))

    assert "--format jsonl" in (caught.value.hint or "")
    assert json.loads(formatter("jsonl", confidence=confidence, layout=COLUMNS)(tagged(sentence, "X", "Y")))


TWICE = replace(
    JOHN,
    best=(
        replace(JOHN, probability=0.98765),
        replace(JOHN, tags=("S", "V", "V"), confidence=(0.98765, 0.5, 0.0), probability=1.23456e-7),
    ),
)


@pytest.mark.parametrize(
    ("output_format", "confidence", "lines"),
    [
        ("text", False, "0.9877\tJohn/S loves/V Jane/O\n1.235e-07\tJohn/S loves/V Jane/V\n\n"),
        ("text", True, "0.9877\tJohn/S:0.988 loves/V:0.500 Jane/O:1.000\n"
                       "1.235e-07\tJohn/S:0.988 loves/V:0.500 Jane/V:0.000\n\n"),
        ("tsv", False, "# probability = 0.9877\nJohn\tS\nloves\tV\nJane\tO\n\n"
                       "# probability = 1.235e-07\nJohn\tS\nloves\tV\nJane\tV\n\n"),
    ],
)  # fmt: skip
def test_best_sequences_are_written_with_their_probabilities(output_format, confidence, lines):
    assert formatter(output_format, confidence=confidence, layout=COLUMNS)(TWICE) == lines


def test_best_sequences_in_tsv_are_read_back_as_sentences():
    lines = formatter("tsv", confidence=False, layout=COLUMNS)(TWICE)

    assert [sentence.tags for sentence in read_sentences(io.BytesIO(lines.encode()), COLUMNS)] == [
        ("S", "V", "O"),
        ("S", "V", "V"),
    ]


def test_json_has_a_list_of_the_best_sequences_if_requested():
    line = json.loads(formatter("jsonl", confidence=True, layout=COLUMNS)(TWICE))

    assert line["tags"] == ["S", "V", "O"]
    assert line["best"] == [
        {"probability": 0.9877, "tags": ["S", "V", "O"], "spans": None, "confidence": [0.9877, 0.5, 1.0]},
        {"probability": 1.235e-7, "tags": ["S", "V", "V"], "spans": None, "confidence": [0.9877, 0.5, 0.0]},
    ]


CONLLU = (
    "# newdoc id = d1\n"
    "# text = Don't go\u2028.\n"
    "1-2\tDon't\t_\t_\t_\t_\t_\t_\t_\tSpaceAfter=No\n"
    "1\tDo\tdo\tAUX\tVB\tMood=Imp|VerbForm=Fin\t3\taux\t3:aux\t_\n"
    "2\tn't\tnot\tPART\tRB\tPolarity=Neg\t3\tadvmod\t3:advmod\tA=1|B|C=x=y\n"
    "# a comment in the middle\n"
    "2.1\tyou\tyou\tPRON\tPRP\t_\t_\t_\t3:nsubj\tCopyOf=-1\n"
    "3\tgo\u2028\tgo\tVERB\tVB\t \t0\troot\t0:root\tSpaceAfter=No\n"
    "\n"
    "1\t.\t.\tPUNCT\t.\t_\t0\tpunct\t_\t_\n"
    "\n"
)


def conllu_in_conllu_out(layout: Layout, *tags: str, confidence: bool = False, text: str = CONLLU) -> str:
    sentences = list(read_sentences(io.BytesIO(text.encode()), layout, tagged=False, keep_rows=True))
    assert sum(map(len, sentences)) == len(tags)
    rest = iter(tags)
    to_lines = formatter("conllu", confidence=confidence, layout=layout)
    return "".join(to_lines(tagged(sentence, *(next(rest) for _ in sentence.tokens))) for sentence in sentences)


def test_only_the_tags_of_a_conllu_file_change():
    output = conllu_in_conllu_out(UPOS, "T1", "T2", "T3", "T4")

    expected = CONLLU.replace("AUX", "T1").replace("PART", "T2").replace("VERB", "T3").replace("PUNCT", "T4")
    assert output == expected
    assert conllu_in_conllu_out(UPOS, "AUX", "PART", "VERB", "PUNCT") == CONLLU


@pytest.mark.parametrize(
    ("column", "field"),
    [("upos", 3), (None, 3), ("xpos", 4), ("XPOS", 4), (3, 3), (-1, 9), ("feats", 5), ("deprel", 7)],
)
def test_tags_are_written_to_the_field_they_were_learned_from(column, field):
    output = conllu_in_conllu_out(Layout(format="conllu", tag=column), "T1", "T2", "T3", "T4")

    before = [line.split("\t") for line in CONLLU.split("\n") if line.split("\t")[0].isdecimal()]
    words = [line.split("\t") for line in output.split("\n") if line.split("\t")[0].isdecimal()]
    assert [cells[field] for cells in words] == ["T1", "T2", "T3", "T4"]
    assert [cells[:field] + cells[field + 1 :] for cells in words] == [
        cells[:field] + cells[field + 1 :] for cells in before
    ]


@pytest.mark.parametrize(("layout", "key"), [(Layout(format="conllu", tag="svo"), "svo"), (COLUMNS, "Tag")])
def test_tags_without_a_field_are_written_to_misc(layout, key):
    text = "1\tgo\t_\tVERB\t_\t_\t0\t_\t_\tA=1|B|svo=O|Tag=O|A=2\n2\t.\t_\t_\t_\t_\t1\t_\t_\t_\n\n"

    output = formatter("conllu", confidence=False, layout=layout)(
        tagged(next(read_sentences(io.BytesIO(text.encode()), Layout(format="conllu"), keep_rows=True)), "V", "P")
    )

    misc = "A=1|B|svo=O|Tag=O|A=2".replace(f"{key}=O", f"{key}=V")
    assert output == f"1\tgo\t_\tVERB\t_\t_\t0\t_\t_\t{misc}\n2\t.\t_\t_\t_\t_\t1\t_\t_\t{key}=P\n\n"


@pytest.mark.parametrize("name", ["upos", "pos", "POS"])
def test_tags_of_a_column_named_upos_or_pos_are_written_to_upos(name):
    output = formatter("conllu", confidence=False, layout=Layout("csv", tag=name))(tagged(Sentence(("go",)), "V"))

    assert output == "1\tgo\t_\tV\t_\t_\t_\t_\t_\t_\n\n"


def test_confidence_is_added_to_misc():
    text = "1\tgo\t_\tVERB\t_\t_\t0\t_\t_\tA=1|Confidence=0.1\n\n"

    output = conllu_in_conllu_out(UPOS, "V", confidence=True, text=text)

    assert output == "1\tgo\t_\tV\t_\t_\t0\t_\t_\tA=1|Confidence=0.5000\n\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.conllu", "conllu"),
        ("a.CoNLLU.gz", "conllu"),
        ("a.tsv", "tsv"),
        ("a.conll", "tsv"),
        ("a.csv", "csv"),
        ("a.jsonl.gz", "jsonl"),
        ("a.txt", "text"),
        ("a", "text"),
    ],
)
def test_output_format_is_chosen_by_suffix(name, expected):
    assert format_of_output(Path(name)) == expected


def test_csv_has_one_header_and_numbers_sentences():
    to_lines = formatter("csv", confidence=True, layout=COLUMNS)
    sentences = [tagged(Sentence(("a", "b,c")), "X", "Y"), tagged(Sentence(('"',)), "Z")]

    assert "".join(map(to_lines, sentences)) == (
        'sentence,token,tag,confidence\n1,a,X,0.5000\n1,"b,c",Y,0.3333\n2,"""",Z,0.5000\n'
    )


def test_file_in_the_format_of_training_is_read_in_the_layout_of_training():
    layout = Layout(format="columns", token=1, tag=0)

    (sentence,) = read_input(io.BytesIO(b"O\tJohn\n"), layout, InputOptions("columns"))

    assert (sentence.tokens, sentence.tags) == (("John",), None)


def test_file_in_another_format_is_read_in_the_default_layout_of_that_format():
    layout = Layout(format="columns", token=1, tag=0)

    (sentence,) = read_input(io.BytesIO(b"form,other\nJohn,x\n"), layout, InputOptions("csv"))

    assert (sentence.tokens, sentence.tags) == (("John",), None)


def test_input_needs_no_tags():
    sentences = list(read_input(io.BytesIO(b"John\nloves\n\nJane\n"), COLUMNS, InputOptions("columns")))

    assert [sentence.tokens for sentence in sentences] == [("John", "loves"), ("Jane",)]


def tabled(*tables: str, layout: Layout = Layout("csv", token="t", tag="state", sentence="id")) -> str:
    """Each table, from a file of its own, with the tag X for each row, as CSV."""
    to_lines, lines = formatter("csv", confidence=True, layout=layout), ""
    for i, table in enumerate(tables):
        stream = io.BytesIO(table.encode())
        stream.name = f"{i}.csv"
        for sentence in read_input(stream, layout, InputOptions("csv"), rows_of="csv"):
            lines += to_lines(tagged(sentence, *["X"] * len(sentence)))
    return lines


def test_a_table_keeps_all_its_columns_and_its_delimiter_and_gets_those_of_the_answers():
    assert tabled('id;note;t;x\n7;"a; ""b""";0:01;1,50\n7;;0:02;\n8;c;0:01\n') == (
        'id;note;t;x;state;confidence\n7;"a; ""b""";0:01;1,50;X;0.5000\n7;;0:02;;X;0.3333\n8;c;0:01;;X;0.5000\n'
    )


def test_a_name_that_the_table_has_already_gets_a_suffix_and_is_logged(caplog):
    text = tabled("id,t,state,confidence,state_predicted\n1,a,Y,0.1,Z\n")

    header, row = text.splitlines()
    assert header == "id,t,state,confidence,state_predicted,state_predicted_2,confidence_predicted"
    assert row == "1,a,Y,0.1,Z,X,0.5000"
    assert "0.csv has a column state: the predicted one is written as state_predicted_2" in caplog.text


def test_blank_rows_between_sentences_of_a_table_are_kept_and_files_are_parted():
    layout = Layout("csv", token="token", tag="tag")

    assert tabled("token,a\nx,1\n\ny,2\nz,3\n", "token,a\nx,1\n", layout=layout) == (
        "token,a,tag,confidence\nx,1,X,0.5000\n\ny,2,X,0.5000\nz,3,X,0.3333\n\nx,1,X,0.5000\n"
    )


def test_tables_with_different_columns_are_not_written_as_one():
    with pytest.raises(DataError, match=r"1\.csv: has other columns than 0\.csv"):
        tabled("id,t\n1,a\n", "id,t,x\n1,a,2\n")


def test_a_delimiter_that_cannot_be_recognised_is_named_in_the_first_line():
    assert tabled("sep=:\nid:t\n1:a\n") == "sep=:\nid:t:state:confidence\n1:a:X:0.5000\n"
