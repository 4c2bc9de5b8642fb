from collections import Counter
from dataclasses import replace

import pytest

from tagger.corpus import Layout
from tagger.corpus.conllu_writer import write_answers
from tagger.corpus.layout import AnswerColumn, AnswerKind
from tagger.reading.read import read_sentences
from tagger.reading.whole_files import read_tagged


@pytest.mark.parametrize(
    ("file", "n_sentences", "n_tokens", "n_tags"),
    [
        ("ewt/en_ewt-ud-train.conllu", 12544, 204577, 17),
        ("ewt/en_ewt-ud-dev.conllu", 2001, 25147, 17),
        ("ewt/en_ewt-ud-test.conllu", 2077, 25094, 17),
        ("snips/train.tsv", 13084, 119882, 72),
        ("snips/dev.tsv", 700, 6296, 68),
        ("snips/test.tsv", 700, 6594, 69),
        ("wnut17/wnut17train.conll", 3394, 62730, 13),
        ("wnut17/emerging.dev.conll", 1009, 15733, 13),
        ("wnut17/emerging.test.annotated", 1287, 23394, 13),
    ],
)
def test_every_sentence_and_token_of_the_public_sets_is_read(shared_data, file, n_sentences, n_tokens, n_tags):
    sentences = read_tagged(shared_data / file, Layout())

    assert (len(sentences), sum(map(len, sentences))) == (n_sentences, n_tokens)
    assert len({tag for sentence in sentences for tag in sentence.tags or ()}) == n_tags


def test_the_longest_token_and_the_longest_sentence_are_kept_whole(shared_data):
    sentences = read_tagged(shared_data / "ewt" / "en_ewt-ud-test.conllu", Layout())

    assert max(len(token) for sentence in sentences for token in sentence.tokens) == 473


def test_tokens_of_tweets_that_start_with_a_hash_are_tokens(shared_data):
    files = "wnut17train.conll", "emerging.dev.conll", "emerging.test.annotated"
    tokens = [sentence.tokens for file in files for sentence in read_sentences(shared_data / "wnut17" / file, Layout())]

    assert sum(token.startswith("#") for sentence in tokens for token in sentence) == 1097


def test_xpos_and_features_of_the_english_web_treebank_can_be_tags(shared_data):
    path = shared_data / "ewt" / "en_ewt-ud-train.conllu"

    xpos = Counter(tag for sentence in read_tagged(path, Layout(tag="xpos")) for tag in sentence.tags or ())
    number = Counter(tag for sentence in read_tagged(path, Layout(tag="Number")) for tag in sentence.tags or ())

    assert len(xpos) == 49
    assert xpos.total() == number.total() == 204577
    assert number == {"_": 127164, "Sing": 60824, "Plur": 16383, "Ptan": 206}


@pytest.mark.parametrize(("split", "n_sentences"), [("train", 13084), ("dev", 700), ("test", 700)])
@pytest.mark.parametrize("layout", [Layout(), Layout("columns")])
def test_every_command_of_snips_has_one_of_seven_intents_beside_its_slots(shared_data, split, n_sentences, layout):
    slots, intent = AnswerColumn("slots", "tag", -1), AnswerColumn("intent", "label", "intent")
    path = shared_data / "snips" / f"{split}.tsv"

    sentences = read_tagged(path, replace(layout, answers=(slots, intent)))
    plain = read_tagged(path, layout)

    assert len(sentences) == len(sentences.having(0)) == len(sentences.having(1)) == n_sentences
    assert len(sentences.answers[1].names) == 7
    assert sum(sentences.view(1).tag_counts().values()) == n_sentences
    assert sentences.view(0) == plain
    only_intents = read_tagged(path, replace(layout, answers=(intent,)))
    assert only_intents.view(0) == sentences.view(1)


def test_four_columns_of_the_english_web_treebank_are_read_in_one_pass_as_one_by_one(shared_data):
    path = shared_data / "ewt" / "en_ewt-ud-test.conllu"
    columns: dict[str, AnswerKind] = {"upos": "tag", "xpos": "tag", "feats": "tag", "lemma": "string"}
    answers = tuple(AnswerColumn(column, kind, column) for column, kind in columns.items())

    sentences = read_tagged(path, Layout("conllu", answers=answers))

    assert [len(answer.names) for answer in sentences.answers] == [17, 48, 133, 4396]
    for i, column in enumerate(columns):
        assert sentences.view(i) == read_tagged(path, Layout("conllu", tag=column))


def test_a_treebank_is_written_as_it_was_read_in_one_pass(shared_data):
    path = shared_data / "ewt" / "en_ewt-ud-test.conllu"
    columns = ("upos", "xpos", "feats", "lemma", "misc", "Number")
    answers = (*(AnswerColumn(c, "tag", c) for c in columns), AnswerColumn("id", "label", "sent_id"))
    sentences = read_sentences(path, Layout("conllu", answers=answers), keep_rows=True)

    written = "".join(
        write_answers(s, dict(zip(columns, s.answers, strict=False)), [f"# sent_id = {s.answers[-1]}"])  # type: ignore[arg-type]
        for s in sentences
    )

    assert written == path.read_text()
