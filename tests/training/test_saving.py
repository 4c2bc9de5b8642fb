"""What is fitted on dev when a tagger is saved."""

import pytest

from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.evaluation.score import score
from tagger.tagging.tagger import Tagger
from tagger.training.saving import outside_shift
from tests.bundles import save_spans_bundle


def dev(*rows: tuple[str, str]) -> Sentences:
    """Sentences of one token."""
    return Sentences.collect([Sentence((token,), (tag,)) for token, tag in rows])


@pytest.fixture
def shift(tmp_path):
    """The shift for a dev; `ada` gets scores 1 and 0 for B-per and O, any other word 0 and 1."""
    tagger = Tagger.load(save_spans_bundle(tmp_path / "bundle", decode="valid"))
    tags = tagger.bundle.encoder.tags

    def shift(sentences: Sentences) -> float:
        def f1(ids) -> float:
            gold = [sentence.tags or () for sentence in sentences]
            return score("span_f1", gold, [(tags[i],) for i in ids], scheme="bio")

        return outside_shift(tagger, sentences, f1)

    return shift


def test_o_is_lowered_until_the_spans_that_it_hides_are_found(shift):
    # One of four is found: F1 is 0.4, and the bound the log-odds of 0.2, -1.39; B-per wins from -1 on.
    assert shift(dev(("ada", "B-per"), *[("x", "B-per")] * 3)) == pytest.approx(-1.0397, abs=1e-3)


@pytest.mark.parametrize(
    "rows",
    [
        [("ada", "B-per"), ("x", "B-per")],  # F1 is 0.67, and the bound -0.69 too near
        [("ada", "B-per"), ("x", "O")],  # all is right
        [("x", "B-per"), ("x", "B-per")],  # nothing is found, and nothing tells how far to go
        [("ada", "B-per"), *[("ada", "O")] * 3, *[("x", "O")] * 3],  # it would find more that is wrong
    ],
)
def test_o_stays_where_lowering_it_finds_no_more(shift, rows):
    assert shift(dev(*rows)) == 0
