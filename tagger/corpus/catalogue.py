"""Catalogue of public data sets: descriptions, licences, addresses and checksums."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tagger.corpus import snips

Make = Callable[[Sequence[Path], str, BinaryIO], None]  # writes the file with a name, from the paths of its parts


@dataclass(frozen=True, slots=True)
class File:
    """One file of a data set.

    Args:
        name: name in the folder of the data set, and in its archive.
        size: size in bytes; rounded for the JSON of SNIPS.
        sha256: SHA-256 in hexadecimal.
        url: address of the file, or of the folder of its parts.
        parts: published files that it is made from; empty if it is published itself.
        make: function that makes it from the parts; None if it is published itself.
    """

    name: str
    size: int
    sha256: str
    url: str
    parts: "tuple[File, ...]" = ()
    make: Make | None = None


@dataclass(frozen=True, slots=True)
class DataSet:
    """A freely available data set.

    Args:
        name: name in commands and configs.
        about: description for users.
        licence: licence of the data.
        source: web page of its authors.
        files: files by split, or by another distinguishing name.
    """

    name: str
    about: str
    licence: str
    source: str
    files: Mapping[str, File]


def _published(base: str, **files: tuple[str, int, str]) -> dict[str, File]:
    return {split: File(name, size, sha256, f"{base}/{name}") for split, (name, size, sha256) in files.items()}


# The checksum of the 200-dimensional vectors comes from a single source, all others from two; the archive has its own.
_GLOVE = File(
    "glove.6B.zip",
    862_182_613,
    "617afb2fe6cbd085c235baf7a465b96f4112bd7f7ccb2b2cbd649fed9cbcf2fb",
    "https://nlp.stanford.edu/data/glove.6B.zip",
)


def _glove(dim: str, size: int, sha256: str) -> File:
    return File(f"glove.6B.{dim}.txt", size, sha256, _GLOVE.url, (_GLOVE,), _unpack)


def _unpack(parts: Sequence[Path], name: str, out: BinaryIO) -> None:
    import shutil
    import zipfile

    with zipfile.ZipFile(parts[0]) as members, members.open(name) as member:
        shutil.copyfileobj(member, out, 1 << 18)


# The checksums of the JSON come from public code that pins this commit, most of them from a single repository. Sizes
# are not published and are rounded. The test files of BookRestaurant and RateBook, rebuilt from our files, have these
# checksums, and the files made from all parts must have the checksums of our files.
_SNIPS = "https://raw.githubusercontent.com/sonos/nlu-benchmark/b86ac7f1577868c42158d0dec77db50956046696/2017-06-custom-intent-engines"


def _snips(start: str, end: str, **files: tuple[int, str]) -> tuple[File, ...]:
    names = {intent: f"{start}_{intent}{end}.json" for intent in files}
    return tuple(
        File(names[intent], size, sha256, f"{_SNIPS}/{intent}/{names[intent]}")
        for intent, (size, sha256) in files.items()
    )


_SNIPS_TRAIN = _snips(
    "train",
    "_full",
    AddToPlaylist=(833_000, "fee1b4645352e70ed8a40f1f87c3b53fc3bf75f8ebc82252a22b82c107e75b01"),
    BookRestaurant=(977_000, "7677e82cd6e9a8191f0a4502568c786278c984900b4796d3628e46f1abf73ef4"),
    GetWeather=(742_000, "86f414b2ad8a993134d85d16e25e5d337beae47cef993c0af2a5f440405c60f6"),
    PlayMusic=(674_000, "901ddbe9781d1fdb8196e789c543f80df3d29ca6e237da64947905adcc0312e4"),
    RateBook=(1_044_000, "bb43e4b74134300d5766f6b420d0357a63402987a225f6dc92c806c9c040ce04"),
    SearchCreativeWork=(579_000, "87b3432de48c71c205aa5238b41d9e3f2d70bdfcd0bea2427544fb9e4bd5e5bb"),
    SearchScreeningEvent=(717_000, "5447e9440c02e2fb08c3ae16b9f58a4d1332b4bc77fd34691402b02aa4399765"),
)
_SNIPS_TEST = _snips(
    "validate",
    "",
    AddToPlaylist=(44_000, "14cc9ee49ae477b1452632a6e835498cf4c32da397b16967c82abb3e50403e83"),
    BookRestaurant=(49_000, "4f7258ccc768b777b2eb8916532db9aa50dbd058ddf1ffb0dc59218963e7442a"),
    GetWeather=(40_000, "60c095e193655d6ca92be220fed3926ca25e18cd70c85664145efe25d80993af"),
    PlayMusic=(33_000, "922212775e26259d5bffeaf79b6048d070ca017d229df00b2cc9800f71c75d20"),
    RateBook=(53_000, "c1f8b4114da0bb5e8afd78a8062766e18b2eabb0e717539598db01b09d04619b"),
    SearchCreativeWork=(31_000, "8a5e830eddb185d3e4a9d27ded140a145d04766bdce0e58834676ede32d13e77"),
    SearchScreeningEvent=(36_000, "81e1445713e03c7c3e615353c5f3fee05f369fe9834100b9b9735900a96b9498"),
)


_SETS = (
    DataSet(
        "ewt",
        "English Web Treebank of Universal Dependencies 2.16: parts of speech (17 UPOS, 49 XPOS), morphology, trees",
        "CC BY-SA 4.0",
        "https://github.com/UniversalDependencies/UD_English-EWT",
        _published(
            "https://raw.githubusercontent.com/UniversalDependencies/UD_English-EWT/15d613d8447b3478787d4c278730a1e48a945efb",
            train=(
                "en_ewt-ud-train.conllu",
                14_203_025,
                "3fb78e2b55482c8ee00caa653af436c88c9e5bc9a73ce26e4ae3ddc79d2b7e7b",
            ),
            dev=(
                "en_ewt-ud-dev.conllu",
                1_805_545,
                "531a54ff90d6ab12201c5a50c3e78e6ddac4de69abc4bce5d275d3cd29efe2b6",
            ),
            test=(
                "en_ewt-ud-test.conllu",
                1_804_515,
                "e266e515a0a7547657ed3d90d9ba46487d6bd251f27ad4269d4e8a427c8555cd",
            ),
        ),
    ),
    DataSet(
        "wnut17",
        "WNUT 2017 emerging entities: six types of rare names in noisy English text, in BIO",
        "CC BY 4.0",
        "https://github.com/leondz/emerging_entities_17",
        _published(
            "https://raw.githubusercontent.com/leondz/emerging_entities_17/e52a2d2a71ac1a051ca2d532eef28653c5c02603",
            train=("wnut17train.conll", 493_781, "731820e13f71af324c6b55a1575ec2ce59fbaa2a0806f8f0400b98d56cd6a7a5"),
            dev=("emerging.dev.conll", 114_749, "e053b752b8155113ca66e7db08af5f2f5f43ab993694e4774f1ec5bad42312d8"),
            test=(
                "emerging.test.annotated",
                192_425,
                "2aa79b764e56ec9264a1b30fdd9b70195bd00ff400b62edd8f399d5f13c178f0",
            ),
        ),
    ),
    DataSet(
        "snips",
        "SNIPS: 39 slots of seven kinds of spoken commands in English, in BIO; made from the published JSON",
        "CC0 1.0",
        "https://github.com/sonos/nlu-benchmark",
        {
            "train": File(
                "train.tsv",
                1_901_626,
                "2a9508e4dfd4480116d1d3ba4a8bcce2ae2194b75f522e565c9eb0fc091a676e",
                _SNIPS,
                _SNIPS_TRAIN,
                snips.write_train,
            ),
            "dev": File(
                "dev.tsv",
                101_016,
                "c811b707b600ae961aa583f9121b6b42c38ba35d2c5a184bab28dec4c0fd5f9e",
                _SNIPS,
                _SNIPS_TRAIN,
                snips.write_dev,
            ),
            "test": File(
                "test.tsv",
                102_358,
                "db2abf923c6e7edd43109ce872ed02479ebe9e5430e6f4efc1ae2850ed74268b",
                _SNIPS,
                _SNIPS_TEST,
                snips.write_test,
            ),
        },
    ),
    DataSet(
        "glove",
        "GloVe 6B: vectors of 400,000 lower-cased English words, from Wikipedia 2014 and Gigaword 5",
        "PDDL 1.0",
        "https://nlp.stanford.edu/projects/glove/",
        {
            "50d": _glove("50d", 171_350_079, "d8f717f8dd4b545cb7f418ef9f3d0c3e6e68a6f48b97d32f8b7aae40cb31f96f"),
            "100d": _glove("100d", 347_116_733, "95dde4dfd627ab26608d33e76d1195ec059734bd29089ea52cadb08d07c64544"),
            "200d": _glove("200d", 693_432_828, "18870b0a7516e4a72b44d3c226c242d2d846008967d8ce40b94c723a94d1a32b"),
            "300d": _glove("300d", 1_037_962_819, "91125602f730fea7ca768736c6f442e668b49db095682bf2aad375db061c21ed"),
        },
    ),
)
CATALOGUE = {data_set.name: data_set for data_set in _SETS}


def format_catalogue() -> str:
    """Format the catalogue as text: for each data set its description, references, size, licence and source."""
    return "\n\n".join(
        f"{data_set.name}  {data_set.about}\n"
        f"  files    {', '.join(f'{data_set.name}:{split}' for split in data_set.files)}\n"
        f"  size     {megabytes(sum(file.size for file in downloads(data_set)))} to download\n"
        f"  licence  {data_set.licence}\n"
        f"  source   {data_set.source}"
        for data_set in CATALOGUE.values()
    )


def downloads(data_set: DataSet) -> tuple[File, ...]:
    """Files to download: an archive instead of its members."""
    return tuple(dict.fromkeys(part for file in data_set.files.values() for part in file.parts or (file,)))


def megabytes(n_bytes: int) -> str:
    """Format a number of bytes in MB."""
    return f"{n_bytes / 1e6:,.1f} MB"
