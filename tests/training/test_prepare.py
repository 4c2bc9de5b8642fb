"""Preparation of a run's data, before the network is built."""

import gzip
import hashlib
import re
from collections import Counter
from pathlib import Path

import pytest

from tagger.config import parse_config
from tagger.corpus.spelling import Spelling
from tagger.errors import ConfigError, DataError
from tagger.training.dry_run import describe_training
from tagger.training.prepare import prepare

BIO = "Anna\tB-PER\nMaria\tI-PER\nsees\tO\nRome\tB-LOC\n\nParis\tB-LOC\nsleeps\tO\n"
PLAIN = "Anna\tS\nsleeps\tV\n\nRome\tS\n"


@pytest.fixture
def prepared(tmp_path: Path):
    """A function that prepares a config with this content of train's file and these sections."""

    def prepared(content, **sections):
        (tmp_path / "train.tsv").write_text(content)
        data = {"train": str(tmp_path / "train.tsv"), **sections.pop("data", {})}
        return prepare(parse_config({"data": data, **sections}))

    return prepared


def test_scheme_is_detected_and_learned_unchanged(prepared):
    data = prepared(BIO)

    assert (data.targets[0].scheme, data.targets[0].scheme_train) == ("bio", "bio")
    assert data.targets[0].tags == ("B-LOC", "B-PER", "I-PER", "O")


def test_network_learns_the_scheme_of_scheme_train(prepared):
    data = prepared(BIO, data={"scheme_train": "bioes"})
    ids = data.encode("train").tags["head"]

    assert data.targets[0].tags == ("B-PER", "E-PER", "O", "S-LOC")
    assert [data.targets[0].tags[i] for i in ids] == ["B-PER", "E-PER", "O", "S-LOC", "S-LOC", "O"]
    assert data.splits["train"][0].tags == ("B-PER", "I-PER", "O", "B-LOC")


@pytest.mark.parametrize("scheme_train", ["same", "bio", "bioes", "iob1", "ioe1", "ioe2"])
def test_files_with_other_spellings_of_the_same_spans_train_the_same_network(prepared, scheme_train):
    spellings = [Spelling(separator="_"), Spelling(is_suffix=True), Spelling("bies", "o"), Spelling("BIES", "O", "")]
    twin = prepared(BIO, data={"scheme_train": scheme_train})

    for spelling in spellings:
        data = prepared(respelled(BIO, spelling), data={"scheme_train": scheme_train})
        assert data.encoder == twin.encoder
        assert data.encode("train").tags["head"].tolist() == twin.encode("train").tags["head"].tolist()
        assert data.targets[0].file_tags == tuple(sorted(map(spelling.write, twin.targets[0].file_tags)))
        assert data.targets[0].spelled_tags == tuple(map(spelling.write, twin.targets[0].spelled_tags))
        assert data.splits["train"][0].tags == tuple(map(spelling.write, twin.splits["train"][0].tags))


def respelled(text: str, spelling: Spelling) -> str:
    rows = [line.split("\t") for line in text.splitlines()]
    return "".join(f"{row[0]}\t{spelling.write(row[1])}\n" if row[1:] else "\n" for row in rows)


def test_name_in_a_config_covers_all_tags_of_a_type_and_an_exact_tag_takes_precedence(prepared):
    text = respelled(BIO, Spelling(separator="_"))
    data = prepared(text, data={"map": {"PER": "human", "B_LOC": "O"}, "ignore": ["human"]})

    assert data.splits["train"][0].tags == ("B_human", "I_human", "O", "O")
    assert data.targets[0].tags == ("O",)
    assert {"B_human", "I_human"} <= {*data.targets[0].ignore}
    assert data.encode("train").tags["head"].tolist() == [-1, -1, 0, 0, 0, 0]


def test_names_that_no_file_has_cause_a_warning(prepared, caplog):
    prepared(BIO, data={"map": {"LOK": "geo", "LOC": "geo", "B-PER": "B-PER"}, "ignore": ["B-PRE", "geo", "I-PER"]})

    assert [record.message for record in caplog.records if "no file" in record.message] == [
        "data.map: no file has the tag LOK",
        "data.ignore: no file has the tag B-PRE; did you mean `B-PER`?",
    ]


def test_invalid_spans_without_a_separator_are_recognised_if_the_scheme_is_set(prepared):
    text = "a\tIPER\nb\tO\nc\tILOC\nd\tO\ne\tBPER\n"

    assert prepared(text).targets[0].scheme == "none"
    assert prepared(text, data={"scheme": "bio"}).targets[0].tags == ("B-PER", "I-LOC", "I-PER", "O")


def test_scheme_none_turns_detection_off(prepared):
    assert prepared(BIO, data={"scheme": "none"}).targets[0].scheme == "none"


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"data": {"scheme_train": "bioes"}}, r'data\.scheme_train: "bioes" needs BIO-style tags'),
        ({"model": {"decode": "valid"}}, r'model\.decode: "valid" needs BIO-style tags'),
        (
            {"training": {"metric": "span_f1"}, "data": {"dev": 0.5}},
            r'training\.metric: "span_f1" needs BIO-style tags',
        ),
        ({"model": {"min_duration": {"N": 3}}}, r"model\.min_duration: the network learns no state `N`"),
        ({"features": {"words": {"min_count": 9}}}, r"features\.words\.min_count: no word occurs 9 times in train"),
        ({"data": {"ignore": ["S", "V"]}}, r"data\.ignore: .*train\.tsv has no other tags to learn"),
        ({"data": {"per_row": "sentence"}}, r"data\.per_row"),
    ],
)
def test_config_that_does_not_fit_the_data_is_refused(prepared, sections, message):
    with pytest.raises(ConfigError, match=message):
        prepared(PLAIN, **sections)


def test_minimal_durations_are_those_of_the_states_in_their_order(prepared):
    assert prepared(PLAIN, model={"min_duration": {"V": 3}}).targets[0].min_duration == (1, 3)
    assert prepared(PLAIN, model={"min_duration": 4}).targets[0].min_duration == (4, 4)
    assert prepared(PLAIN, model={"min_duration": {"V": 1}}).targets[0].min_duration == ()


def test_minimal_durations_of_spans_are_refused(prepared):
    with pytest.raises(ConfigError, match=r"model\.min_duration: is for states, and these tags mark spans"):
        prepared(BIO, model={"min_duration": 2})


def test_tags_are_merged_while_reading(prepared):
    assert prepared(PLAIN, data={"map": {"V": "S"}}).targets[0].tags == ("S",)


def test_split_without_a_scored_token_is_refused(prepared, tmp_path):
    (tmp_path / "dev.tsv").write_text("Anna\tV\n")

    with pytest.raises(DataError, match=r"dev\.tsv: nothing to score"):
        prepared(PLAIN, data={"dev": str(tmp_path / "dev.tsv"), "ignore": ["V"]})


def test_share_of_train_is_drawn_with_data_seed(prepared):
    many = "\n".join(f"word{i}\tS\n" for i in range(20))
    first, again, other = (
        prepared(many, data={"dev": 0.25, "seed": seed}, training={"seed": other})
        for seed, other in ((1, 1), (1, 2), (2, 1))
    )

    assert [len(first.splits[split]) for split in ("train", "dev")] == [15, 5]
    assert first.splits == again.splits != other.splits


def test_folds_and_groups_of_train_are_logged_and_other_files_need_no_groups(prepared, tmp_path, caplog):
    (tmp_path / "dev.tsv").write_text("Anna\tS\n")
    three = "-DOCSTART-\n\nAnna\tS\n\nmet\tV\n\n-DOCSTART-\n\nRome\tS\n"
    section = {"folds": 2, "fold": 1, "group": "document", "dev": str(tmp_path / "dev.tsv")}

    with caplog.at_level("INFO"):
        data = prepared(three, data=section)

    assert {split: [s.tokens for s in sentences] for split, sentences in data.splits.items()} == {
        "train": [("Rome",)], "dev": [("Anna",)], "test": [("Anna",), ("met",)],
    }  # fmt: skip
    assert data.layout.group is None
    assert "train 33.3% (1 group), test 66.7% (fold 1 of 2, 1 group)" in caplog.text


def test_folder_instead_of_a_file_is_refused(prepared, tmp_path):
    with pytest.raises(DataError, match=r"is a folder \(data\.dev\)$"):
        prepared(PLAIN, data={"dev": str(tmp_path)})


def test_unreadable_rows_are_skipped_on_request_with_a_warning(prepared, caplog):
    data = prepared(f"{PLAIN}broken\n", data={"bad_rows": "skip"})

    assert [sentence.tokens for sentence in data.splits["train"]] == [("Anna", "sleeps"), ("Rome",)]
    assert data.layout.bad_rows == "skip"
    assert "train: rows that cannot be read and are skipped: 1; first" in caplog.text


def test_unused_groups_cause_a_warning(prepared, caplog):
    prepared(PLAIN, data={"group": "document"})

    assert "data.group: neither dev nor test is split off train" in caplog.text


def test_a_finding_about_a_token_is_logged_with_its_own_line(prepared, caplog):
    prepared("Anna\tS\nsees\tV\nRo\u200bme\tO\n\nAnna\tS\n")

    (message,) = [record.getMessage() for record in caplog.records if "invisible" in record.getMessage()]
    assert re.search(r"; first \S+:3$", message)


def test_a_scheme_that_most_tags_do_not_have_causes_a_warning(prepared, caplog):
    prepared("Jane\tPROPN\nsees\tVERB\n.\tPUNCT\n", data={"scheme": "bio"})

    assert "train: data.scheme is bio, but 3 of 3 tags are not written like B-TYPE; first" in caplog.text


def test_findings_of_check_cause_a_warning(prepared, caplog):
    prepared("Anna\tS\n\nAnna\tV\n\nRome\tS\n")

    assert "1 sentence tagged in more than one way" in caplog.text


def test_header_that_looks_like_data_and_unread_cells_cause_a_warning(prepared, tmp_path, caplog):
    (tmp_path / "dev.csv").write_text('Anna,S\nRome,S\n"J\no",V\n')

    prepared("Anna S\nNew York S\nsleeps V\n", data={"dev": str(tmp_path / "dev.csv")})

    assert "train: rows with more cells than the first: 1; first" in caplog.text
    assert "dev: rows with a line end or TAB in a quoted cell: 1; first" in caplog.text
    assert "dev: the header looks like data: 'S' is also a tag; first" in caplog.text


def test_ambiguous_words_are_known_even_if_the_network_reads_no_words(prepared):
    text = "word\tx\ttag\nrun\t1\tN\nrun\t2\tV\na\t3\tD\na\t4\t_\n"
    numbers = {"words": False, "casing": False, "numeric": ["x"]}
    data = prepared(text, data={"token": "word", "tag": "tag", "ignore": ["_"]}, features=numbers)

    assert data.heads[0].ambiguous == {"run"}
    assert data.targets[0].lexicon.forms is None
    assert prepared(PLAIN).targets[0].lexicon.forms == {"Anna": "S", "Rome": "S", "sleeps": "V"}


def test_ignored_tags_are_left_out_in_another_scheme_too(prepared):
    data = prepared(BIO, data={"scheme_train": "bioes", "ignore": ["B-PER", "I-PER"]})

    assert data.targets[0].tags == ("O", "S-LOC")
    assert data.targets[0].file_tags == ("B-LOC", "O")
    assert data.encode("train").tags["head"].tolist() == [-1, -1, 0, 1, 1, 0]


def test_each_file_is_opened_once(tmp_path, monkeypatch, caplog):
    dev = tmp_path / "dev.csv.gz"
    dev.write_bytes(gzip.compress(b'Anna,S\r\nRome,S\n"J\no",V\n'))
    n_opened: Counter[Path] = Counter()

    def counted(path, mode, open_path=Path.open):
        n_opened[path] += 1
        return open_path(path, mode)

    train = tmp_path / "train.tsv"
    train.write_text(PLAIN)
    config = parse_config({"data": {"train": str(train), "dev": str(dev)}})
    monkeypatch.setattr(Path, "open", counted)
    data = prepare(config)
    monkeypatch.undo()

    assert n_opened == {train: 1, dev: 1}
    assert data.hashes["dev"] == hashlib.sha256(dev.read_bytes()).hexdigest()
    for finding in "lines end in different ways", "rows with a line end or TAB", "the header looks like data":
        assert f"dev: {finding}" in caplog.text


def test_description_and_warning_list_a_few_of_thousands_of_tags(tmp_path, caplog):
    (tmp_path / "train.tsv").write_text("".join(f"w\ta{i:04}\n" for i in range(1920)))
    (tmp_path / "dev.tsv").write_text("w\tz1\n" + "".join(f"w\tb{i:04}\n" for i in range(1920)) + "w\tz1\n")
    data = {"train": str(tmp_path / "train.tsv"), "dev": str(tmp_path / "dev.tsv"), "format": "columns"}

    plan = describe_training(parse_config({"data": data, "training": {"class_weights": "balanced"}}))

    tags, weights = (next(line for line in plan.splitlines() if line.startswith(key)) for key in ("tags", "weights"))
    assert tags == f"tags      {', '.join(f'a{i:04}' for i in range(20))}, … and 1,900 more"
    assert weights.endswith("a0019 1, … and 1,900 more")
    assert "dev: tags that train lacks count as errors: z1 (2), b0000 (1), b0001 (1), " in caplog.text
    assert "b0018 (1), … and 1,901 more" in caplog.text
