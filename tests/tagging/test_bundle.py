import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tagger.corpus.layout import Layout
from tagger.corpus.sentence import Sentence
from tagger.corpus.sentences import Sentences
from tagger.corpus.spelling import PLAIN, Spelling
from tagger.encoding.lexicon import Lexicon
from tagger.encoding.vocabulary import Vocabulary
from tagger.errors import BundleError, TaggerError
from tagger.heads.constraints import scheme_constraints
from tagger.heads.crf import CRF
from tagger.heads.softmax import Softmax
from tagger.heads.target import TagTarget
from tagger.inputs.affixes import Affix
from tagger.inputs.casing import Casing
from tagger.inputs.characters import Characters
from tagger.inputs.columns import ColumnInput
from tagger.inputs.encoder import Encoder
from tagger.inputs.numbers import Numbers
from tagger.inputs.words import WordInput
from tagger.tagging.architecture import Architecture, Graphs
from tagger.tagging.bundle import Bundle, find_bundle, load_bundle, save_bundle
from tagger.tagging.bundle_json import FORMAT, OLDEST_FORMAT
from tagger.tagging.golden import golden_lines
from tagger.tagging.graph import build_graphs
from tagger.tagging.tagger import Tagger
from tests import ROOT
from tests.bundles import PROVENANCE, random_weights, save_numbers_bundle, save_spans_bundle, save_words_bundle

ODD_SIZES: tuple[object, ...] = ("x", [], {}, 0, -1, 2.0, True, 10**9)
OLDER = (ROOT / "tests") / "bundles_of_older_formats"
FILES = [
    "bundle.json",
    "forms.onnx",
    "forms.txt",
    "golden.jsonl",
    "tagger.onnx",
    "tags.txt",
    "words.txt",
]
HOSTILE = (
    "\\",
    "\\n",
    "\\\\t",
    "\t",
    "\n",
    "\r",
    "\r\n",
    "\u2028",
    "\x85",
    "\x1c",
    "😀",
    "",
    " ",
    "#",
    "\ufeff",
    "\x00",
)


@pytest.fixture
def folder(tmp_path) -> Path:
    return save_words_bundle(tmp_path / "bundle")


def update_checksums(folder: Path) -> None:
    """Update the checksums after a change, as an attacker would."""
    paths = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths]
    (folder / "SHA256SUMS").write_text("".join(sums))


def change_json(folder: Path, change: Callable[[dict], object]) -> None:  # type: ignore[type-arg]
    description = json.loads((folder / "bundle.json").read_text())
    change(description)
    (folder / "bundle.json").write_text(json.dumps(description))
    update_checksums(folder)


def save_without_golden_sentences(bundle: Bundle, folder: Path) -> Graphs:
    graphs = build_graphs(bundle.architecture, random_weights(bundle.architecture))
    save_bundle(bundle, folder, graphs, EMPTY_SENTENCE)
    return graphs


EMPTY_SENTENCE = json.dumps({"tokens": [], "numbers": [], "columns": [], "tags": [], "scores": []}) + "\n"


def bundle_with(symbols: tuple[str, ...]) -> Bundle:
    """A bundle with all parts, all of whose vocabularies have these symbols."""
    known = Vocabulary(symbols)
    architecture = Architecture(
        inputs=(
            WordInput(known, lowercase=False, dim=3),
            Casing(),
            Characters(known, "cnn", dim=2, units=3),
            Affix(known, "prefix", 2, dim=2),
            Affix(known, "shape", 0, dim=2),
            ColumnInput(known, 1, "pos", dim=2),
            Numbers(("x", "2"), mean=(0.1, -1e-300), deviation=(1 / 3, 1e300)),
        ),
        cell="gru",
        units=(5, 4),
        bidirectional=True,
        merge="ave",
        reset_after=False,
        heads=(Softmax(len(symbols)),),
    )
    forms = dict(zip(symbols, reversed(symbols), strict=True))
    lexicon = Lexicon(majority=symbols[-1], forms=forms, ambiguous=frozenset(symbols[1:]))
    layout = Layout("csv", token="form", tag=-1, numeric=("x", 2), sentence="é", comments=True, encoding="latin-1")
    target = TagTarget(symbols, lexicon, ignore=symbols[:2])
    return Bundle(architecture, Encoder(architecture.inputs), (target,), layout, PROVENANCE)


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, unique=True).map(tuple))
@example(HOSTILE)
def test_loading_reverses_saving(symbols):
    bundle = bundle_with(symbols)
    with TemporaryDirectory() as folder:
        graphs = save_without_golden_sentences(bundle, Path(folder) / "bundle")

        assert load_bundle(Path(folder) / "bundle") == (bundle, graphs, EMPTY_SENTENCE)


def test_transitions_of_a_crf_are_saved_as_a_table_and_loaded(tmp_path):
    folder = save_spans_bundle(tmp_path / "bundle", decode="valid", crf=True)
    bundle = load_bundle(folder)[0]

    assert (folder / "transitions.tsv").read_text() == (
        "\tB-per\tI-per\tO\tend\n"
        "start\t0.0\t0.0\t-1.0\t\n"
        "B-per\t0.0\t0.0\t0.0\t0.0\n"
        "I-per\t0.0\t5.0\t0.0\t0.0\n"
        "O\t0.0\t0.0\t0.0\t0.0\n"
    )
    assert bundle.target.chain is not None
    assert bundle.target.chain.transitions[1, 1] == 5
    assert bundle.target.chain.starts.tolist() == [0, 0, -1]
    assert (bundle.target.decode, bundle.architecture.heads) == ("valid", (CRF(3),))
    assert load_bundle(save_spans_bundle(tmp_path / "softmax", decode="free"))[0].target.chain is None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "expected 5 lines, for 3 tags, got 0"),
        ("\tB-per\tend\nstart\t0\t\nB-per\t0\t0\n", "line 1: expected 5 cells, delimited by TAB, got 3"),
        ("\ta\tb\tc\tend\nstart\t0\t0\t0\t\n" + "a\t0\t0\tnan\t0\n" * 3, "line 3: expected a finite number .*nan"),
        ("\ta\tb\tc\tend\nstart\t0\t0\t1e99\t\n" + "a\t0\t0\t0\t0\n" * 3, "line 2: expected a finite number .*1e99"),
        ("\ta\tb\tc\tend\nstart\t0\t0\t0\t", "line 2: has no end"),
    ],
)
def test_transitions_that_do_not_match_the_network_are_an_error(tmp_path, content, problem):
    folder = save_spans_bundle(tmp_path / "bundle", decode="valid", crf=True)
    (folder / "transitions.tsv").write_text(content)
    update_checksums(folder)

    with pytest.raises(BundleError, match=rf"bundle/transitions\.tsv: {problem}"):
        load_bundle(folder)


def test_hashes_of_training_sentences_are_loaded_and_an_incomplete_one_is_an_error(tmp_path):
    folder = save_words_bundle(tmp_path / "bundle", trained_on=[("a",), ("b",), ("a",)])
    trained_on = load_bundle(folder)[0].trained_on

    assert trained_on is not None
    assert {*trained_on.tolist()} == {*Sentences.collect([Sentence(("a",)), Sentence(("b",))]).hashes().tolist()}
    assert load_bundle(save_words_bundle(tmp_path / "other"))[0].trained_on is None
    (folder / "trained_on.bin").write_bytes(b"12345678123")
    update_checksums(folder)
    with pytest.raises(BundleError, match=r"not a valid bundle"):
        load_bundle(folder)


def test_loading_reverses_saving_of_a_bundle_with_few_parts(tmp_path):
    full, few = bundle_with(("A", "B")), (Casing(), Numbers(("x", "2")))
    bundle = Bundle(
        replace(full.architecture, inputs=few),
        Encoder(few),
        (replace(full.target, lexicon=replace(full.target.lexicon, forms=None, ambiguous=None)),),
        Layout(),
        PROVENANCE,
    )
    save_without_golden_sentences(bundle, tmp_path / "bundle")

    assert load_bundle(tmp_path / "bundle")[0] == bundle
    assert {path.name for path in (tmp_path / "bundle").glob("*.txt")} == {"tags.txt"}


@pytest.mark.parametrize("save", [save_words_bundle, save_numbers_bundle])
def test_saving_the_same_tagger_writes_the_same_bytes(tmp_path, save):
    first, second = save(tmp_path / "first"), save(tmp_path / "second")

    assert (first / "SHA256SUMS").read_bytes() == (second / "SHA256SUMS").read_bytes()
    assert str(tmp_path).encode() not in b"".join(path.read_bytes() for path in first.iterdir())


def test_checksums_list_all_other_files(folder):
    listed = [line.split("  ") for line in (folder / "SHA256SUMS").read_text().splitlines()]

    assert [name for _, name in listed] == FILES
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FILES, "SHA256SUMS"])
    for expected, name in listed:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected


def test_vocabularies_have_one_symbol_per_line(folder):
    assert (folder / "tags.txt").read_text() == "O\nS\nV\n"
    assert (folder / "words.txt").read_text() == "john\nloves\n"
    assert (folder / "forms.txt").read_text() == "Jane\tO\nJohn\tS\nloves\tV\n"


def test_saving_removes_older_files(folder):
    (folder / "old.txt").write_text("old")

    save_words_bundle(folder)

    assert not (folder / "old.txt").exists()


def test_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(TaggerError, match=r"file/bundle: cannot be written: Not a directory"):
        save_without_golden_sentences(bundle_with(("A",)), tmp_path / "file" / "bundle")


def test_copied_bundle_gives_the_same_tags(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "else where" / "é")
    shutil.rmtree(folder)

    assert Tagger.load(copy).tag(["John loves Jane"])[0].tags == ("S", "V", "O")


def test_bundle_is_found_in_a_run_folder(folder):
    assert find_bundle(folder) == folder
    assert find_bundle(folder.parent) == folder
    assert Tagger.load(str(folder.parent)).bundle == Tagger.load(folder).bundle


def test_missing_folder_is_an_error_with_a_hint(tmp_path):
    with pytest.raises(BundleError, match=r"none: there is no such folder") as caught:
        find_bundle(tmp_path / "none")

    assert caught.value.hint
    assert "tagger train" in caught.value.hint


def test_folder_or_file_without_a_tagger_is_an_error(tmp_path):
    file = tmp_path / "bundle.json"
    file.write_text("{}")
    (tmp_path / "empty").mkdir()

    for path in (file, tmp_path / "empty"):
        with pytest.raises(BundleError, match=f"{path.name}: holds no tagger: there is no bundle.json in it"):
            find_bundle(path)


@pytest.mark.parametrize("name", FILES)
def test_changed_byte_in_any_file_is_detected(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)

    with pytest.raises(BundleError, match=rf"{name}: differs from its checksum in SHA256SUMS: changed or damaged"):
        Tagger.load(folder)


@pytest.mark.parametrize("name", [name for name in FILES if name != "bundle.json"] + ["SHA256SUMS"])
def test_missing_file_is_detected(folder, name):
    (folder / name).unlink()

    with pytest.raises(BundleError, match=rf"{name}: cannot be read: No such file or directory"):
        Tagger.load(folder)


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("name", ["tagger.onnx", "tags.txt", "words.txt", "golden.jsonl"])
def test_file_without_a_checksum_counts_as_missing(folder, name, is_there):
    sums = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
    (folder / "SHA256SUMS").write_text("".join(line for line in sums if not line.endswith(f"  {name}\n")))
    if not is_there:
        (folder / name).unlink()

    with pytest.raises(BundleError, match=rf"bundle: {name} is missing, or not listed in SHA256SUMS"):
        Tagger.load(folder)


def test_only_listed_files_are_opened(folder):
    for name in ("sitecustomize.py", "extra.txt", "tagger.onnx.data", "tagger.ort"):
        (folder / name).write_text("not listed")
    probe = """
import os, sys
from tagger.tagging.tagger import Tagger
opened, folder = [], sys.argv[1]
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
Tagger.load(folder)
print(*sorted({os.path.relpath(path, folder) for path in opened if path.startswith(folder)}))
"""

    done = subprocess.run([sys.executable, "-c", probe, folder], capture_output=True, text=True, check=True)

    assert done.stdout.split() == sorted([*FILES, "SHA256SUMS"])


def test_missing_forms_are_detected(folder):
    (folder / "forms.txt").rename(folder.parent / "forms.txt")
    update_checksums(folder)
    (folder.parent / "forms.txt").rename(folder / "forms.txt")

    with pytest.raises(BundleError, match=r"bundle: forms\.txt is missing, or not listed in SHA256SUMS"):
        Tagger.load(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["forms.txt", "bundle.json", "SHA256SUMS"])
def test_pipe_instead_of_a_file_is_an_error(folder, name):
    (folder / name).unlink()
    os.mkfifo(folder / name)

    with pytest.raises(BundleError, match=rf"bundle/{name}: cannot be read: it is a named pipe, not a regular file"):
        Tagger.load(folder)


@pytest.mark.parametrize("name", [".", "../secret.txt", "/etc/hostname", "a/../../secret.txt", "./tags.txt"])
def test_path_in_the_checksums_is_an_error(folder, name):
    (folder.parent / "secret.txt").write_text("secret")
    with (folder / "SHA256SUMS").open("a") as sums:
        sums.write(f"{hashlib.sha256(b'secret').hexdigest()}  {name}\n")

    with pytest.raises(BundleError, match=rf"SHA256SUMS: line 8: '{name}' is not the name of a file in the bundle"):
        Tagger.load(folder)


@pytest.mark.parametrize("name", ["..", "", "nul\x00.txt", "tags.txt"])
def test_impossible_name_in_the_checksums_is_an_error(folder, name):
    with (folder / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  {name}\n")

    with pytest.raises(
        BundleError, match=r"SHA256SUMS: line 8: (expected a checksum|'\.\.' is not|'tags\.txt' is listed twice)"
    ):
        Tagger.load(folder)


@pytest.mark.parametrize("name", ["tags.txt", "tagger.onnx", "SHA256SUMS"])
def test_link_is_an_error_even_to_an_intact_file(folder, name):
    (folder / name).rename(folder.parent / name)
    (folder / name).symlink_to(folder.parent / name)

    with pytest.raises(BundleError, match=rf"bundle/{name}: cannot be read: it is a link, which could lead anywhere"):
        Tagger.load(folder)


def test_checksums_that_are_not_text_are_an_error(folder):
    (folder / "SHA256SUMS").write_bytes(b"\xff\xfe")

    with pytest.raises(
        BundleError, match=r"SHA256SUMS: line 1: expected a checksum, two spaces and the name of a file"
    ):
        Tagger.load(folder)


def test_newer_format_is_an_error_with_a_hint(folder):
    change_json(folder, lambda description: description.update(format=FORMAT + 1))

    message = f"bundle has format {FORMAT + 1}, and this version of tagger reads formats up to {FORMAT}"
    with pytest.raises(BundleError, match=message) as caught:
        Tagger.load(folder)

    assert caught.value.hint == "install a newer version of tagger"


def test_format_that_is_too_old_is_an_error_with_a_hint(folder):
    change_json(folder, lambda description: (description.update(format=OLDEST_FORMAT - 1), description.pop("decode")))

    with pytest.raises(BundleError, match=f"reads formats from {OLDEST_FORMAT}") as caught:
        Tagger.load(folder)

    assert caught.value.hint == "train the tagger again"


def test_bundle_of_format_3_gives_the_same_tags():
    tagger = Tagger.load(OLDER / "3")  # also checks its golden sentences

    assert [(each.kind, each.name) for each in tagger.bundle.architecture.inputs] == [
        ("words", "words"),
        ("casing", "casing"),
        ("characters", "characters"),
        ("affix", "prefix_2"),
        ("affix", "suffix_2"),
        ("affix", "shape"),
        ("column", "column_1"),
        ("numbers", "numbers"),
    ]
    assert (tagger.bundle.encoder.columns, tagger.bundle.encoder.numeric) == (("1",), ("2",))
    assert tagger.bundle.architecture.heads == (CRF(4),)


def test_bundle_of_format_4_with_a_keras_weights_file_gives_the_same_tags():
    tagger = Tagger.load(OLDER / "4")

    assert tagger.tag(["John loves Jane"])[0].tags == ("S", "V", "O")


def test_weights_of_keras_in_a_bundle_of_an_older_format_are_not_opened(tmp_path):
    copy = shutil.copytree(OLDER / "4", tmp_path / "bundle")
    (copy / "model.weights.h5").unlink()
    os.mkfifo(copy / "model.weights.h5")

    assert Tagger.load(copy).tag(["John loves Jane"])[0].tags == ("S", "V", "O")


def test_bundle_of_format_5_gives_the_same_tags_and_is_saved_with_the_same_bytes(tmp_path):
    tagger = Tagger.load(OLDER / "5")
    bundle, graphs, golden = load_bundle(OLDER / "5")

    save_bundle(bundle, tmp_path / "bundle", graphs, golden)

    assert tagger.tag(["John loves Jane"])[0].tags == ("S", "V", "O")
    assert bundle.architecture.heads == (CRF(3),)
    assert (tmp_path / "bundle" / "SHA256SUMS").read_bytes() == (OLDER / "5" / "SHA256SUMS").read_bytes()


@pytest.mark.parametrize("number", ["3", "4", "5"])
def test_bundle_of_an_older_format_is_unchanged_after_saving_it_again(number, tmp_path):
    bundle, graphs, golden = load_bundle(OLDER / number)

    save_bundle(bundle, tmp_path / "bundle", graphs, golden)

    assert load_bundle(tmp_path / "bundle") == (bundle, graphs, golden)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"format": "1"}', "[" * 100_000, b"\xff"])
def test_invalid_bundle_json_is_an_error(folder, content):
    (folder / "bundle.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    update_checksums(folder)

    with pytest.raises(
        BundleError, match=r"bundle/bundle\.json: (not JSON|expected an object|format: |brackets|not UTF-8)"
    ):
        Tagger.load(folder)


@pytest.mark.parametrize("key", ["format", "network", "ignore", "majority_tag", "layout", "provenance"])
def test_missing_key_in_bundle_json_is_an_error(folder, key):
    change_json(folder, lambda description: description.pop(key))

    with pytest.raises(BundleError, match=rf"bundle/bundle\.json: {key}: missing"):
        Tagger.load(folder)


@pytest.mark.parametrize("key", ["network", "layout"])
@pytest.mark.parametrize("value", [7, [1], "text"])
def test_value_of_the_wrong_type_in_bundle_json_is_an_error(folder, key, value):
    change_json(folder, lambda description: description.update({key: value}))

    with pytest.raises(BundleError, match=rf"bundle/bundle\.json: {key}: expected an object, got "):
        Tagger.load(folder)


@pytest.mark.parametrize("key", ["numeric", "columns"])
def test_a_further_column_without_a_name_or_index_is_an_error(folder, key):
    change_json(folder, lambda description: description["layout"].update({key: [None]}))

    with pytest.raises(BundleError, match=rf"bundle/bundle\.json: layout\.{key}\[0\]: expected a text or a whole "):
        Tagger.load(folder)


@pytest.mark.parametrize("key", ["scheme", "scheme_train", "decode"])
@pytest.mark.parametrize("value", ["bogus", ["bio"], {}, None, 1])
def test_unknown_scheme_or_decode_is_an_error(folder, key, value):
    change_json(folder, lambda description: description.update({key: value}))

    with pytest.raises(BundleError, match=rf'bundle/bundle\.json: {key}: expected ".*", got '):
        Tagger.load(folder)


@pytest.mark.parametrize(
    "part", [{"cell": "foo"}, {"units": []}, {"units": [0]}, {"units": ["a"]}, {"units": [-3]}, {"units": [10**30]}]
)
def test_unknown_cell_or_impossible_units_are_an_error(folder, part):
    change_json(folder, lambda description: description["network"].update(part))

    with pytest.raises(BundleError, match=r"bundle/bundle\.json: network\.(cell|units)(\[0\])?: expected "):
        Tagger.load(folder)


@pytest.mark.parametrize(
    "part",
    [
        {"merge": "max"},
        {"merge": ["sum"]},
        {"bidirectional": "no"},
        {"residual": 1},
        {"reset_after": None},
        {"residual": True, "units": [3, 4]},
        {"heads": []},
        {"heads": [{"kind": "softmax", "n_tags": 3.5}]},
    ],
    ids=str,
)
def test_invalid_network_setting_is_an_error(folder, part):
    change_json(folder, lambda description: description["network"].update(part))

    with pytest.raises(BundleError, match=r"bundle/bundle\.json: network\.|not a valid bundle: residual layers"):
        Tagger.load(folder)


@pytest.mark.parametrize("change", [{"n_numbers": 2}, {"n_numbers": 0}])
def test_features_that_do_not_match_the_network_are_an_error_in_format_3(tmp_path, change):
    copy = shutil.copytree(OLDER / "3", tmp_path / "bundle")
    change_json(copy, lambda description: description["network"].update(change))

    with pytest.raises(BundleError, match="numbers and 1 columns in the network, 1 and 1 in its features"):
        load_bundle(copy)


@pytest.mark.parametrize(
    "settings",
    [
        {"kind": "affix", "part": part, "length": length, "dim": 1, "n_ids": 2}
        for part, length in ((1, 1), (None, 1), (["shape"], 0), ("bogus", 0), ("prefix", ""), ("../shape", 0))
    ]
    + [{"kind": "bogus"}, {"kind": ["words"]}, {}, {"kind": "casing", "dim": 3}, {"kind": "numbers"}, 7]
    + [{"kind": "numbers", "columns": 3}, {"kind": "words", "vocabulary": ["a"], "lowercase": True, "dim": 2}]
    + [{"kind": "words", "n_ids": 4, "lowercase": True, "dim": dim} for dim in ODD_SIZES],
    ids=str,
)
def test_invalid_input_setting_is_an_error(folder, settings):
    change_json(folder, lambda description: description["network"].update(inputs=[settings]))
    (folder / "1.txt").write_text("")
    update_checksums(folder)

    with pytest.raises(BundleError, match=r"bundle/bundle\.json: network\.inputs\[0\]"):
        Tagger.load(folder)


def test_form_without_a_tag_is_an_error(folder):
    (folder / "forms.txt").write_text("John\n")
    update_checksums(folder)

    with pytest.raises(BundleError, match=r"bundle/forms\.txt: line 1: expected 2 cells, delimited by TAB, got 1"):
        Tagger.load(folder)


def test_graph_with_data_in_another_file_is_an_error(folder):
    model = onnx.load(folder / "tagger.onnx")
    onnx.save(model, folder / "tagger.onnx", save_as_external_data=True, location="weights", size_threshold=0)
    update_checksums(folder)
    assert (folder / "weights").stat().st_size > 0

    with pytest.raises(BundleError, match=r"tagger\.onnx cannot be read: .* keeps data outside the bundle"):
        load_bundle(folder)


def test_invalid_graph_is_an_error(folder):
    (folder / "tagger.onnx").write_bytes(b"no graph")
    update_checksums(folder)

    with pytest.raises(BundleError, match=r"bundle/tagger\.onnx cannot be read: "):
        load_bundle(folder)


def test_only_the_weights_of_a_saved_graph_are_read(folder):
    graphs = load_bundle(folder)[1]
    for name in ("forms.onnx", "tagger.onnx"):
        model = onnx.load(folder / name)
        model.opset_import[0].domain = "com.example"
        model.functions.add(name="f", domain="com.example").node.add(op_type="f", domain="com.example")
        for part in ("node", "input", "output"):
            model.graph.ClearField(part)
        onnx.save(model, folder / name)
    update_checksums(folder)

    assert load_bundle(folder)[1] == graphs
    assert Tagger.load(folder).tag(["John loves Jane"])[0].tags == ("S", "V", "O")


@pytest.mark.parametrize(
    "golden",
    [
        {"tokens": ["John"], "numbers": None, "columns": None, "tags": ["V"], "scores": [0.99]},
        {"tokens": ["John"], "numbers": None, "columns": None, "tags": ["S"], "scores": [0.985]},
    ],
)
def test_different_tags_or_scores_of_a_golden_sentence_are_an_error(folder, golden):
    (folder / "golden.jsonl").write_text(json.dumps(golden) + "\n")
    update_checksums(folder)

    with pytest.raises(BundleError, match=r"its golden sentence 'John' gets different tags or confidences") as caught:
        Tagger.load(folder)

    assert caught.value.hint
    assert "onnxruntime" in caught.value.hint


def test_changed_weights_are_detected_by_the_golden_sentences(folder):
    model = onnx.load(folder / "tagger.onnx")
    for tensor in model.graph.initializer:
        if tensor.name == "head/kernel":
            tensor.CopyFrom(onnx.numpy_helper.from_array(np.zeros((9, 3), np.float32), tensor.name))
    onnx.save(model, folder / "tagger.onnx")
    update_checksums(folder)

    with pytest.raises(BundleError, match=r"its golden sentence 'John loves Jane' gets different tags"):
        Tagger.load(folder)


SENTENCE = {"tokens": ["a"], "numbers": None, "columns": None, "tags": ["O"], "scores": [0.5]}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("no JSON", "line 1: not JSON"),
        ([1], "line 1: expected an object"),
        ({}, "line 1: tokens: missing"),
        ("NaN", "line 1: NaN is not a number in JSON"),
        ('{"tokens": [], "tokens": []}', 'line 1: the key "tokens" is there twice'),
        ("[" * 100_000, "line 1: brackets are nested too deeply"),
        ('{"tokens": ["\\ud800"]}', "line 1: half of a surrogate pair"),
        ({**SENTENCE, "tokens": "John"}, "line 1: tokens: expected a list of 0 to 20, got"),
        ({**SENTENCE, "tokens": ["a"] * 21}, "line 1: tokens: expected a list of 0 to 20, got a list of 21"),
        ({**SENTENCE, "tags": ["O", "O"]}, "line 1: tags: expected a list of 1, got a list of 2"),
        ({**SENTENCE, "tags": [None]}, r"line 1: tags\[0\]: expected a text, got null"),
        ({**SENTENCE, "scores": [[0.5]]}, r"line 1: scores\[0\]: expected a finite number from 0 to 1.001, got a list"),
        ({**SENTENCE, "scores": [10**400]}, r"line 1: scores\[0\]: .* got a larger number"),
        ({**SENTENCE, "numbers": [[1, 2], [3]]}, "line 1: numbers: expected a list of 1 or null, got a list of 2"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_invalid_golden_sentence_is_an_error_and_prints_nothing(folder, capfd, line, problem):
    (folder / "golden.jsonl").write_text((line if isinstance(line, str) else json.dumps(line)) + "\n")
    update_checksums(folder)

    with pytest.raises(BundleError, match=rf"bundle/golden\.jsonl: {problem}"):
        Tagger.load(folder)

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("tags.txt", "O\n", "3 tags in the network, 1 in tags.txt"),
        ("words.txt", "a\nb\nc\nd\njohn\nloves\n", "4 ids of words in the network, 8 in words.txt"),
    ],
)
def test_files_that_do_not_match_are_an_error(folder, name, content, message):
    (folder / name).write_text(content)
    update_checksums(folder)

    with pytest.raises(BundleError, match=f"bundle: not a valid bundle: {message}"):
        Tagger.load(folder)


def test_graph_of_another_tagger_is_an_error(folder, tmp_path):
    shutil.copy(save_numbers_bundle(tmp_path / "numbers") / "tagger.onnx", folder)
    update_checksums(folder)

    with pytest.raises(BundleError, match=r"tagger\.onnx is not of this bundle's network: simple_rnn_1/forward/rec"):
        Tagger.load(folder)


def test_golden_sentences_are_the_beginnings_of_the_first_three(folder):
    tagger = Tagger.load(folder)

    lines = golden_lines([*map(sentence_of, (50, 0, 2, 1))], tagger.tag_window).splitlines()
    golden = [json.loads(line) for line in lines]

    assert [len(line["tokens"]) for line in golden] == [20, 0, 2]
    assert golden[2] == {
        "tokens": ["loves", "loves"],
        "numbers": None,
        "columns": None,
        "tags": ["V", "V"],
        "scores": [round(score, 6) for score in tagger.tag([["loves", "loves"]])[0].confidence],
    }


def sentence_of(n_steps: int) -> Sentence:
    return Sentence(("loves",) * n_steps, tags=("S",) * n_steps)


def without_spelling(description: dict) -> None:  # type: ignore[type-arg]
    del description["spelling"]


def test_bundle_without_a_spelling_forbids_the_same_tag_sequences_as_before(tmp_path):
    folder = save_spans_bundle(tmp_path / "bundle", decode="valid")
    change_json(folder, without_spelling)

    bundle = load_bundle(folder)[0]
    chain = scheme_constraints(("E-x", "O"), "bio", bundle.target.decode)

    assert (bundle.target.spelling, bundle.target.decode) == (PLAIN, "strict")
    assert chain is not None
    assert not chain.allows(np.arange(2), np.array(0)).any()
    assert Tagger.load(folder).tag(["Ada Byron"])[0].tags == ("B-per", "I-per")


@pytest.mark.parametrize(
    ("tags", "scheme", "letters"),
    [
        (("B-x", "I-x", "L-x", "O", "U-x"), "bioes", "BILU"),
        (("B-x", "E-x", "M-x", "O", "S-x"), "bioes", "BMES"),
        (("B-x", "E-x", "I-x", "O", "S-x"), "bioes", "BIES"),
        (("B-x", "E-x", "I-x", "M-x", "S-x"), "bioes", "BIES"),  # letters of two spellings: kept unchanged
        (("B-x", "I-x", "L-x", "O", "U-x"), "none", "BIES"),
    ],
)
def test_letters_of_a_bundle_without_a_spelling_are_recognised_by_its_tags(tmp_path, tags, scheme, letters):
    bundle = bundle_with(tags).with_targets("scheme", {"head": scheme}).with_targets("scheme_train", {"head": scheme})
    save_without_golden_sentences(bundle, tmp_path / "bundle")
    change_json(tmp_path / "bundle", without_spelling)

    loaded = load_bundle(tmp_path / "bundle")[0]

    assert loaded.target.spelling == Spelling(letters)
    assert loaded.target.known_tags == tags


@pytest.mark.parametrize("letters", ["BIE", "BIEE", 4])
def test_invalid_letters_of_a_spelling_are_an_error(folder, letters):
    change_json(folder, lambda description: description["spelling"].update(letters=letters))

    with pytest.raises(BundleError, match=r"spelling\.letters(: expected a text| should be 4 distinct letters), got "):
        load_bundle(folder)


def test_the_bound_on_the_tokens_of_a_sentence_is_no_part_of_a_bundle(tmp_path):
    folder = save_words_bundle(tmp_path / "bundle", Layout("columns", max_tokens=7))

    assert "max_tokens" not in json.loads((folder / "bundle.json").read_text())["layout"]
    assert load_bundle(folder)[0].layout == Layout("columns")
