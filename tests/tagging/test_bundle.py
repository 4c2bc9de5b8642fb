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
from tagger.heads.chain import allowed_chain
from tagger.heads.crf import CRF
from tagger.heads.softmax import Softmax
from tagger.inputs.affixes import Affix
from tagger.inputs.casing import Casing
from tagger.inputs.characters import Characters
from tagger.inputs.columns import ColumnInput
from tagger.inputs.encoder import Encoder
from tagger.inputs.numbers import Numbers
from tagger.inputs.words import WordInput
from tagger.tagging.architecture import Architecture, Graphs
from tagger.tagging.bundle import FORMAT, OLDEST, Bundle, find_bundle, load_bundle, save_bundle
from tagger.tagging.golden import golden_lines
from tagger.tagging.tagger import Tagger
from tests import ROOT
from tests.bundles import PROVENANCE, save_numbers_bundle, save_spans_bundle, save_words_bundle

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


def list_again(folder: Path) -> None:
    """What a stranger does who has changed a file: the checksums are right."""
    paths = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in paths]
    (folder / "SHA256SUMS").write_text("".join(sums))


def change_json(folder: Path, change: Callable[[dict], object]) -> None:  # type: ignore[type-arg]
    description = json.loads((folder / "bundle.json").read_text())
    change(description)
    (folder / "bundle.json").write_text(json.dumps(description))
    list_again(folder)


GRAPHS = Graphs(b"forms", b"sentences")


def save_without_graph(bundle: Bundle, folder: Path) -> None:
    save_bundle(bundle, folder, GRAPHS, "golden\n")


def bundle_of(symbols: tuple[str, ...]) -> Bundle:
    """A bundle with all parts, each of which has these symbols."""
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
    encoder = Encoder(symbols, architecture.inputs, ignore=symbols[:2])
    forms = dict(zip(symbols, reversed(symbols), strict=True))
    lexicon = Lexicon(majority=symbols[-1], forms=forms, ambiguous=frozenset(symbols[1:]))
    layout = Layout("csv", token="form", tag=-1, numeric=("x", 2), sentence="é", comments=True, encoding="latin-1")
    return Bundle(architecture, encoder, lexicon, layout, PROVENANCE)


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, unique=True).map(tuple))
@example(HOSTILE)
def test_loading_undoes_saving(symbols):
    bundle = bundle_of(symbols)
    with TemporaryDirectory() as folder:
        save_without_graph(bundle, Path(folder) / "bundle")

        assert load_bundle(Path(folder) / "bundle") == (bundle, GRAPHS, "golden\n")


def test_a_crf_s_transitions_are_a_table_and_are_read_as_they_were(tmp_path):
    folder = save_spans_bundle(tmp_path / "bundle", decode="valid", crf=True)
    bundle = load_bundle(folder)[0]

    assert (folder / "transitions.tsv").read_text() == (
        "\tB-per\tI-per\tO\tend\n"
        "start\t0.0\t0.0\t-1.0\t\n"
        "B-per\t0.0\t0.0\t0.0\t0.0\n"
        "I-per\t0.0\t5.0\t0.0\t0.0\n"
        "O\t0.0\t0.0\t0.0\t0.0\n"
    )
    assert bundle.chain is not None
    assert bundle.chain.transitions[1, 1] == 5
    assert bundle.chain.starts.tolist() == [0, 0, -1]
    assert (bundle.decode, bundle.architecture.head) == ("valid", CRF(3))
    assert load_bundle(save_spans_bundle(tmp_path / "softmax", decode="free"))[0].chain is None


@pytest.mark.parametrize("content", ["", "\tB-per\tend\nstart\t0\t\nB-per\t0\t0\n", "x\ty\n"])
def test_transitions_that_do_not_go_with_the_network_are_refused(tmp_path, content):
    folder = save_spans_bundle(tmp_path / "bundle", decode="valid", crf=True)
    (folder / "transitions.tsv").write_text(content)
    list_again(folder)

    with pytest.raises(BundleError, match=r"not a bundle that this version of tagger writes"):
        load_bundle(folder)


def test_the_hashes_of_train_s_sentences_are_read_as_they_were_and_no_part_of_one_is(tmp_path):
    folder = save_words_bundle(tmp_path / "bundle", trained_on=[("a",), ("b",), ("a",)])
    trained_on = load_bundle(folder)[0].trained_on

    assert trained_on is not None
    assert {*trained_on.tolist()} == {*Sentences.collect([Sentence(("a",)), Sentence(("b",))]).hashes().tolist()}
    assert load_bundle(save_words_bundle(tmp_path / "other"))[0].trained_on is None
    (folder / "trained_on.bin").write_bytes(b"12345678123")
    list_again(folder)
    with pytest.raises(BundleError, match=r"not a bundle that this version of tagger writes"):
        load_bundle(folder)


def test_loading_undoes_saving_where_a_bundle_has_few_parts(tmp_path):
    full, few = bundle_of(("A", "B")), (Casing(), Numbers(("x", "2")))
    bundle = Bundle(
        replace(full.architecture, inputs=few),
        replace(full.encoder, inputs=few),
        replace(full.lexicon, forms=None, ambiguous=None),
        Layout(),
        {},
    )
    save_without_graph(bundle, tmp_path / "bundle")

    assert load_bundle(tmp_path / "bundle")[0] == bundle
    assert {path.name for path in (tmp_path / "bundle").glob("*.txt")} == {"tags.txt"}


@pytest.mark.parametrize("save", [save_words_bundle, save_numbers_bundle])
def test_the_same_tagger_gives_the_same_files(tmp_path, save):
    first, second = save(tmp_path / "first"), save(tmp_path / "second")

    assert (first / "SHA256SUMS").read_bytes() == (second / "SHA256SUMS").read_bytes()
    assert str(tmp_path).encode() not in b"".join(path.read_bytes() for path in first.iterdir())


def test_all_files_but_the_list_itself_are_listed_with_their_checksums(folder):
    listed = [line.split("  ") for line in (folder / "SHA256SUMS").read_text().splitlines()]

    assert [name for _, name in listed] == FILES
    assert sorted(path.name for path in folder.iterdir()) == sorted([*FILES, "SHA256SUMS"])
    for expected, name in listed:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected


def test_vocabularies_are_readable_one_symbol_a_line(folder):
    assert (folder / "tags.txt").read_text() == "O\nS\nV\n"
    assert (folder / "words.txt").read_text() == "john\nloves\n"
    assert (folder / "forms.txt").read_text() == "Jane\tO\nJohn\tS\nloves\tV\n"


def test_saving_leaves_nothing_of_what_was_there(folder):
    (folder / "old.txt").write_text("old")

    save_words_bundle(folder)

    assert not (folder / "old.txt").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(TaggerError, match=r"file/bundle: cannot be written: Not a directory"):
        save_without_graph(bundle_of(("A",)), tmp_path / "file" / "bundle")


def test_a_bundle_that_was_copied_elsewhere_tags_the_same(folder, tmp_path):
    copy = shutil.copytree(folder, tmp_path / "else where" / "é")
    shutil.rmtree(folder)

    assert Tagger.load(copy).tag(["John loves Jane"])[0].tags == ("S", "V", "O")


def test_a_run_folder_means_the_bundle_in_it(folder):
    assert find_bundle(folder) == folder
    assert find_bundle(folder.parent) == folder
    assert Tagger.load(str(folder.parent)).bundle == Tagger.load(folder).bundle


def test_a_folder_that_is_not_there_is_named_with_what_would_make_one(tmp_path):
    with pytest.raises(BundleError, match=r"none: there is no such folder") as caught:
        find_bundle(tmp_path / "none")

    assert caught.value.hint
    assert "tagger train" in caught.value.hint


def test_a_folder_or_file_without_a_tagger_is_named(tmp_path):
    file = tmp_path / "bundle.json"
    file.write_text("{}")
    (tmp_path / "empty").mkdir()

    for path in (file, tmp_path / "empty"):
        with pytest.raises(BundleError, match=f"{path.name}: holds no tagger: there is no bundle.json in it"):
            find_bundle(path)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_of_any_file_is_told(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)

    with pytest.raises(BundleError, match=rf"{name}: differs from its checksum in SHA256SUMS: changed or damaged"):
        Tagger.load(folder)


@pytest.mark.parametrize("name", [name for name in FILES if name != "bundle.json"] + ["SHA256SUMS"])
def test_a_missing_file_is_told(folder, name):
    (folder / name).unlink()

    with pytest.raises(BundleError, match=rf"{name}: cannot be read: No such file or directory"):
        Tagger.load(folder)


@pytest.mark.parametrize("is_there", [True, False])
@pytest.mark.parametrize("name", ["tagger.onnx", "tags.txt", "words.txt", "golden.jsonl"])
def test_a_file_that_is_not_listed_counts_as_missing(folder, name, is_there):
    sums = (folder / "SHA256SUMS").read_text().splitlines(keepends=True)
    (folder / "SHA256SUMS").write_text("".join(line for line in sums if not line.endswith(f"  {name}\n")))
    if not is_there:
        (folder / name).unlink()

    with pytest.raises(BundleError, match=rf"bundle: {name} is missing, or not listed in SHA256SUMS"):
        Tagger.load(folder)


def test_no_file_is_opened_but_the_list_and_what_it_lists(folder):
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


def test_forms_that_are_not_listed_are_missed(folder):
    (folder / "forms.txt").rename(folder.parent / "forms.txt")
    list_again(folder)
    (folder.parent / "forms.txt").rename(folder / "forms.txt")

    with pytest.raises(BundleError, match=r"bundle: forms\.txt is missing, or not listed in SHA256SUMS"):
        Tagger.load(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_place_of_a_file_is_refused(folder):
    (folder / "forms.txt").unlink()
    os.mkfifo(folder / "forms.txt")

    with pytest.raises(BundleError, match=r"bundle: forms\.txt is not a file of the bundle itself, which is refused"):
        Tagger.load(folder)


@pytest.mark.parametrize("name", [".", "../secret.txt", "/etc/hostname", "a/../../secret.txt", "./tags.txt"])
def test_a_listed_name_that_is_a_path_is_refused(folder, name):
    (folder.parent / "secret.txt").write_text("secret")
    with (folder / "SHA256SUMS").open("a") as sums:
        sums.write(f"{hashlib.sha256(b'secret').hexdigest()}  {name}\n")

    with pytest.raises(BundleError, match=rf"bundle: {name} is not a file of the bundle itself, which is refused"):
        Tagger.load(folder)


@pytest.mark.parametrize("name", ["..", "", "nul\x00.txt"])
def test_a_listed_name_that_can_be_no_file_is_told(folder, name):
    with (folder / "SHA256SUMS").open("a") as sums:
        sums.write(f"{'0' * 64}  {name}\n")

    with pytest.raises(
        BundleError, match=r"is not a file of the bundle itself, which is refused|not a list of checksums"
    ):
        Tagger.load(folder)


@pytest.mark.parametrize("name", ["tags.txt", "tagger.onnx", "SHA256SUMS"])
def test_a_link_is_refused_even_to_what_would_be_right(folder, name):
    (folder / name).rename(folder.parent / name)
    (folder / name).symlink_to(folder.parent / name)

    with pytest.raises(BundleError, match=rf"bundle: {name} is not a file of the bundle itself, which is refused"):
        Tagger.load(folder)


def test_a_list_that_is_no_text_is_told(folder):
    (folder / "SHA256SUMS").write_bytes(b"\xff\xfe")

    with pytest.raises(BundleError, match=r"SHA256SUMS: not a list of checksums"):
        Tagger.load(folder)


def test_a_newer_format_is_told_with_what_would_help(folder):
    change_json(folder, lambda description: description.update(format=FORMAT + 1))

    told = f"its format is {FORMAT + 1}, this version of tagger reads up to {FORMAT}"
    with pytest.raises(BundleError, match=told) as caught:
        Tagger.load(folder)

    assert caught.value.hint == "a newer version of tagger reads it"


def test_an_older_format_is_told_with_what_would_help(folder):
    change_json(folder, lambda description: (description.update(format=OLDEST - 1), description.pop("decode")))

    with pytest.raises(BundleError, match=r"bundle: written by an older version of tagger") as caught:
        Tagger.load(folder)

    assert caught.value.hint == "train the tagger again"


def test_a_bundle_of_format_3_tags_as_it_did():
    tagger = Tagger.load(OLDER / "3")  # which tags its golden sentences

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
    assert tagger.bundle.architecture.head == CRF(4)


def test_a_bundle_of_format_4_with_weights_of_keras_beside_its_graphs_tags_as_it_did():
    tagger = Tagger.load(OLDER / "4")

    assert tagger.tag(["John loves Jane"])[0].tags == ("S", "V", "O")


@pytest.mark.parametrize("number", ["3", "4"])
def test_a_bundle_of_an_older_format_is_the_same_tagger_when_it_is_saved_again(number, tmp_path):
    bundle, graphs, golden = load_bundle(OLDER / number)

    save_bundle(bundle, tmp_path / "bundle", graphs, golden)

    assert load_bundle(tmp_path / "bundle") == (bundle, graphs, golden)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"format": "1"}', "[" * 100_000, b"\xff"])
def test_a_bundle_json_that_is_no_description_is_told(folder, content):
    (folder / "bundle.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    list_again(folder)

    with pytest.raises(BundleError, match=r"bundle: not a bundle that this version of tagger writes: "):
        Tagger.load(folder)


@pytest.mark.parametrize("key", ["format", "network", "ignore", "majority_tag", "layout", "provenance"])
def test_a_part_that_bundle_json_lacks_is_told(folder, key):
    change_json(folder, lambda description: description.pop(key))

    with pytest.raises(BundleError, match=rf"bundle: not a bundle that this version of tagger writes: .*{key}"):
        Tagger.load(folder)


@pytest.mark.parametrize("key", ["network", "layout"])
@pytest.mark.parametrize("value", [7, [1], "text"])
def test_a_part_of_bundle_json_that_is_no_such_part_is_told(folder, key, value):
    change_json(folder, lambda description: description.update({key: value}))

    with pytest.raises(BundleError, match=r"bundle: not a bundle that this version of tagger writes: "):
        Tagger.load(folder)


@pytest.mark.parametrize("key", ["scheme", "scheme_train", "decode"])
@pytest.mark.parametrize("value", ["bogus", ["bio"], {}, None, 1])
def test_a_scheme_or_a_way_to_decode_that_there_is_not_is_told(folder, key, value):
    change_json(folder, lambda description: description.update({key: value}))

    with pytest.raises(
        BundleError, match=r"not a bundle that .* writes: ValueError: no (scheme|way to decode) is called"
    ):
        Tagger.load(folder)


@pytest.mark.parametrize(
    "part", [{"cell": "foo"}, {"units": []}, {"units": [0]}, {"units": ["a"]}, {"units": [-3]}, {"units": [10**30]}]
)
def test_layers_that_cannot_be_are_told(folder, part):
    change_json(folder, lambda description: description["network"].update(part))

    with pytest.raises(BundleError, match=r"not a bundle that .* writes: ValueError: (no cell is called|layers of)"):
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
def test_a_network_that_cannot_be_is_told(folder, part):
    change_json(folder, lambda description: description["network"].update(part))

    with pytest.raises(BundleError, match=r"bundle: not a bundle that this version of tagger writes: "):
        Tagger.load(folder)


@pytest.mark.parametrize("change", [{"n_numbers": 2}, {"n_numbers": 0}])
def test_features_that_are_not_those_of_the_network_are_told_in_format_3(tmp_path, change):
    copy = shutil.copytree(OLDER / "3", tmp_path / "bundle")
    change_json(copy, lambda description: description["network"].update(change))

    with pytest.raises(BundleError, match="numbers and 1 columns in the network, others in its features"):
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
def test_inputs_that_no_network_has_are_told(folder, settings):
    change_json(folder, lambda description: description["network"].update(inputs=[settings]))
    (folder / "1.txt").write_text("")
    list_again(folder)

    with pytest.raises(BundleError, match=r"bundle: "):
        Tagger.load(folder)


def test_forms_without_tags_are_told(folder):
    (folder / "forms.txt").write_text("John\n")
    list_again(folder)

    with pytest.raises(BundleError, match=r"bundle: not a bundle that this version of tagger writes: "):
        Tagger.load(folder)


def test_a_graph_with_data_in_another_file_is_refused(folder):
    model = onnx.load(folder / "tagger.onnx")
    onnx.save(model, folder / "tagger.onnx", save_as_external_data=True, location="weights", size_threshold=0)
    list_again(folder)
    assert (folder / "weights").stat().st_size > 0

    for load in (Tagger.load, load_bundle):  # those who read weights run no graph
        with pytest.raises(BundleError, match=r"tagger\.onnx keeps data outside the bundle, which is refused"):
            load(folder)


def test_a_graph_that_is_none_is_told(folder):
    (folder / "tagger.onnx").write_bytes(b"no graph")
    list_again(folder)

    with pytest.raises(BundleError, match=r"tagger\.onnx cannot be loaded: "):
        Tagger.load(folder)


@pytest.mark.parametrize(
    "golden",
    [
        {"tokens": ["John"], "numbers": None, "columns": None, "tags": ["V"], "scores": [0.99]},
        {"tokens": ["John"], "numbers": None, "columns": None, "tags": ["S", "S"], "scores": [0.99, 0.99]},
        {"tokens": ["John"], "numbers": None, "columns": None, "tags": ["S"], "scores": [0.985]},
    ],
)
def test_golden_sentences_that_come_out_otherwise_are_told(folder, golden):
    (folder / "golden.jsonl").write_text(json.dumps(golden) + "\n")
    list_again(folder)

    with pytest.raises(BundleError, match=r"bundle: tags its golden sentence 'John' otherwise than when") as caught:
        Tagger.load(folder)

    assert caught.value.hint
    assert "onnxruntime" in caught.value.hint


def test_weights_that_were_changed_are_told_by_the_golden_sentences(folder):
    model = onnx.load(folder / "tagger.onnx")
    for tensor in model.graph.initializer:
        if tensor.name == "head/kernel":
            tensor.CopyFrom(onnx.numpy_helper.from_array(np.zeros((9, 3), np.float32), tensor.name))
    onnx.save(model, folder / "tagger.onnx")
    list_again(folder)

    with pytest.raises(BundleError, match=r"bundle: tags its golden sentence 'John loves Jane' otherwise than when"):
        Tagger.load(folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("golden.jsonl", "no JSON\n"),
        ("golden.jsonl", "[1]\n"),
        ("golden.jsonl", "{}\n"),
        (
            "golden.jsonl",
            '{"tokens": ["a", "b", "c"], "numbers": null, "columns": null, "tags": ["O", "O", "O"], "scores": [1, 1]}\n',  # noqa: E501
        ),
        ("golden.jsonl", '{"tokens": ["a"], "numbers": null, "columns": null, "tags": ["O"], "scores": ["high"]}\n'),
    ],
)
def test_golden_sentences_that_cannot_be_tagged_are_told_and_nothing_else_is_printed(folder, capfd, name, content):
    (folder / name).write_text(content)
    list_again(folder)

    with pytest.raises(BundleError, match=r"bundle: cannot tag its golden sentences: "):
        Tagger.load(folder)

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("tags.txt", "O\n", "3 tags in the network, 1 in tags.txt"),
        ("words.txt", "a\nb\nc\nd\njohn\nloves\n", "4 ids of words in the network, 8 in words.txt"),
        ("golden.jsonl", "\n", "golden.jsonl is empty"),
    ],
)
def test_files_that_do_not_go_together_are_told(folder, name, content, told):
    (folder / name).write_text(content)
    list_again(folder)

    with pytest.raises(BundleError, match=f"not a bundle that this version of tagger writes: ValueError: {told}"):
        Tagger.load(folder)


def test_a_graph_of_another_tagger_is_told(folder, tmp_path):
    shutil.copy(save_numbers_bundle(tmp_path / "numbers") / "tagger.onnx", folder)
    list_again(folder)

    with pytest.raises(BundleError, match=r"bundle: cannot tag its golden sentences: .*numbers"):
        Tagger.load(folder)


def test_golden_sentences_are_the_beginnings_of_a_few(folder):
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


def test_a_bundle_of_before_there_were_spellings_forbids_what_it_forbade(tmp_path):
    folder = save_spans_bundle(tmp_path / "bundle", decode="valid")
    change_json(folder, without_spelling)

    bundle = load_bundle(folder)[0]
    chain = allowed_chain(("E-x", "O"), "bio", bundle.decode)

    assert (bundle.spelling, bundle.decode) == (PLAIN, "strict")
    assert chain is not None
    assert np.isneginf(chain.transitions[:, 0]).all()
    assert Tagger.load(folder).tag(["Ada Byron"])[0].tags == ("B-per", "I-per")


@pytest.mark.parametrize(
    ("tags", "scheme", "letters"),
    [
        (("B-x", "I-x", "L-x", "O", "U-x"), "bioes", "BILU"),
        (("B-x", "E-x", "M-x", "O", "S-x"), "bioes", "BMES"),
        (("B-x", "E-x", "I-x", "O", "S-x"), "bioes", "BIES"),
        (("B-x", "E-x", "I-x", "M-x", "S-x"), "bioes", "BIES"),  # letters of both: they stay as they are
        (("B-x", "I-x", "L-x", "O", "U-x"), "none", "BIES"),
    ],
)
def test_the_letters_of_a_bundle_of_before_there_were_spellings_are_told_by_its_tags(tmp_path, tags, scheme, letters):
    bundle = replace(bundle_of(tags), scheme=scheme, scheme_train=scheme)
    save_without_graph(bundle, tmp_path / "bundle")
    change_json(tmp_path / "bundle", without_spelling)

    loaded = load_bundle(tmp_path / "bundle")[0]

    assert loaded.spelling == Spelling(letters)
    assert loaded.tags == tags


@pytest.mark.parametrize("letters", ["BIE", "BIEE", 4])
def test_letters_that_cannot_tell_spans_are_refused(folder, letters):
    change_json(folder, lambda description: description["spelling"].update(letters=letters))

    with pytest.raises(BundleError, match=r"not a bundle that this version of tagger writes: ValueError: letters"):
        load_bundle(folder)
