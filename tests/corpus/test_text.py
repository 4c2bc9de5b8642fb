import logging

import pytest

from tagger.corpus.text import text_sentence, text_sentences


def test_the_tokens_of_a_text_have_offsets():
    text = "  I can't,  New\u00a0York "

    sentences = text_sentence(text)

    assert sentences.tokens == ("I", "ca", "n't", ",", "New", "York")
    assert [text[start:end] for start, end in sentences.offsets or ()] == list(sentences.tokens)


def test_pretokenized_text_is_split_at_white_space_only():
    text = " can't  stop, stop\u3000it "

    sentences = text_sentence(text, pretokenized=True)

    assert sentences.tokens == ("can't", "stop,", "stop", "it")
    assert sentences.offsets == ((1, 6), (8, 13), (14, 18), (19, 21))


def test_every_line_becomes_a_sentence():
    sentences = list(text_sentences(["One.", "", "  ", "Two."], path="in.txt"))

    assert [sentence.tokens for sentence in sentences] == [("One", "."), (), (), ("Two", ".")]
    assert [sentence.location for sentence in sentences] == ["in.txt:1", "in.txt:2", "in.txt:3", "in.txt:4"]
    assert all(sentence.tags is None for sentence in sentences)


@pytest.mark.parametrize(("pretokenized", "n_warnings"), [(False, 1), (True, 0)])
def test_there_is_one_warning_of_scripts_without_spaces(caplog, pretokenized, n_warnings):
    with caplog.at_level(logging.WARNING, "tagger"):
        list(text_sentences(["We are here.", "我爱北京", "我爱你"], pretokenized=pretokenized, path="in.txt"))

    assert [record.getMessage().partition(": ")[0] for record in caplog.records] == ["in.txt:2"] * n_warnings
