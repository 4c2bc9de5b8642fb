import logging

import pytest

from tagger.corpus.text import text_sentence, text_sentences


def test_the_tokens_of_a_text_know_their_offsets():
    text = "  I can't,  New\u00a0York "

    found = text_sentence(text)

    assert found.tokens == ("I", "ca", "n't", ",", "New", "York")
    assert [text[start:end] for start, end in found.offsets or ()] == list(found.tokens)


def test_pretokenized_text_is_split_at_white_space_only():
    text = " can't  stop, stop\u3000it "

    found = text_sentence(text, pretokenized=True)

    assert found.tokens == ("can't", "stop,", "stop", "it")
    assert found.offsets == ((1, 6), (8, 13), (14, 18), (19, 21))


def test_lines_stay_lines():
    found = list(text_sentences(["One.", "", "  ", "Two."], path="in.txt"))

    assert [sentence.tokens for sentence in found] == [("One", "."), (), (), ("Two", ".")]
    assert [sentence.place for sentence in found] == ["in.txt:1", "in.txt:2", "in.txt:3", "in.txt:4"]
    assert all(sentence.tags is None for sentence in found)


@pytest.mark.parametrize(("pretokenized", "n_warnings"), [(False, 1), (True, 0)])
def test_a_script_without_spaces_is_warned_of_once(caplog, pretokenized, n_warnings):
    with caplog.at_level(logging.WARNING, "tagger"):
        list(text_sentences(["We are here.", "我爱北京", "我爱你"], pretokenized=pretokenized, path="in.txt"))

    assert [record.getMessage().partition(": ")[0] for record in caplog.records] == ["in.txt:2"] * n_warnings
