"""Tag files on a Ray cluster, in shards whose results come back in order."""

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
from tagger.tagging.bundle import find_bundle, needed_files
from tagger.tagging.output import formatter
from tagger.tagging.tagger import Tagger
from tagger.tagging.windows import WINDOW

SHARDS_PER_PROCESS = 2  # a process tags one while the next is sent
MAX_RETRIES = 3  # retries of a shard whose node or process was lost

_loaded: dict[str, Tagger] = {}  # at most one tagger per process; keys: threads and checksums


@dataclass(frozen=True, slots=True)
class TaggingOptions:
    """Options of tagging and output.

    Args:
        output_format: format of the text.
        confidence: whether to write confidences.
        best: highest number of best tag sequences per sentence; 0: only the tags.
        threads: threads, and CPUs that Ray reserves, for each shard.
    """

    output_format: OutputFormat
    confidence: bool
    best: int
    threads: int


def tagged_text(model: Path, sentences: Iterable[Sentence], options: TaggingOptions) -> Iterator[str]:
    """Tag sentences on the cluster; yield the same text as tagging on this machine, in pieces and in order.

    The model's files are sent to the nodes. Sentences are read as fast as they are tagged.

    Raises:
        TaggerError: the model, the sentences or the cluster cannot be used.
    """
    import ray

    files = needed_files(find_bundle(model))
    checksums, content = files["SHA256SUMS"].decode(), ray.put(files)
    tag = ray.remote(tag_shard).options(num_cpus=options.threads, max_retries=MAX_RETRIES)
    n_in_flight = SHARDS_PER_PROCESS * n_that_fit(options.threads, 0)
    remaining, texts = iter(sentences), deque[Any]()
    while shard := list(islice(remaining, WINDOW)):
        if len(texts) == n_in_flight:
            yield _text(texts.popleft())
        texts.append(tag.remote(shard, checksums, [content], options))
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
        raise ClusterError(
            f"a shard was lost {MAX_RETRIES + 1} times: {reason}", "`ray status` lists the nodes"
        ) from error


def tag_shard(sentences: list[Sentence], checksums: str, content: list[Any], options: TaggingOptions) -> str:
    """Tag sentences as one window, in a process of the cluster, which copies the model's files once."""
    import ray

    key = f"{options.threads} {checksums}"
    if key not in _loaded:
        with tempfile.TemporaryDirectory() as model_dir:
            for name, file in ray.get(content[0]).items():
                Path(model_dir, name).write_bytes(file)
            _loaded.clear()  # a process of the cluster may outlive many models
            _loaded[key] = Tagger.load(model_dir, threads=options.threads)
    tagger = _loaded[key]
    bundle = tagger.bundle
    to_lines = formatter(
        options.output_format, confidence=options.confidence, layout=bundle.layout, targets=bundle.targets
    )
    return "".join(map(to_lines, tagger.tag_window(sentences, best=options.best, confidence=options.confidence)))
