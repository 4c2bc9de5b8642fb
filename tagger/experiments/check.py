"""A config or files of data → what is wrong with them."""

import codecs
import itertools
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tagger.config import Config, load_config
from tagger.corpus.checks import N_PLACES, Finding, Place, errors_first, find
from tagger.corpus.chunks import near, read_chunks
from tagger.corpus.conllu import is_key
from tagger.corpus.download import resolve
from tagger.corpus.layout import Layout
from tagger.corpus.read import read_sentences, resolve_format
from tagger.corpus.schemes import detect_scheme
from tagger.corpus.sentence import Sentence
from tagger.errors import ConfigError, DataError, TaggerError

CONFIG_SIZE = 1 << 20  # bytes, above which a file whose name does not say so is no config
LINE_END = re.compile(rb"\r\n|\n|\r")
ROLES = {  # in a file's name; testa and testb are dev and test of CoNLL-2002 and 2003
    "train": re.compile(r"(?<![a-z])train(ing)?(?![a-z])"),
    "dev": re.compile(r"(?<![a-z])(dev|devel|development|valid|validation|testa)(?![a-z])"),
    "test": re.compile(r"(?<![a-z])(test|testb)(?![a-z])"),
}


@dataclass(frozen=True, slots=True)
class Split:
    """What a split is like.

    Args:
        name: train, dev, test, or the file's.
        path: of the file.
        format: that it was read as.
        sentences: how many.
        tokens: how many.
        words: how many different tokens, as they are written.
        tags: how often each occurs, the most frequent first.
        median: tokens of a sentence.
        percentile_99: tokens, which 99 % of the sentences do not exceed.
        longest: tokens of the longest sentence.
        longest_line: where that is.
        unseen_words: words that train lacks; None of train itself, and where there is none.
        unseen_tokens: tokens that are such words.
        unseen_tags: how often each tag that train lacks occurs.
    """

    name: str
    path: str
    format: str
    sentences: int
    tokens: int
    words: int
    tags: dict[str, int]
    median: int
    percentile_99: int
    longest: int
    longest_line: int
    unseen_words: int | None
    unseen_tokens: int | None
    unseen_tags: dict[str, int] | None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check gives.

    Args:
        splits: that could be read.
        notes: what else is to be known of them, in sentences.
        findings: errors first.
    """

    splits: tuple[Split, ...]
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def n_errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.level == "error" for finding in self.findings)

    @property
    def has_errors(self) -> bool:
        """Whether something makes the data or a config useless as it is."""
        return self.n_errors > 0


def check(paths: Sequence[Path]) -> Checked:
    """Looks for what is wrong with configs and the data that they name, or with files of data.

    Args:
        paths: each config stands for its own files; all other files are the splits of one data set, which are told by
            their names (train, dev or valid, test), else the first is train.
    """
    configs = [path for path in paths if _is_config(path)]
    parts = [_check_config(path) for path in configs]
    if files := [path for path in paths if path not in configs]:
        parts.append(_check_files(files))
    return Checked(
        splits=tuple(split for part in parts for split in part.splits),
        notes=tuple(note for part in parts for note in part.notes),
        findings=tuple(errors_first(finding for part in parts for finding in part.findings)),
    )


def layout_of(config: Config) -> Layout:
    """Where a config says that tokens, tags and numbers stand."""
    data = config.data
    return Layout(
        format=data.format,
        token=data.token,
        tag=data.tag,
        numeric=tuple(config.features.numeric),
        sentence=data.sentence,
        per_row=data.per_row,
        comments=data.comments,
        encoding=data.encoding,
        map=tuple(data.map.items()),
    )


def _is_config(path: Path) -> bool:
    if path.suffix.lower() == ".toml":
        return True
    try:
        if not path.is_file() or path.stat().st_size > CONFIG_SIZE:
            return False
        return isinstance(tomllib.loads(path.read_text(encoding="utf-8-sig")).get("data"), dict)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        return False


def _check_config(path: Path) -> Checked:
    try:
        config = load_config(path)
    except ConfigError as error:
        return Checked((), (), (_config_finding(path, error),))
    data = config.data
    named = {"train": data.train, "dev": data.dev, "test": data.test}
    files = {split: file for split, file in named.items() if isinstance(file, str)}
    checked = _check_splits(files, layout_of(config), config)
    if isinstance(data.dev, float):
        note = f"dev is no file: training draws {data.dev:g} of the sentences of train"
        return Checked(checked.splits, (*checked.notes, note), checked.findings)
    return checked


def _check_files(paths: Sequence[Path]) -> Checked:
    return _check_splits(_roles(paths), Layout(), None)


def _roles(paths: Sequence[Path]) -> dict[str, str]:
    """A name for each file: the split that it is, train for the first that does not tell, else its own."""
    roles: dict[str, str] = {}
    rest = []
    for path in paths:
        role = next((role for role, pattern in ROLES.items() if pattern.search(path.name.lower())), None)
        if role is None or role in roles:
            rest.append(path)
        else:
            roles[role] = str(path)
    for path in rest:
        candidates = ("train", path.name, str(path), *(f"{path} ({n})" for n in range(2, len(paths) + 1)))
        roles[next(name for name in candidates if name not in roles)] = str(path)
    return {name: roles[name] for name in (*(role for role in ROLES if role in roles), *roles)}


def _check_splits(files: Mapping[str, str], layout: Layout, config: Config | None) -> Checked:
    findings: list[Finding] = []
    splits: dict[str, list[Sentence]] = {}
    layouts: dict[str, Layout] = {}
    names: dict[Path, str] = {}  # of files that were seen
    told: set[str] = set()
    for split, file in files.items():
        path = Path(near(file)) if Path(file).is_absolute() else Path(file)
        try:
            path = resolve(file) or path
            if path.exists() and (first := names.setdefault(path.resolve(), split)) != split:
                findings.append(_same_file(split, first, path))
                continue
            sentences, found = _read(path, layout)
            findings += _bytes(split, path, found.encoding)
        except TaggerError as error:
            if error.message not in told:
                findings.append(_unreadable(split, path, error, config))
            told.add(error.message)
            continue
        splits[split], layouts[split] = sentences, found
        if config:
            layout = found  # training reads dev and test in the format of train
    tag_sequences = (sentence.tags or () for sentence in next(iter(splits.values()), ()))
    scheme = config.data.scheme if config else "auto"
    notes = []
    if scheme == "auto":
        detected = detect_scheme(tag_sequences)
        scheme = detected.scheme
        notes = [f"scheme of the tags: {detected.evidence}"] if splits else []
    findings += find(
        splits,
        scheme=scheme,
        ignore=config.data.ignore if config else (),
        max_steps=config.training.max_steps if config else 5000,
        may_lack_tags=layout.tag is not None
        and is_key(layout.tag)
        and any(found.format == "conllu" for found in layouts.values()),
    )
    train = splits.get("train")
    summaries = tuple(
        _summarize(split, sentences, layouts[split].format, train if split != "train" else None)
        for split, sentences in splits.items()
    )
    return Checked(summaries, tuple(notes), tuple(errors_first(findings)))


def _read(path: Path, layout: Layout) -> tuple[list[Sentence], Layout]:
    """All sentences, which know their tokens' lines, and the layout, its format decided."""
    if path.is_file() or not path.exists():  # a pipe can be read only once
        layout = resolve_format(path, layout)
    sentences = list(read_sentences(path, layout, keep_rows=True))
    if not sentences:
        raise DataError(f"{path}: no sentence found", "is it empty, or all comments?")
    return sentences, layout


def _summarize(name: str, sentences: Sequence[Sentence], read_as: str, train: Sequence[Sentence] | None) -> Split:
    words = Counter(itertools.chain.from_iterable(sentence.tokens for sentence in sentences))
    tags = Counter(itertools.chain.from_iterable(sentence.tags or () for sentence in sentences))
    lengths = sorted(map(len, sentences))
    longest = max(sentences, key=len)
    unseen_words = unseen_tags = None
    if train is not None:
        unseen_words = words.keys() - {token for sentence in train for token in sentence.tokens}
        known = {tag for sentence in train for tag in sentence.tags or ()}
        unseen_tags = {tag: n for tag, n in tags.most_common() if tag not in known}
    return Split(
        name=name,
        path=longest.path,
        format=read_as,
        sentences=len(sentences),
        tokens=words.total(),
        words=len(words),
        tags=dict(tags.most_common()),
        median=lengths[(len(lengths) - 1) // 2],
        percentile_99=lengths[-(-len(lengths) * 99 // 100) - 1],
        longest=len(longest),
        longest_line=longest.line,
        unseen_words=None if unseen_words is None else len(unseen_words),
        unseen_tokens=None if unseen_words is None else sum(words[word] for word in unseen_words),
        unseen_tags=unseen_tags,
    )


def _same_file(split: str, first: str, path: Path) -> Finding:
    what = f"{split}: is the same file as {first}"
    advice = "It is looked at once. A score on what was trained on shows memory: give each split a file of its own."
    return Finding("same-file", "warning", split, 1, what, advice, (Place(str(path)),))


def _unreadable(split: str, path: Path, error: TaggerError, config: Config | None) -> Finding:
    place, what = _placed(path, error.message)
    key = "unreadable" if isinstance(error, DataError) else "config"
    advice = _sentence(error.hint)
    if config and not advice and not path.exists():
        advice = f"data.{split} in the config names it; paths there are relative to the config."
    return Finding(key, "error", split, 1, f"{split}: {what}", advice, (place,))


def _placed(path: Path, message: str) -> tuple[Place, str]:
    """The place that a message begins with, and the rest of it."""
    found = re.fullmatch(rf"{re.escape(str(path))}(?::(\d+))?: (.*)", message, flags=re.DOTALL)
    if found is None:
        return Place(str(path)), message
    return Place(str(path), int(found[1]) if found[1] else None), found[2]


def _sentence(hint: str | None) -> str:
    return "" if not hint else f"{hint[0].upper()}{hint[1:]}"


def _config_finding(path: Path, error: ConfigError) -> Finding:
    """A wrong config, each of its problems at its line."""
    _, what = _placed(path, error.message)
    what, *problems = what.split("\n")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        text = ""
    if problems:
        keys = [problem.strip().partition(":")[0] for problem in problems]
        places = [
            Place(str(path), _line_of(key, text), problem.strip()) for key, problem in zip(keys, problems, strict=True)
        ]
    else:
        line = re.search(r"\bline (\d+)", what)
        places = [Place(str(path), int(line[1]) if line else None)]
    places.sort(key=lambda place: place.line or 0)
    return Finding("config", "error", None, len(places), f"config: {what}", _sentence(error.hint), tuple(places))


def _line_of(key: str, text: str) -> int | None:
    """Where a config sets a dotted key, or else the table that it belongs to."""
    key, table = key.partition("[")[0], ""
    for number, line in enumerate(text.split("\n"), 1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line):
            table = header[1]
            name = table
        elif setting := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            name = f"{table}.{setting[1]}" if table else setting[1]
        else:
            continue
        if re.sub(r"[\"'\s]", "", name) == key:
            return number
    parent = key.rpartition(".")[0]
    return _line_of(parent, text) if parent else None


def _bytes(split: str, path: Path, encoding: str) -> Iterator[Finding]:
    """What is odd about a file's bytes; encodings whose line ends are not those of ASCII are not looked at."""
    if not path.is_file() or "\r\n".encode(encoding) != b"\r\n":
        return
    ends: Counter[bytes] = Counter()
    is_first = True
    for chunk in _whole_ends(path):
        if is_first and chunk.startswith(codecs.BOM_UTF8):
            yield Finding(
                "bom", "warning", split, 1, f"{split}: the file begins with a byte order mark",
                "It is no part of the first token here; other programs may take it for one.", (Place(str(path), 1),),
            )  # fmt: skip
        is_first = False
        n_crlf = chunk.count(b"\r\n")
        ends.update({b"\r\n": n_crlf, b"\n": chunk.count(b"\n") - n_crlf, b"\r": chunk.count(b"\r") - n_crlf})
    (usual, _), *others = ends.most_common() or [(b"\n", 0)]
    if n_odd := sum(n for _, n in others):
        names = {b"\r\n": "CRLF", b"\n": "LF", b"\r": "a lone CR"}
        places = itertools.islice(_odd_ends(path, usual), N_PLACES)
        told = ", ".join(f"{n:,} by {names[end]}" for end, n in ends.most_common() if n)
        yield Finding(
            "line-ends", "warning", split, n_odd, f"{split}: lines end in different ways: {told}",
            "Each ends a line here. Was the file put together from several, or is a CR part of a token?",
            tuple(Place(str(path), line, f"ends with {names[end]}") for line, end in places),
        )  # fmt: skip


def _whole_ends(path: Path) -> Iterator[bytes]:
    """The file piece by piece, none of which parts a CR from its LF."""
    held = b""
    for chunk in read_chunks(path):
        chunk, held = held + chunk, b""
        if chunk.endswith(b"\r"):
            chunk, held = chunk[:-1], b"\r"
        yield chunk
    yield held


def _odd_ends(path: Path, usual: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that end otherwise than most."""
    ends = (found[0] for chunk in _whole_ends(path) for found in LINE_END.finditer(chunk))
    return ((line, end) for line, end in enumerate(ends, 1) if end != usual)
