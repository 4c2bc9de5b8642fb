"""Evaluation and comparison of taggers with several heads, from arrays to the commands."""

import json
from itertools import product

import html5lib
import numpy as np
import pytest
from sklearn.metrics import accuracy_score
from typer.testing import CliRunner

from tagger.cli import app
from tagger.corpus.layout import Layout
from tagger.encoding.lexicon import Lexicon
from tagger.errors import DataError, TaggerError
from tagger.evaluation.comparison import compare_evaluations, paired_evaluations
from tagger.evaluation.gold_files import read_gold
from tagger.evaluation.joint import JointAccuracy, joint_accuracy
from tagger.evaluation.metrics import evaluate
from tagger.evaluation.scores import evaluate_tagger
from tagger.evaluation.significance import joint_difference
from tagger.evaluation.tagged_files import compare_on_file, evaluate_file
from tagger.reports.comparison_text import format_comparison, format_comparisons
from tagger.reports.evaluation_text import format_evaluation, format_scores, warn_of_baselines
from tagger.tagging.tagger import Tagger
from tests.bundles import save_heads_bundle, save_words_bundle

NO_WORDS = Lexicon("play", None)

# The tagger of `save_heads_bundle` has all answers of the first sentence right, a tag of the second wrong (`sings` is a
# VERB), and the label and the lemma of the third.
GOLD = """# intent = play
Ada\tNOUN\tB-per\tAda
plays\tVERB\tO\tplay

# intent = other
Byron\tNOUN\tB-per\tByron
sings\tVERB\tO\tsings

# intent = other
plays\tVERB\tO\tplays
"""


@pytest.fixture
def tagger(tmp_path) -> Tagger:
    return Tagger.load(save_heads_bundle(tmp_path / "heads"))


@pytest.fixture
def gold(tmp_path):
    path = tmp_path / "gold.tsv"
    path.write_text(GOLD)
    return path


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def labels(gold: str, predicted: str, **options):
    """Evaluate labels, given by their first letters."""
    texts = [[f"text {i}"] for i in range(len(gold))]
    return evaluate(
        [[label] for label in gold], [[label] for label in predicted], texts, NO_WORDS, kind="label", **options
    )


def test_a_file_is_scored_by_head_and_jointly_as_by_hand(tagger, gold):
    scores = evaluate_file(tagger, gold)

    accuracies = {name: evaluation.accuracy for name, evaluation in scores.heads.items()}
    assert accuracies == {"intent": 2 / 3, "pos": 4 / 5, "names": 1, "lemma": 4 / 5}
    assert scores.joint is not None
    assert scores.joint.is_right.tolist() == [True, False, False]
    assert scores.to_json()["joint"]["accuracy"] == 1 / 3
    assert scores.to_json()["heads"]["intent"]["tokens"] == 3
    assert scores.heads["names"].headlines["span_f1"] == 1


def test_joint_accuracy_equals_a_recomputation_from_single_answers(tagger, tmp_path):
    rng = np.random.default_rng(0)
    words = ["Ada", "Byron", "plays", "play", "sings"]
    tags, lemmas = ["NOUN", "VERB", "X"], ["Ada", "Byron", "play", "sings"]
    blocks = []
    for _ in range(200):
        rows = [
            f"{word}\t{rng.choice(tags, p=(0.4, 0.4, 0.2))}\tO\t{rng.choice(lemmas)}"
            for word in rng.choice(words, rng.integers(1, 3))
        ]
        blocks.append("\n".join([f"# intent = {rng.choice(['play', 'other'])}", *rows]))
    path = tmp_path / "random.tsv"
    path.write_text("\n\n".join(blocks))
    sentences = read_gold(tagger, path).sentences

    scores, tagged = evaluate_tagger(tagger, sentences)

    heads = [target.name for target in tagger.bundle.targets]
    is_right = [
        all(each[head] == answer for head, answer in zip(heads, sentence.answers, strict=True))
        for each, sentence in zip(tagged, sentences, strict=True)
    ]
    predicted_labels = [each["intent"] for each in tagged]
    assert scores.joint is not None
    assert 0 < scores.joint.accuracy == np.mean(is_right) < 1
    assert scores.heads["intent"].accuracy == accuracy_score(
        [sentence.answers[0] for sentence in sentences], predicted_labels
    )
    predicted = [lemma for each in tagged for lemma in each.answers["lemma"].values]
    gold = [lemma for sentence in sentences for lemma in sentence.answers[3] or ()]
    assert scores.heads["lemma"].accuracy == accuracy_score(gold, predicted)


def test_joint_accuracy_of_one_head_is_its_sentence_accuracy_with_the_same_interval():
    evaluation = labels("ppopoopo" * 9, "pppooopo" * 9)

    joint = joint_accuracy([(evaluation, np.arange(72))], 72)

    assert joint is not None
    assert joint.accuracy == evaluation.headlines["sentence_accuracy"] == 6 / 8
    assert joint.interval == evaluation.intervals["sentence_accuracy"]


def test_only_sentences_with_a_scored_answer_of_every_head_count_for_joint_accuracy():
    first, second = labels("ab", "ab"), labels("a_a", "aab", ignore=["_"])

    joint = joint_accuracy([(first, np.array([0, 2])), (second, np.array([0, 2, 3]))], 4)

    assert joint is not None
    assert joint.is_right.tolist() == [True]  # the second head's answer of sentence 2 is ignored
    assert joint_accuracy([(first, np.array([0, 1])), (first, np.array([2, 3]))], 4) is None


def test_a_label_has_no_position_and_the_length_of_its_text():
    written = labels("ab", "aa", lengths=[3, 30]).to_json()

    assert written["by_position"] == []
    assert written["by_length"] == [
        {"from": 1, "to": 5, "sentences": 1, "tokens": 1, "accuracy": 1},
        {"from": 21, "to": 30, "sentences": 1, "tokens": 1, "accuracy": 0},
    ]
    assert written["seen_tokens"] is None


def test_labels_are_called_labels_on_the_terminal():
    text = format_evaluation(labels("aab", "abb"))

    assert text.startswith("label  ")
    assert "of 3 sentences" in text
    assert "always the most frequent label" in text
    assert "  a → b: text 1" in text
    assert "token" not in text
    assert "tag" not in text


def test_a_further_baseline_is_scored_and_compared_with_the_tagger(caplog):
    evaluation = labels("aab", "aaa", baselines={"bag_of_words": [["a"], ["b"], ["b"]]})

    assert evaluation.baseline_accuracies == {"majority_tag": 0, "bag_of_words": 2 / 3}
    assert evaluation.unbeaten_baselines == ("bag_of_words",)


def test_an_ignored_label_is_not_scored_by_a_further_baseline():
    evaluation = labels("a_b", "aab", ignore=["_"], baselines={"bag_of_words": [["a"], ["a"], ["a"]]})

    assert evaluation.baseline_accuracies["bag_of_words"] == 1 / 2


def test_scores_of_several_heads_are_printed_by_head_then_jointly(tagger, gold):
    scores = evaluate_file(tagger, gold)

    text = format_scores(scores)

    assert [line for line in text.splitlines() if line in ("intent: labels", "pos: tags", "lemma: edit scripts")]
    assert text.splitlines()[-1].split()[:3] == ["all", "heads", "0.3333"]
    assert text.endswith("of 3 sentences, intent, pos, names and lemma without an error")


def test_heads_whose_column_the_file_lacks_are_left_out_with_a_warning(tagger, tmp_path, caplog):
    path = tmp_path / "fewer.tsv"
    path.write_text("Ada\tNOUN\nplays\tVERB\n")

    scores = evaluate_file(tagger, path)

    assert [*scores.heads] == ["pos"]
    assert scores.joint is None
    assert "has no column of intent (label intent), names (tag 2), lemma (string 3), which is not scored" in caplog.text
    assert {*scores.to_json()} == {"heads", "joint"}


def test_a_file_without_the_column_of_any_head_is_an_error_that_names_the_columns(tagger, tmp_path):
    path = tmp_path / "none.tsv"
    path.write_text("Ada\nplays\n")

    with pytest.raises(DataError, match=r"no column of a head.*intent \(label intent\), pos \(tag 1\)") as raised:
        evaluate_file(tagger, path)

    assert raised.value.hint == "--head NAME --tag COLUMN scores one head on another column: the file has 1 column, 0"


def test_one_head_is_scored_alone_on_the_column_that_is_named(tagger, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("word,role,kind\nAda,NOUN,x\nplays,VERB,x\n")

    result = run(
        "evaluate", tagger._folder, path, "--head", "pos", "--tag", "role", "--token", "word", "--format", "json"
    )

    assert json.loads(result.stdout)["accuracy"] == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--head", "intnt"), "did you mean intent?"),
        (("--tag", "1"), "--head NAME says of which head"),
    ],
)
def test_an_unknown_head_and_a_column_without_a_head_are_wrong_usage(tagger, gold, options, message):
    for command in (["evaluate", tagger._folder, gold], ["compare", tagger._folder, tagger._folder, gold]):
        result = run(*command, *options)

        assert result.exit_code == 2
        assert message in " ".join(result.stderr.replace("│", " ").split())


def test_labels_that_train_lacks_are_reported_as_labels(tagger, tmp_path, caplog):
    path = tmp_path / "gold.tsv"
    path.write_text(GOLD.replace("= other", "= rest"))

    evaluate_file(tagger, path)

    assert "intent: " in caplog.text
    assert "labels that train lacks count as errors: rest (2)" in caplog.text


def test_labels_none_of_which_the_tagger_knows_are_refused(tagger, tmp_path):
    path = tmp_path / "gold.tsv"
    path.write_text(GOLD.replace("= other", "= a").replace("= play", "= b"))

    with pytest.raises(
        DataError, match=r"none of the labels of column intent \(b, a\) is a label of the tagger"
    ) as raised:
        evaluate_file(tagger, path)

    assert raised.value.hint == (
        "name the column of labels: --head intent --tag COLUMN; the file has 4 columns, 0 to 3; comments intent"
    )


def test_a_head_that_does_not_beat_a_baseline_is_named_in_the_warning(tagger, gold, caplog):
    warn_of_baselines(evaluate_file(tagger, gold), "gold.tsv")

    assert "gold.tsv: the head intent does not beat a baseline: its accuracy is 0.6667" in caplog.text


def test_the_test_of_joint_accuracy_is_symmetrical_and_equals_that_of_sentences():
    rng = np.random.default_rng(1)
    first, second = rng.random(300) < 0.6, rng.random(300) < 0.75

    there, back = joint_difference(first, second), joint_difference(second, first)

    assert there.difference == pytest.approx(-back.difference)
    assert there.p == pytest.approx(back.p, abs=0.01)
    assert there.first == JointAccuracy(first).accuracy
    assert there.is_significant
    assert joint_difference(first, first).p == 1


def test_taggers_are_compared_in_the_heads_that_both_have_and_jointly(tagger, tmp_path, gold):
    other = Tagger.load(save_heads_bundle(tmp_path / "other", heads=("pos", "intent")))

    compared = compare_on_file(tagger, other, gold)

    assert [*compared.heads] == ["intent", "pos"]
    assert all(not comparison.changes for comparison in compared.heads.values())
    assert compared.joint is not None
    assert (compared.joint.first, compared.joint.p, compared.n_joint) == (1 / 3, 1, 3)
    text = format_comparisons(compared, "one", "two")
    assert "no difference: A and B give every sentence the same label" in text
    assert text.splitlines()[-1].startswith("joint accuracy")


def test_a_plain_tagger_is_compared_with_the_head_that_is_named(tmp_path):
    plain = Tagger.load(save_words_bundle(tmp_path / "plain"))
    heads = Tagger.load(save_heads_bundle(tmp_path / "heads"))
    path = tmp_path / "gold.tsv"
    path.write_text("Ada\tS\nplays\tV\n")

    for first, second, name in ((plain, heads, "head"), (heads, plain, "pos")):
        compared = compare_on_file(first, second, path, head="pos")

        assert [*compared.heads] == [name]
        assert not compared.names_heads
    with pytest.raises(TaggerError, match=r"A has head \(tag\), B has intent \(label\), pos \(tag\)"):
        compare_on_file(plain, heads, path)


def test_the_page_of_several_heads_is_valid_and_has_a_section_for_each(tmp_path, gold):
    for name in ("a", "b"):
        save_heads_bundle(tmp_path / name)
    page = tmp_path / "page.html"

    result = run("compare", tmp_path / "a", tmp_path / "b", gold, "--html", page)

    assert result.exit_code == 0, result.output
    html5lib.HTMLParser(strict=True).parse(page.read_text())
    assert all(f">{head}</h2>" in page.read_text() for head in ("intent", "pos", "names", "lemma"))


def test_json_of_a_comparison_has_each_head_and_the_joint_accuracy(tmp_path, gold):
    save_heads_bundle(tmp_path / "a")

    written = json.loads(run("compare", tmp_path / "a", tmp_path / "a", gold, "--format", "json").stdout)

    assert {*written} == {"a", "b", "file", "heads", "joint"}
    assert {*written["heads"]} == {"intent", "pos", "names", "lemma"}
    assert written["joint"]["sentences"] == 3


@pytest.mark.parametrize(
    ("suffix", "heads"),
    [
        *product(["csv", "jsonl"], [["intent"], ["intent", "pos"], ["intent", "pos", "names", "lemma"]]),
        *product(["tsv", "conllu"], [["intent"], ["intent", "pos"]]),  # columns without the names of more heads
    ],
)
@pytest.mark.parametrize(
    ("layout", "columns"),
    [
        (Layout(format="columns", token=0), {}),
        (Layout(format="csv", token="text", per_row="sentence"), {"intent": "class", "pos": "tags"}),
        (Layout(format="csv", token="word"), {"pos": "role", "names": "entity", "lemma": "base"}),
        (Layout(format="jsonl", token="text"), {"pos": "tags", "names": "entities", "lemma": "lemmas"}),
        (Layout(format="conllu"), {"pos": "upos", "names": "NE", "lemma": "lemma"}),
    ],
)
def test_output_of_predict_is_scored(suffix, heads, layout, columns, tmp_path):
    model, texts, output = tmp_path / "model", tmp_path / "texts.txt", tmp_path / f"output.{suffix}"
    save_heads_bundle(model, heads, layout, columns)
    texts.write_text("Ada plays\nByron sings\nAda\nplays\nByron plays Ada\nsings Ada\n" * 3)
    assert run("predict", model, "--input", texts, "--output", output).exit_code == 0

    result = run("evaluate", model, output, "--format", "json")

    assert result.exit_code == 0, result.output
    scores = json.loads(result.stdout)
    scored = scores["heads"] if len(heads) > 1 else {heads[0]: scores}
    assert {name: each["accuracy"] for name, each in scored.items()} == dict.fromkeys(heads, 1)


def test_wrong_strings_are_shown_as_the_user_gets_them(tagger, gold):
    lines = format_evaluation(evaluate_file(tagger, gold).heads["lemma"]).splitlines()

    assert "  1  lower → lower/end-1  [plays → play (plays)]" in lines
    assert "  1 of 1 wrong: [plays → play (plays)]" in lines


def test_tags_that_do_not_occur_are_counted_and_not_listed():
    text = format_evaluation(labels("aab", "abb", known_tags=["a", "b", "c", "d"]))

    assert [line.split()[0] for line in text.splitlines()[1:3]] == ["a", "b"]
    assert text.splitlines()[3] == "… and 2 labels, neither gold nor predicted"


def test_changed_strings_are_compared_as_strings():
    first, second, gold = [["lower/end-1"]], [["lower"]], [["lower"]]
    comparison = compare_evaluations(*paired_evaluations(gold, first, second, [["Plays"]], NO_WORDS, kind="string"))

    text = format_comparison(comparison, "one", "two")

    assert "only B is correct (string from A → string from B): 1" in text
    assert "  play → plays  gold plays  [Plays]" in text
