"""`tagger check` on labels, several tags and strings, and on several sources."""

from pathlib import Path

import pytest

from tagger.checks import Finding
from tagger.intake.check import CheckResult, check
from tagger.intake.check.report import format_text, to_json

WORDS = {"dogs": "dog", "cats": "cat", "Birds": "bird", "sing": "sing", "was": "be"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(config: str, **files: str) -> CheckResult:
    for name, content in files.items():
        Path(f"{name}.tsv").write_text(content)
    Path("config.toml").write_text(config)
    return check([Path("config.toml")])


def keyed(result: CheckResult) -> dict[tuple[str, str | None, str | None], Finding]:
    return {(finding.key, finding.split, finding.head): finding for finding in result.findings}


def rows(*sentences: str, label: str = "") -> str:
    """Sentences of words `form/tag/lemma`, each after a comment with its label."""
    comment = f"# intent = {label}\n" if label else ""
    return "".join(comment + "".join(f"{word.replace('/', chr(9))}\n" for word in s.split()) + "\n" for s in sentences)


TRAIN = rows("dogs/N/dog sing/V/sing", "cats/N/cat sing/V/sing", "Birds/N/bird was/V/be", label="a")
TRAIN += rows("was/V/be cats/N/cat", "was/V/be dogs/N/dog", "sing/V/sing dogs/N/dog", label="b")
HEADS = '[data]\ntrain = "train.tsv"\ndev = "dev.tsv"\n[heads]\npos = { tag = 1 }\nlemma = { string = 2 }\n'
HEADS += 'intent = { label = "intent" }\n'


def test_findings_about_answers_name_their_head_and_those_about_tokens_occur_once():
    dev = rows("dogs/N/dog sing/V/sing", "mice/X/mouse sing/V/sing", label="c")
    result = run(HEADS, train=TRAIN, dev=dev)
    by_key = keyed(result)

    assert by_key["unseen-tags", "dev", "pos"].message == "dev: 1 tag that train lacks"
    assert by_key["unseen-tags", "dev", "intent"].message == "dev: 1 label that train lacks"
    assert (
        by_key["unseen-rules", "dev", "lemma"].message
        == "dev: 1 of 4 tokens (25.0%) have an edit script that train lacks"
    )
    assert [finding.head for finding in result.findings if finding.key == "overlap"] == [None]
    assert "heads.pos.map renames" in by_key["unseen-tags", "dev", "pos"].advice
    assert "warning: pos: dev: 1 tag that train lacks  [unseen-tags]" in format_text(result)


def test_one_text_with_two_labels_is_a_contradiction_of_its_head():
    dev = rows("dogs/N/dog sing/V/sing", label="b")
    by_key = keyed(run(HEADS, train=TRAIN, dev=dev))

    finding = by_key["contradictions", None, "intent"]
    assert finding.message == "1 sentence labelled in more than one way"
    assert finding.locations[0].note == "'dogs sing' in 'dogs sing': b here, a at train.tsv:2"


def test_the_most_frequent_rules_are_described():
    notes = "\n".join(run(HEADS, train=TRAIN, dev=TRAIN).notes)

    assert "lemma: 3 edit scripts from tokens to strings, 0 of them occur once; the most frequent:" in notes
    assert (
        "  lower/end-1  50.0%  lower-case; remove 1 character at the end: dogs → dog, cats → cat, Birds → bird" in notes
    )
    assert "intent: 2 labels in train" in notes


def test_the_json_has_the_head_only_where_there_are_several():
    dev = rows("mice/X/mouse sing/V/sing", label="c")
    findings = to_json(run(HEADS, train=TRAIN, dev=dev))["findings"]
    assert {each["head"] for each in findings if each["key"] == "unseen-tags"} == {"pos", "intent"}

    one = run(HEADS.partition("[heads]")[0] + 'label = "intent"\n', train=TRAIN, dev=dev)
    assert all("head" not in each for each in to_json(one)["findings"])
    assert "dev: 1 label that train lacks" in [finding.message for finding in one.findings]


def test_a_sentence_without_a_label_is_an_error_with_its_line():
    result = run(HEADS, train=TRAIN + rows("dogs/N/dog"), dev=TRAIN)

    (finding,) = [finding for finding in result.findings if finding.level == "error"]
    assert "heads.intent: the sentence has no label" in finding.message
    assert (finding.locations[0].path, finding.locations[0].line) == ("train.tsv", 25)


def test_a_label_that_changes_inside_a_sentence_is_an_error_with_its_line():
    data = 'sentence = 0\ntoken = 1\nlabel = 2\nformat = "columns"\n'
    result = run(f'[data]\ntrain = "train.tsv"\n{data}', train="1\ta\tx\n1\tb\ty\n2\tc\tx\n")

    (finding,) = [finding for finding in result.findings if finding.level == "error"]
    assert "the sentence has two labels, 'x' and 'y'" in finding.message
    assert finding.locations[0].line == 2


SOURCES = """
[heads]
pos = { tag = "tag" }
name = { tag = "tag" }
[[data.sources]]
train = "train.tsv"
heads = { pos = 1 }
[[data.sources]]
train = "dev.tsv"
heads = { NAME = 1 }
"""


def test_sources_are_checked_together_with_the_number_of_sentences_that_have_an_answer():
    result = run(SOURCES.replace("NAME", "name"), train=rows("a/X b/Y", "c/X d/Y"), dev=rows("e/O f/P"))

    assert not result.has_errors
    assert "pos: 2 tags in train, in 2 of 3 sentences" in result.notes
    assert "name: 2 tags in train, in 1 of 3 sentences" in result.notes


def test_files_of_texts_and_labels_are_checked_without_a_config():
    lines = [f'"this is {word}",{len(word) % 2}' for word in ("good", "fine", "bad", "awful", "so so", "great")]
    Path("a.csv").write_text("\n".join(["text,label", *lines, lines[0][:-1] + "1", ""]))

    result = check([Path("a.csv")])
    assert [(finding.key, finding.split) for finding in result.findings if finding.key == "contradictions"]
    assert not result.has_errors
    assert result.splits[0].sentences == 7


def test_labels_beside_the_tags_of_a_file_are_a_note():
    Path("a.tsv").write_text(TRAIN)

    notes = check([Path("a.tsv")]).notes
    assert any(note.endswith("to learn them, too, set data.label = 'intent'") for note in notes)


def test_findings_about_a_label_name_the_key_of_the_config():
    (finding,) = run('[data]\ntrain = "train.tsv"\nlabel = "topic"\n', train=TRAIN).findings

    assert finding.message.startswith("train: data.label: no sentence has a comment `# topic = …` before it")


def test_a_column_that_training_refuses_because_it_is_blank_is_an_error():
    rows = "".join(f"{i}\t{word}\t_\tN\t_\t_\t0\troot\t_\t_\n" for i, word in enumerate(("a", "b"), 1))
    Path("a.conllu").write_text(rows + "\n")

    def messages(head: str) -> list[tuple[str, str]]:
        findings = run(f'[data]\ntrain = "a.conllu"\n[heads]\nx = {{ {head} }}\n').findings
        return [(finding.message, finding.advice) for finding in findings if finding.level == "error"]

    assert messages('string = "lemma"') == [
        ("train: heads.x: column lemma: every string is `_`: no word has a string",
         "choose another column with heads.x.string"),
    ]  # fmt: skip
    assert messages('string = "lema"') == [
        ("train: heads.x: column lema: every string is `_`: no word has that key",
         "did you mean `lemma`? choose another column with heads.x.string"),
    ]  # fmt: skip
    assert messages('tag = "upso"')[0][0] == "train: heads.x: column upso: every tag is `_`: no word has that key"


def test_the_tags_of_several_sources_are_those_of_the_sentences_that_have_them():
    sources = '[[data.sources]]\ntrain = "tags.tsv"\nheads = { pos = 1 }\n'
    sources += '[[data.sources]]\ntrain = "labels.tsv"\nheads = { intent = "intent" }\n'
    heads = '[heads]\npos = { tag = 1 }\nintent = { label = "intent" }\n'
    labels = rows("mice/?/? sing/?/? too/?/?", "mice/?/? was/?/?", label="a")
    (train,) = run(f"[data]\n{sources}{heads}", tags=rows("dogs/N/dog sing/V/sing"), labels=labels).splits

    assert (train.sentences, train.tags) == (3, {"N": 1, "V": 1})
    assert train.path == "2 files, the longest sentence in labels.tsv"


def test_the_numbers_of_a_series_with_a_label_are_no_finding():
    series = (f"s{i},0.{i}{t},{i + t / 7:.2f},{'run' if i % 2 else 'walk'}" for i in range(12) for t in range(1, 9))
    Path("a.csv").write_text("\n".join(["id,x,y,activity", *series, ""]))

    result = check([Path("a.csv")])
    assert result.notes[0].startswith("labels of sentences in column activity")
    assert "numbers" not in {finding.key for finding in result.findings}
