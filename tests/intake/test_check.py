"""`tagger check`: findings about configs and data files, as text and as JSON."""

import json
from pathlib import Path

import pytest

from tagger.checks import Finding
from tagger.corpus import Layout
from tagger.intake.check import CheckResult, check
from tagger.intake.check.report import format_text, to_json
from tagger.option_names import in_options
from tagger.training.data_files import layout_of
from tests import ROOT

GOOD = "John\tS\nloves\tV\nJane\tO\n\n"
TRAIN = GOOD + "Jane\tS\nsees\tV\nJohn\tO\n\ndogs\tS\nchase\tV\nold\tX\ncats\tO\n\nthe\tX\nold\tX\ndog\tS\nsleeps\tV\n"
DEV = "cats\tS\nsee\tV\ndogs\tO\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder of a test's files and its working directory, so that paths are short."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, content: str | bytes) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def only(result: CheckResult, key: str) -> Finding:
    (finding,) = (finding for finding in result.findings if finding.key == key)
    return finding


def keys(result: CheckResult) -> list[str]:
    return [finding.key for finding in result.findings]


def names(result: CheckResult) -> list[tuple[str, str]]:
    return [(split.name, split.path) for split in result.splits]


def test_correct_files_have_no_findings():
    result = check([write("train.tsv", TRAIN), write("dev.tsv", DEV)])

    assert result.findings == ()
    assert not result.has_errors


def test_each_split_has_a_summary():
    train, dev = check([write("train.tsv", TRAIN), write("dev.tsv", DEV)]).splits

    assert (train.sentences, train.tokens, train.words, train.format) == (4, 14, 11, "columns")
    assert train.tags == {"S": 4, "V": 4, "O": 3, "X": 3}
    assert (train.median, train.percentile_99, train.longest, train.longest_line) == (3, 4, 4, 9)
    assert (train.unseen_words, train.unseen_tokens, train.unseen_tags) == (None, None, None)
    assert (dev.unseen_words, dev.unseen_tokens, dev.unseen_tags) == (1, 1, {})


def test_the_99th_percentile_is_a_length_that_a_hundredth_of_the_sentences_exceeds():
    text = "".join("a\tX\nb\tY\n" * n + "\n" for n in range(1, 201))

    (train,) = check([write("train.tsv", text)]).splits

    assert (train.median, train.percentile_99, train.longest) == (200, 396, 400)


@pytest.mark.parametrize(
    ("files", "splits"),
    [
        (["train.tsv", "dev.tsv", "test.tsv"], ["train", "dev", "test"]),
        (["test.tsv", "valid.tsv", "train.tsv"], ["train", "dev", "test"]),
        (["eng.testb", "eng.testa", "eng.train"], ["train", "dev", "test"]),
        (["emerging.test.annotated", "wnut17train.conll"], ["train", "test"]),
        (["xx-ud-dev.conllu.txt", "xx-ud-train.conllu.txt"], ["train", "dev"]),
        (["mine.tsv"], ["train"]),
        (["mine.tsv", "yours.tsv"], ["train", "yours.tsv"]),
        (["latest.tsv", "device.tsv"], ["train", "device.tsv"]),
        (["test.tsv"], ["test"]),
        (["test/a.tsv", "train/a.tsv"], ["train", "test"]),
        (["a/train.tsv", "b/train.tsv", "c/train.tsv"], ["train", "train.tsv", "c/train.tsv"]),
    ],
)
def test_the_name_of_a_file_says_which_split_it_is(files, splits):
    paths = [write(name, f"a{i}\tX\nb\tY\n") for i, name in enumerate(files)]

    assert [split.name for split in check(paths).splits] == splits


def test_a_file_that_cannot_be_read_is_an_error_at_its_line_and_the_others_are_checked():
    result = check([write("train.tsv", TRAIN + "\nbroken\n"), write("dev.tsv", DEV + "\n" + DEV), Path("test.tsv")])

    broken, missing = (finding for finding in result.findings if finding.key == "unreadable")
    assert result.has_errors
    assert broken.message == "train: expected 2 columns, got 1: 'broken'"
    assert [str(location) for location in broken.locations] == ["train.tsv:19"]
    assert (missing.message, str(missing.locations[0])) == ("test: there is no such file", "test.tsv")
    assert names(result) == [("dev", "dev.tsv")]
    assert only(result, "duplicates").split == "dev"


def test_findings_about_files_without_a_config_name_options_instead_of_keys():
    def named(text: str) -> str:
        return text.replace('data.encoding = "latin-1"', "--encoding latin-1")

    path = write("train.tsv", b"caf\xe9\tX\n")
    config = write("mine.toml", '[data]\ntrain = "train.tsv"\n')

    known = Layout(encoding="utf-8")
    assert "for example --encoding latin-1" in only(check([path], known, named=named), "unreadable").advice
    assert 'for example data.encoding = "latin-1"' in only(check([config], named=named), "unreadable").advice


@pytest.mark.parametrize("content", ["", "\n\n", "John\tS\nЗоя\tV\n".encode("cp1251")])
def test_a_file_without_sentences_or_in_an_unknown_encoding_is_an_error(content):
    result = check([write("train.tsv", content)])

    assert keys(result) == ["unreadable"]
    assert result.has_errors


def test_tags_that_are_all_blank_are_an_error():
    path = write("train.tsv", "a\t_\nb\t_\n")

    assert only(check([path]), "blank-tags").level == "error"
    assert only(check([path], Layout(token=0, tag=1)), "blank-tags").level == "error"


def test_a_byte_order_mark_is_a_finding():
    finding = only(check([write("train.tsv", "\ufeff" + TRAIN)]), "bom")

    assert (finding.level, str(finding.locations[0])) == ("warning", "train.tsv:1")


def test_a_byte_order_mark_in_the_middle_is_in_a_token():
    finding = only(check([write("train.tsv", f"{TRAIN}\n\ufeff{DEV}")]), "invisible")

    assert [str(location) for location in finding.locations] == ["train.tsv:19"]
    assert finding.locations[0].note == "'\\ufeffcats' contains BYTE ORDER MARK"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_one_kind_are_correct(end):
    assert check([write("train.tsv", TRAIN.replace("\n", end))]).findings == ()


def test_line_ends_of_the_rarer_kinds_are_a_finding():
    finding = only(check([write("train.tsv", b"a\tX\nb\tY\r\nc\tX\n\nd\tX\re\tY\n")]), "line-ends")

    assert finding.message == "train: lines end in different ways: 4 with LF, 1 with CRLF, 1 with a lone CR"
    assert finding.count == 2
    assert [(str(location), location.note) for location in finding.locations] == [
        ("train.tsv:2", "ends with CRLF"),
        ("train.tsv:5", "ends with a lone CR"),
    ]


@pytest.mark.parametrize("size", range(1, 6))
def test_a_line_end_across_two_chunks_of_a_file_is_one(monkeypatch, size):
    monkeypatch.setattr("tagger.corpus.chunks.CHUNK", size)

    assert check([write("train.tsv", TRAIN.replace("\n", "\r\n") + "\r")]).findings[0].message == (
        "train: lines end in different ways: 17 with CRLF, 1 with a lone CR"
    )


def test_line_ends_of_utf_16_are_not_checked():
    write("train.tsv", TRAIN.replace("\n", "\r\n").encode("utf-16"))
    config = write("mine.toml", '[data]\ntrain = "train.tsv"\nencoding = "utf-16"\n')

    assert check([config]).findings == ()


def test_a_file_named_twice_is_a_finding_and_is_checked_once():
    write("train.tsv", TRAIN)
    Path("link.tsv").symlink_to("train.tsv")

    result = check([Path("train.tsv"), Path("./train.tsv"), Path("link.tsv")])

    assert keys(result) == ["same-file", "same-file"]
    assert names(result) == [("train", "train.tsv")]


def test_a_copy_of_train_overlaps_it():
    result = check([write("train.tsv", TRAIN), write("test.tsv", TRAIN)])

    assert only(result, "overlap").message == "test: 4 of 4 sentences also occur in train"


def test_a_scheme_is_detected_and_tags_that_break_it_are_a_finding():
    text = "Ada\tB-per\nByron\tI-per\n\nin\tO\nParis\tI-loc\n\nin\tO\nRome\tB-loc\nBob\tB-per\n"

    result = check([write("train.tsv", text)])

    assert result.notes[0].startswith("scheme of the tags: bio: 2 types, 3 B- tags")
    assert [str(location) for location in only(result, "transitions").locations] == ["train.tsv:5"]


def test_a_config_names_the_files_and_their_columns():
    write("data/train.csv", "series,word,tag\n1,a,X\n1,b,Y\n2,c,X\n")
    write("data/test.csv", "series,word,tag\n1,a,Y\n1,q,Q\n")
    config = write(
        "mine.toml",
        '[data]\ntrain = "data/train.csv"\ntest = "data/test.csv"\ntoken = "word"\nsentence = "series"\n'
        'map = { Q = "Y" }\nignore = ["Y"]\n',
    )

    result = check([config])

    assert names(result) == [("train", "data/train.csv"), ("test", "data/test.csv")]
    assert [split.sentences for split in result.splits] == [2, 1]
    assert set(keys(result)) == {"one-tag", "ignored"}
    assert only(result, "ignored").split == "test"


def test_each_file_of_a_config_has_its_own_format_as_in_training():
    write("train.tsv", TRAIN)
    write("dev.txt", "cats/S see/V dogs/O\n")
    config = write("mine.toml", '[data]\ntrain = "train.tsv"\ndev = "dev.txt"\n')

    assert [split.format for split in check([config]).splits] == ["columns", "slash"]
    assert [split.format for split in check([Path("train.tsv"), Path("dev.txt")]).splits] == ["columns", "slash"]


def test_a_config_may_have_any_name():
    write("train.tsv", TRAIN)

    assert names(check([write("mine.conf", '[data]\ntrain = "train.tsv"\n')])) == [("train", "train.tsv")]


def test_splits_cut_off_train_are_checked_as_training_cuts_them():
    write("train.tsv", "a\tX\n\nb\tY\n\na\tX\n\nc\tX\n\n")

    result = check([write("mine.toml", '[data]\ntrain = "train.tsv"\ndev = 0.25\nfolds = 2\nfold = 1\n')])

    assert [(split.name, split.sentences, split.path) for split in result.splits] == [
        ("train", 1, "train.tsv"),
        ("dev", 1, "train.tsv"),
        ("test", 2, "train.tsv"),
    ]
    note = "train.tsv is split at random (data.seed = 1): train 25.0%, dev 25.0%, test 50.0% (fold 1 of 2)"
    assert result.notes[0] == note


def test_an_impossible_cut_is_an_error_at_its_key_and_train_is_checked():
    write("train.tsv", TRAIN)

    result = check([write("mine.toml", '[data]\ntrain = "train.tsv"\ndev = 0.25\ngroup = "document"\n')])

    finding = only(result, "config")
    assert (finding.level, finding.locations[0].path, finding.locations[0].line) == ("error", "mine.toml", 4)
    assert [split.name for split in result.splits] == ["train"]


def test_groups_without_a_cut_are_noted():
    write("train.tsv", TRAIN)

    result = check([write("mine.toml", '[data]\ntrain = "train.tsv"\ngroup = "document"\n')])

    assert result.notes[0].startswith("data.group: neither dev nor test is split off train")


def test_max_steps_and_the_scheme_are_those_of_the_config():
    write("train.tsv", TRAIN.replace("\tS", "\tI-S"))
    data = '[data]\ntrain = "train.tsv"\nscheme = "bio"\n'

    result = check([write("mine.toml", f"{data}[training]\nmax_steps = 3\n")])

    assert {"long", "transitions"} <= set(keys(result))
    assert result.notes == (
        "scheme of the tags: bio, set by data.scheme; they look like none: tags like B-TYPE or I-TYPE: 4, other tags "
        "than O: 7",
    )


def test_a_scheme_that_most_tags_do_not_have_is_a_warning():
    write("train.tsv", "Jane\tPROPN\nsees\tVERB\nRome\tB-LOC\n.\tO\n\n")

    finding = only(check([write("mine.toml", '[data]\ntrain = "train.tsv"\nscheme = "bio"\n')]), "scheme")

    assert finding.message == "train: data.scheme is bio, but 2 of 3 tags are not written like B-TYPE"
    assert [str(location) for location in finding.locations] == ["train.tsv:1", "train.tsv:2"]
    assert "scheme" not in keys(check([write("auto.toml", '[data]\ntrain = "train.tsv"\n')]))


@pytest.mark.parametrize(
    ("setting", "line", "message"),
    [
        ('scheme_train = "bioes"', 4, 'data.scheme_train: "bioes" needs BIO-style tags'),
        ('[model]\ndecode = "valid"', 5, 'model.decode: "valid" needs BIO-style tags'),
        ('[training]\nmetric = "span_f1"', 5, 'training.metric: "span_f1" needs BIO-style tags'),
    ],
)
def test_a_setting_that_needs_spans_is_an_error_at_its_line_if_tags_have_no_scheme(setting, line, message):
    write("train.tsv", TRAIN)
    write("dev.tsv", DEV)
    config = write("mine.toml", f'[data]\ntrain = "train.tsv"\ndev = "dev.tsv"\n{setting}\n')

    finding = only(check([config]), "config")

    assert (finding.level, [str(location) for location in finding.locations]) == ("error", [f"mine.toml:{line}"])
    assert message in finding.message


def test_names_of_tags_that_no_file_has_are_findings_at_their_lines():
    write("train.tsv", "Ada\tPER-B\nByron\tPER-I\nmet\tO\n\nRome\tLOC-B\n")
    names = 'ignore = ["PER-A", "geo"]\nmap = { LOC = "geo", LOK = "geo" }\n'

    result = check([write("mine.toml", f'[data]\ntrain = "train.tsv"\n{names}')])
    unused = [finding for finding in result.findings if finding.key == "unused-names"]

    assert [(finding.message, str(finding.locations[0])) for finding in unused] == [
        ("data.map: no file has the tag LOK", "mine.toml:4"),
        ("data.ignore: no file has the tag PER-A; did you mean `PER-I`?", "mine.toml:3"),
    ]
    assert result.splits[0].tags == {"PER-B": 1, "PER-I": 1, "O": 1, "geo-B": 1}


def test_unused_names_are_not_reported_if_a_file_cannot_be_read():
    write("train.tsv", TRAIN)
    config = write("mine.toml", '[data]\ntrain = "train.tsv"\ndev = "dev.tsv"\nignore = ["Y"]\n')

    assert keys(check([config])) == ["unreadable"]


def test_an_unknown_encoding_is_an_error_at_its_line():
    write("train.tsv", TRAIN)
    config = write("mine.toml", '[data]\nencoding = "utf-17"\ntrain = "train.tsv"\n')

    assert [str(location) for location in only(check([config]), "config").locations] == ["mine.toml:2"]


def test_each_problem_of_a_config_is_reported_at_its_line():
    text = '[data]\ntrain = "x.tsv"\ntokn = 1\n\n[model]\nunits = [\n  0,\n]\n[features.words]\ndim = -1\n[trainin]\n'

    finding = only(check([write("mine.toml", text)]), "config")

    assert (finding.level, finding.count, finding.message) == ("error", 4, "config: 4 problems")
    assert [(location.line, location.note.partition(":")[0]) for location in finding.locations] == [
        (3, "data.tokn"),
        (6, "model.units[0]"),
        (10, "features.words.dim"),
        (11, "trainin"),
    ]


@pytest.mark.parametrize(("text", "line"), [("[data]\ntrain = x\n", 2), ("[training]\nepochs = 1\n", None)])
def test_a_config_that_cannot_be_used_is_an_error(text, line):
    finding = only(check([write("mine.toml", text)]), "config")

    assert (finding.level, finding.locations[0].path, finding.locations[0].line) == ("error", "mine.toml", line)


def test_a_missing_config_is_an_error():
    assert only(check([Path("mine.toml")]), "config").message == "config: cannot be read: No such file or directory"


def test_files_beside_a_wrong_config_are_checked():
    result = check([write("mine.toml", "[data\n"), write("train.tsv", "a\tX\nb\tX\nc\tX\n")])

    assert keys(result) == ["config", "one-tag"]


def test_a_missing_file_of_a_config_is_reported_at_its_key():
    finding = only(check([write("mine.toml", '[data]\ntrain = "nowhere.tsv"\n')]), "unreadable")

    assert [(str(location), location.note) for location in finding.locations] == [("mine.toml:2", "nowhere.tsv")]
    assert finding.advice == "data.train names it; paths in a config are relative to the config."


def test_a_layout_that_does_not_fit_the_format_is_an_error():
    write("train.jsonl", '{"tokens": ["a"], "tags": ["X"]}\n')
    config = write("mine.toml", '[data]\ntrain = "train.jsonl"\nsentence = "id"\n')

    assert keys(check([config])) == ["config"]


def test_the_layout_of_a_config_has_all_its_keys():
    from tagger.config import parse_config

    data = {"train": "t", "format": "csv", "token": 1, "tag": "t", "sentence": "s", "per_row": "sentence"}
    config = parse_config({"data": {**data, "comments": True, "encoding": "latin-1", "map": {"A": "B"}}})

    layout = layout_of(config)

    assert layout.map == (("A", "B"),)
    for key in ("format", "token", "tag", "sentence", "per_row", "comments", "encoding"):
        assert getattr(layout, key) == getattr(config.data, key)


def test_json_has_the_whole_result():
    result = check([write("train.tsv", f"{TRAIN}\n{GOOD}"), write("dev.tsv", "cats\tQ\nsee\n")])

    data = json.loads(json.dumps(to_json(result)))

    assert (data["errors"], data["warnings"]) == (1, 1)
    assert data["splits"][0] == {
        "name": "train",
        "path": "train.tsv",
        "format": "columns",
        "begins": "John/S loves/V Jane/O",
        "sentences": 5,
        "tokens": 17,
        "words": 11,
        "tags": {"S": 5, "V": 5, "O": 4, "X": 3},
        "median": 3,
        "percentile_99": 4,
        "longest": 4,
        "longest_line": 9,
        "unseen_words": None,
        "unseen_tokens": None,
        "unseen_tags": None,
    }
    assert data["notes"] == ["scheme of the tags: none: no tag is written like B-TYPE or I-TYPE"]
    assert [sorted(finding) for finding in data["findings"]] == [
        ["advice", "count", "key", "level", "places", "split", "what"]
    ] * 2
    assert data["findings"][0]["places"] == [{"path": "dev.tsv", "line": 2, "note": ""}]
    assert data["findings"][1]["places"] == [
        {"path": "train.tsv", "line": 19, "note": "'John loves Jane', same as line 1"}
    ]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("train.tsv", "-DOCSTART- -X- O\n\nin O\nNew York B-location\n", 4),
        ("train.tsv", "in\tO\nto\tO\t\nRome\tO\tx\n", 3),
        ("train.tsv", "token tag\na O\nNew York O\n", 3),
    ],
)
def test_rows_with_more_cells_than_the_first_are_a_finding(name, text, line):
    finding = only(check([write(name, text)]), "extra-cells")

    assert (finding.level, finding.count, finding.locations[0].line) == ("warning", 1, line)
    assert "train: rows with more cells than the first: 1" in finding.message


def test_the_column_of_tags_as_an_input_is_an_error_at_the_line_of_the_config():
    write("train.tsv", TRAIN)
    config = write("mine.toml", '[data]\ntrain = "train.tsv"\ntoken = 0\ntag = 0\n')

    finding = only(check([config]), "config")

    assert "data.tag and data.token are the same column: 0" in finding.message
    assert str(finding.locations[0]) == "mine.toml:4"
    assert "For example data.token = 1" in finding.advice


def test_a_hint_of_a_reader_is_a_sentence_of_its_own_or_a_command():
    csv = write("a.csv", "token,lemma,tag\na,a,X\n,,,X\n")
    columns = write("b.tsv", "a\tX\n" * 30 + "b\n")

    assert only(check([csv]), "unreadable").advice.startswith("The file is checked once this is corrected: sed ")
    advice = "The file is checked once this is corrected. For a few such rows, --bad-rows skip skips them."
    assert only(check([columns], named=in_options(["bad_rows"])), "unreadable").advice == advice


def test_a_column_without_tags_is_reported_with_the_field_that_was_meant():
    path = write("a.conllu", "1\tPaul\t_\tPROPN\tNNP\t_\t0\t_\t_\t_\n\n")

    advice = only(check([path], Layout(tag="pos", encoding="auto")), "blank-tags").advice
    assert advice.endswith("choose it with data.tag. Did you mean `upos` or `xpos`?")


def test_a_file_whose_name_looks_like_a_reference_is_a_file(here):
    write("ewt:dev", TRAIN)
    config = write("mine.toml", '[data]\ntrain = "./ewt:dev"\n')

    assert names(check([config])) == [("train", "ewt:dev")]
    assert names(check([Path("ewt:dev")])) == [("dev", "ewt:dev")]


def test_the_text_shows_splits_then_errors_then_warnings_with_their_first_locations():
    text = format_text(check([write("train.tsv", f"{TRAIN}\n{GOOD * 4}"), write("dev.tsv", "cats\tQ\nsee\n")]))

    assert text == "\n".join(
        [
            "split  sentences  tokens  words  unseen  tags  median  99 %  longest  at line  file",
            "train          8      26     11             4       3     4        4        9  train.tsv",
            "words: distinct words; unseen: tokens whose word train lacks; median, 99 %, longest: tokens per sentence",
            "train, read as columns, begins: 'John/S loves/V Jane/O'",
            "scheme of the tags: none: no tag is written like B-TYPE or I-TYPE",
            "",
            "error: dev: expected 2 columns, got 1: 'see'  [unreadable]",
            "  dev.tsv:2",
            "  > The file is checked once this is corrected. For a few such rows,",
            '    data.bad_rows = "skip" skips them.',
            "",
            "warning: train: 4 of 8 sentences repeat an earlier one  [duplicates]",
            "  train.tsv:19  'John loves Jane', same as line 1",
            "  train.tsv:23  'John loves Jane', same as line 1",
            "  train.tsv:27  'John loves Jane', same as line 1",
            "  and 1 more",
            "  > They weigh more than others in training, and a dev that is split off train",
            "    may share them. Unless this is intended, keep one of each.",
            "",
            "1 error, 1 warning",
        ]
    )


def test_94_sentences_of_the_english_web_treebanks_test_also_occur_in_its_train(shared_data):
    folder = shared_data / "ewt"

    result = check([folder / f"en_ewt-ud-{split}.conllu" for split in ("train", "dev", "test")])

    by_split = {(finding.key, finding.split): finding for finding in result.findings}
    overlaps = [finding.count for finding in result.findings if finding.key == "overlap"]
    assert not result.has_errors
    assert overlaps == [68, 94, 73]
    assert by_split["duplicates", "train"].count == 810
    assert by_split["contradictions", None].count == 5
    assert [str(location).rpartition(":")[2] for location in by_split["invisible", "train"].locations] == ["185766"]
    assert [split.unseen_tokens for split in result.splits] == [None, 2088, 2292]
    assert [len(split.tags) for split in result.splits] == [17, 17, 17]


def test_tweets_have_warnings_only(shared_data):
    folder = shared_data / "wnut17"

    result = check([folder / "wnut17train.conll", folder / "emerging.dev.conll", folder / "emerging.test.annotated"])

    assert [split.name for split in result.splits] == ["train", "dev", "test"]
    assert not result.has_errors
    locations = only(result, "invisible").locations
    assert [(location.line, location.note) for location in locations] == [
        (15556, "'watched\\u200bwas' contains ZERO WIDTH SPACE"),
        (16730, "'Dubbz\\ufeff' contains BYTE ORDER MARK"),
    ]


def test_slots_have_warnings_only(shared_data):
    folder = shared_data / "snips"

    result = check([folder / "train.tsv", folder / "dev.tsv", folder / "test.tsv"])

    assert not result.has_errors
    assert set(keys(result)) == {"rare-tags", "overlap", "duplicates"}
    assert result.notes[0].startswith("scheme of the tags: bio: 39 types")


@pytest.mark.parametrize("name", ["svo", "svo-tiny", "series"])
def test_the_configs_that_come_with_their_data_have_no_errors(name):
    root = ROOT

    assert not check([root / "configs" / f"{name}.toml"]).has_errors


def test_missing_values_of_a_series_are_counted_and_an_error_unless_the_config_fills_them():
    rows = "".join(f"{i % 2},{'' if i % 4 == 1 else i * 1.5},{i * 0.5},{'ab'[i % 3 > 1]}\n" for i in range(40))
    data = write("train.csv", "id,force,angle,state\n" + rows)
    text = (
        '[data]\ntrain = "train.csv"\nsentence = "id"\ntag = "state"\n[features]\nwords = false\ncasing = false\n'
        'numeric = ["force", "angle"]\n'
    )

    finding = only(check([write("mine.toml", text)]), "missing-numbers")
    assert (finding.level, finding.count, str(finding.locations[0])) == ("error", 10, "train.csv:3")

    filled = check([write("mine.toml", text + 'numeric_missing = "mean"\n')])
    assert "missing-numbers" not in keys(filled)
    note = "train: column force: 10 of 40 values missing (25.00%), first line 3"
    assert f"{note}; filled by the mean of train" in filled.notes
    assert note in check([data]).notes
