from collections import Counter

import pytest

from tagger.corpus import Layout
from tagger.reading.read import read_sentences, read_tagged


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
