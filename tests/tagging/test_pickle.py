"""A tagger that is pickled, copied or sent to another process tags there as here."""

import copy
import multiprocessing
import os
import pickle
import shutil
from concurrent.futures import ProcessPoolExecutor

import pytest

from tagger.errors import BundleError
from tagger.tagging.bundle import load_bundle
from tagger.tagging.tagger import Tagger
from tests.bundles import save_heads_bundle, save_words_bundle

TEXTS = ["John loves Jane", "NASA sleeps"]


@pytest.fixture(scope="module")
def tagger(tmp_path_factory) -> Tagger:
    return Tagger.load(save_words_bundle(tmp_path_factory.mktemp("model") / "bundle"), threads=1)


def tags(tagger: Tagger, text: str = "John loves Jane") -> tuple[str, ...]:
    return tagger.tag([text])[0].tags


def test_a_pickled_tagger_needs_no_folder_also_if_it_is_pickled_again(tmp_path):
    tagger = Tagger.load(save_heads_bundle(tmp_path / "bundle"))
    expected = tagger.tag(TEXTS)
    pickled = pickle.dumps(tagger)
    shutil.rmtree(tmp_path / "bundle")

    again = pickle.loads(pickle.dumps(pickle.loads(pickled)))

    assert again.tag(TEXTS) == expected
    assert again.bundle == tagger.bundle


def test_copies_tag_as_the_original(tagger):
    for change in (copy.copy, copy.deepcopy):
        assert tags(change(tagger)) == ("S", "V", "O")


@pytest.mark.parametrize("method", sorted({"spawn", "fork"} & {*multiprocessing.get_all_start_methods()}))
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_tagger_is_sent_to_the_processes_of_a_pool(method, tagger):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(method)) as pool:
        futures = [pool.submit(tags, tagger, text) for text in TEXTS]

        assert [future.result(timeout=60) for future in futures] == [("S", "V", "O"), ("S", "O")]
        assert pool.submit(os.getpid).result() != os.getpid()


def test_unpickling_refuses_files_that_loading_refuses(tagger):
    load, (folder, files, threads) = tagger.__reduce__()
    assert isinstance(folder, str)  # a Path of one system cannot be unpickled on another

    with pytest.raises(BundleError, match=r"tags\.txt: differs from its checksum"):
        load(folder, {**files, "tags.txt": b"O\nS\nX\n"}, threads)
    with pytest.raises(BundleError, match=r"tags\.txt: is missing"):
        load(folder, {name: content for name, content in files.items() if name != "tags.txt"}, threads)


def test_a_tagger_whose_folder_changed_or_was_removed_is_not_pickled(tmp_path):
    tagger = Tagger.load(save_words_bundle(tmp_path / "bundle"))
    kept = Tagger.load(tmp_path / "bundle").in_memory()

    shutil.rmtree(tmp_path / "bundle")
    save_words_bundle(tmp_path / "bundle", trained_on=[("John",)])
    with pytest.raises(BundleError, match="has changed since this tagger was loaded"):
        pickle.dumps(tagger)
    shutil.rmtree(tmp_path / "bundle")
    with pytest.raises(BundleError, match="cannot be read"):
        pickle.dumps(tagger)
    assert tags(pickle.loads(pickle.dumps(kept))) == ("S", "V", "O")


def test_only_a_loaded_tagger_is_pickled(tmp_path):
    bundle, graphs, _ = load_bundle(save_words_bundle(tmp_path / "bundle"))

    with pytest.raises(ValueError, match=r"only a tagger that Tagger\.load returned"):
        pickle.dumps(Tagger(bundle, graphs))
