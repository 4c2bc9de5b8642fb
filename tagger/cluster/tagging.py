"""Files tagged on a Ray cluster: in shards, whose text comes back in their order, each once."""

import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from tagger.cluster.nodes import ClusterError, n_that_fit
from tagger.corpus.sentence import Sentence
from tagger.errors import TaggerError
from tagger.format_names import OutputFormat
from tagger.tagging.bundle import find_bundle
from tagger.tagging.output import formatter
from tagger.tagging.tagger import Tagger
from tagger.tagging.windows import WINDOW

AHEAD = 2  # shards for each process of the cluster, of which it tags one while the next is on its way
RETRIES = 3  # of a shard whose node or process is lost

_loaded: dict[str, Tagger] = {}  # of a process of the cluster, by the model's checksums


@dataclass(frozen=True, slots=True)
class How:
    """How sentences are tagged and told, and the threads of each shard: as many CPUs are declared."""

    output_format: OutputFormat
    confidence: bool
    best: int
    threads: int


def tagged_text(model: Path, sentences: Iterable[Sentence], how: How) -> Iterator[str]:
    """The text of tagged sentences, in pieces and in their order: what tagging them on this machine would give.

    The model's files go to the nodes; sentences are read as fast as they are tagged.

    Raises:
        TaggerError: the model, the sentences or the cluster cannot be used.
    """
    import ray

    folder = find_bundle(model)
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    checksums, content = files["SHA256SUMS"].decode(), ray.put(files)
    tag = ray.remote(tag_shard).options(num_cpus=how.threads, max_retries=RETRIES)
    n_ahead = AHEAD * n_that_fit(how.threads, 0)
    rest, texts = iter(sentences), deque[Any]()
    while shard := list(islice(rest, WINDOW)):
        if len(texts) == n_ahead:
            yield _text(texts.popleft())
        texts.append(tag.remote(shard, checksums, [content], how))
    while texts:
        yield _text(texts.popleft())


def _text(shard: Any) -> str:
    import ray

    try:
        return str(ray.get(shard))
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, TaggerError):
            raise error.cause from None
        raise
    except ray.exceptions.RayError as error:
        reason = str(error).partition("\n")[0]
        raise ClusterError(f"a shard was lost {RETRIES + 1} times: {reason}", "`ray status` tells of nodes") from error


def tag_shard(sentences: list[Sentence], checksums: str, content: list[Any], how: How) -> str:
    """The text of some sentences, tagged as one window on a node, whose process fetches the model's files once."""
    import ray

    key = f"{how.threads} {checksums}"
    if key not in _loaded:
        with tempfile.TemporaryDirectory() as model_dir:
            for name, file in ray.get(content[0]).items():
                Path(model_dir, name).write_bytes(file)
            _loaded.clear()  # a process of the cluster may outlive many models
            _loaded[key] = Tagger.load(model_dir, threads=how.threads)
    tagger = _loaded[key]
    to_lines = formatter(how.output_format, confidence=how.confidence, layout=tagger.bundle.layout)
    return "".join(map(to_lines, tagger.tag_window(sentences, best=how.best, confidence=how.confidence)))
