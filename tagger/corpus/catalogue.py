"""Public data sets: what they are, where they are published, and their checksums."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """One file of a data set.

    Args:
        name: in the folder of its data set, and in its archive.
        size: in bytes.
        sha256: of its bytes, in hexadecimal.
        url: where it is published; of a file in an archive, where that is.
        archive: the zip file that holds it, if it is not published by itself.
    """

    name: str
    size: int
    sha256: str
    url: str
    archive: "File | None" = None


@dataclass(frozen=True, slots=True)
class DataSet:
    """A data set that may be downloaded by anybody.

    Args:
        name: what commands and configs call it.
        about: what it is.
        licence: of the data.
        source: the page of its makers.
        files: by split, or by whatever tells its files apart.
    """

    name: str
    about: str
    licence: str
    source: str
    files: Mapping[str, File]


def _published(base: str, **files: tuple[str, int, str]) -> dict[str, File]:
    return {split: File(name, size, sha256, f"{base}/{name}") for split, (name, size, sha256) in files.items()}


_GLOVE = File(
    "glove.6B.zip",
    862_182_613,
    "617afb2fe6cbd085c235baf7a465b96f4112bd7f7ccb2b2cbd649fed9cbcf2fb",
    "https://nlp.stanford.edu/data/glove.6B.zip",
)


def _glove(dim: str, size: int, sha256: str) -> File:
    return File(f"glove.6B.{dim}.txt", size, sha256, _GLOVE.url, archive=_GLOVE)


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
    """The catalogue as text: of each data set its files' references, what it is, its licence and its source."""
    return "\n\n".join(
        f"{data_set.name}  {data_set.about}\n"
        f"  files    {', '.join(f'{data_set.name}:{split}' for split in data_set.files)}\n"
        f"  size     {megabytes(sum(file.size for file in downloads(data_set)))} to download\n"
        f"  licence  {data_set.licence}\n"
        f"  source   {data_set.source}"
        for data_set in CATALOGUE.values()
    )


def downloads(data_set: DataSet) -> tuple[File, ...]:
    """The files that are published by themselves: an archive instead of what it holds."""
    return tuple(dict.fromkeys(file.archive or file for file in data_set.files.values()))


def megabytes(n_bytes: int) -> str:
    """A number of bytes in words."""
    return f"{n_bytes / 1e6:,.1f} MB"
