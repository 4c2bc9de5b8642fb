"""The shift of the logits of O, fitted on dev when a tagger is saved."""

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
    """A function that fits the shift on a dev; B-per and O have scores 1 and 0 for `ada`, 0 and 1 for other words."""
    tagger = Tagger.load(save_spans_bundle(tmp_path / "bundle", decode="valid"))
    tags = tagger.bundle.target.tags

    def shift(sentences: Sentences) -> float:
        def f1(ids) -> float:
            gold = [sentence.tags or () for sentence in sentences]
            return score("span_f1", gold, [(tags[i],) for i in ids["head"]], scheme="bio")

        return outside_shift(tagger, "head", sentences, f1)

    return shift


def test_scores_of_o_are_lowered_until_hidden_spans_are_predicted(shift):
    # One of four spans is predicted: F1 is 0.4, the bound the log-odds of 0.2, or -1.39; B-per wins from -1 on.
    assert shift(dev(("ada", "B-per"), *[("x", "B-per")] * 3)) == pytest.approx(-1.0397, abs=1e-3)


@pytest.mark.parametrize(
    "rows",
    [
        [("ada", "B-per"), ("x", "B-per")],  # F1 is 0.67, and the bound of -0.69 is not low enough
        [("ada", "B-per"), ("x", "O")],  # no error
        [("x", "B-per"), ("x", "B-per")],  # no span is predicted, so there is no bound
        [("ada", "B-per"), *[("ada", "O")] * 3, *[("x", "O")] * 3],  # lowering adds more wrong spans than right ones
    ],
)
def test_scores_of_o_stay_if_lowering_them_does_not_raise_f1(shift, rows):
    assert shift(dev(*rows)) == 0
