"""The encoding of files, recognised by their bytes."""

import re
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from tagger.corpus.chunks import read_chunks
from tagger.errors import DataError
from tagger.format_names import MARKS

N_CHUNKS = 16  # first chunks of a file, 4 MiB, by which its encoding is recognised
HIGH = re.compile(r"[^\x00-\x7f]+")
LETTER, SIGN = "[À-ÖØ-öø-ÿŒœŠšŽžŸ]", "[’‘“”–—…«»°€£§¡¿·ªº´\xa0]"  # non-ASCII characters of Western languages
OTHERS = {  # encodings that are suggested but not guessed, with the letters of their script
    "gb18030": r"[\u4e00-\u9fff]",
    "big5": r"[\u4e00-\u9fff]",
    "shift_jis": r"[\u3040-\u30ff\u4e00-\u9fff]",
    "euc_jp": r"[\u3040-\u30ff\u4e00-\u9fff]",
    "euc_kr": r"[\uac00-\ud7a3]",
    "cp1251": r"[\u0400-\u045f]",
    "koi8_r": r"[\u0400-\u045f]",
    "cp1253": r"[\u0370-\u03ff]",
    "cp1255": r"[\u0590-\u05ff]",
    "cp1256": r"[\u0600-\u06ff]",
    "cp874": r"[\u0e00-\u0e7f]",
    "cp1254": r"[ÇĞİÖŞÜçğıöşü]",
    "iso8859_2": r"[\u0100-\u017f]",
    "cp1250": r"[\u0100-\u017f]",
}
N_EXAMPLES = 4  # words in a message
NAME_TAGGED_FILES = "name files of tokens and tags"


def guess_encoding(paths: list[Path]) -> tuple[str, str]:
    """The common encoding of all files, and the evidence for it in words.

    Raises:
        DataError: a file is not text, its encoding is not recognised, or files have different encodings.
    """
    by_path = {path: _encoding_of(read_head(path), str(path)) for path in paths}
    encodings = set(by_path.values()) - {("ascii", "")}
    if not encodings:
        return "utf-8", ""
    names = {name for name, _ in encodings}
    if names == {"latin-1", "cp1252"}:
        return "cp1252", "not UTF-8: one byte per letter"
    if len(names) > 1 or (names & {"utf-16", "utf-32", "utf-16-le", "utf-16-be"} and ("ascii", "") in by_path.values()):
        each = ", ".join(f"{path} in {name}" for path, (name, _) in by_path.items())
        raise DataError(
            f"files are in different encodings: {each}",
            "convert them to the same one: iconv -f latin1 -t utf-8 OLD >NEW",
        )
    return min(encodings)[0], "; ".join(sorted({why for _, why in encodings if why}))


def encoding_or_default(head: bytes, default: str, path: str) -> str:
    """Choose the encoding of a file: UTF-8 if the file is UTF-8, else the default.

    A byte order mark overrides the default, and a default of UTF-8 means that the encoding is detected. A file in ASCII
    gets the default.

    Args:
        head: first bytes of the file.
        default: encoding of related files, such as the training data.
        path: path of the file, for messages.

    Raises:
        DataError: the file is not text, or its encoding is not recognised.
    """
    if head.isascii() and b"\0" not in head:
        return default
    if default == "utf-8" or _is_utf_8(head) or head.startswith(tuple(MARKS)):
        return _encoding_of(head, path)[0]
    return "cp1252" if default == "latin-1" and re.search(rb"[\x80-\x9f]", head) else default


def detect_encoding(head: bytes, path: str) -> tuple[str, str]:
    """The encoding of a file by its first bytes, and the evidence for it in words; see `guess_encoding`."""
    name, why = _encoding_of(head, path)
    return "utf-8" if name == "ascii" else name, why


def read_head(source: Path | BinaryIO) -> bytes:
    """The first 4 MiB of a file, unpacked.

    Raises:
        DataError: the file cannot be read, or is broken gzip.
    """
    return b"".join(islice(read_chunks(source), N_CHUNKS))


def _is_utf_8(head: bytes) -> bool:
    """Whether bytes are UTF-8; a character at the end may be cut off."""
    try:
        head.decode(errors="surrogatepass")  # surrogates: the reader reports their line
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.start > len(head) - 4
    return True


def _encoding_of(content: bytes, path: str) -> tuple[str, str]:
    """An encoding and the evidence for it; for damaged text, the encoding whose reader reports the damage.

    Raises:
        DataError: the file is not text, or its encoding is not recognised.
    """
    mark = next((mark for mark in MARKS if content.startswith(mark)), None)
    if mark:
        return MARKS[mark], "the file begins with its byte order mark"
    if content.count(0) > 0.1 * len(content):
        for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
            if content[offset::2].count(0) > 0.5 * len(content) / 2 and not content[1 - offset :: 2].count(0):
                return name, "every other byte is 0"
        raise DataError(f"{path}: not text: it has zero bytes, as binary files do", NAME_TAGGED_FILES)
    content = content.replace(b"\0", b"")  # the reader reports a few in a text
    if content.isascii():
        if _controls(content.decode("ascii")) > 0.05:
            raise _too_many_controls(path)
        return "ascii", ""
    text = content.decode("utf-8", errors="replace")
    n_bad = text.count("\ufffd")
    if _is_utf_8(content) or n_bad <= 0.1 * len(re.findall(r"[^\x00-\x7f]", text)):  # damaged UTF-8 is still UTF-8
        return "utf-8", "it begins with a byte order mark, which is ignored" if text.startswith("\ufeff") else ""
    if _controls(content.decode("latin-1")) > 0.05:
        raise _too_many_controls(path)
    return _western(path, content)


def _western(path: str, content: bytes) -> tuple[str, str]:
    """The Western encoding of bytes that are not UTF-8.

    In the languages of Western Europe, letters with accents occur singly or in pairs among ASCII letters. Text in
    other scripts, read as Western, has long runs of them, or signs among them.

    Raises:
        DataError: the text is not Western; shows it in other encodings.
    """
    text = content.decode("cp1252", errors="replace")
    high = "".join(HIGH.findall(text))
    runs = re.findall(rf"(?<![A-Za-z])({LETTER}+)(?![A-Za-z])|({LETTER}+)", text)
    n_short = sum(len(whole or within) <= 2 for whole, within in runs)
    n_words = sum(len(whole) > 1 for whole, _ in runs)  # not à, which is Western
    n_usual = len(re.findall(rf"{LETTER}|{SIGN}", high)) - len(
        re.findall(r"(?<=[A-Za-z])[“”…«»°€£§¡¿ªº](?=[a-z])", text)
    )
    is_turkish = re.search("[þðý]", text) and not re.search("[áéíóúæ]", text)  # Icelandic has [þðý] too
    if min(n_short / max(1, len(runs)), n_usual / len(high)) < 0.9 or 2 * n_words > len(runs) or is_turkish:
        raise _unknown(path, content)
    words = dict.fromkeys(re.findall(r"\S*[^\x00-\x7f]\S*", text))
    evidence = f"not UTF-8: one byte per letter, for example {', '.join(list(words)[:N_EXAMPLES])}"
    if re.search(rb"[\x80-\x9f]", content) and "\ufffd" not in text:
        return "cp1252", evidence
    return "latin-1", evidence


def _unknown(path: str, content: bytes) -> DataError:
    """The error for an unrecognised encoding, listing candidates."""
    candidates = []
    for name, letters in OTHERS.items():
        try:
            text = content.decode(name, errors="strict")
        except UnicodeDecodeError as error:
            if error.start < len(content) - 4:
                continue
            text = content[: error.start].decode(name)
        words = re.findall(r"\w*[^\x00-\x7f\W]\w*", text)
        n_odd = sum(not (word.islower() or word.isupper() or word[1:].lower() == word[1:]) for word in words)
        fit = len(re.findall(letters, text)) / max(1, sum(map(len, HIGH.findall(text))))
        candidates.append((fit - n_odd / max(1, len(words)), name, " ".join(list(dict.fromkeys(words))[:N_EXAMPLES])))
    likely = sorted((each for each in candidates if each[0] > 0.5), reverse=True) or sorted(candidates, reverse=True)
    readings = "\n".join(f"  {name}: {words}" for _, name, words in likely[:8])
    return DataError(
        f"{path}: the encoding is not recognised: it is neither UTF-8 nor Western; in other encodings the text is\n"
        f"{readings}",
        f"choose the one with the right words: --encoding {likely[0][1] if len(likely) == 1 else 'NAME'}",
    )


def _too_many_controls(path: str) -> DataError:
    return DataError(f"{path}: not text: it is full of control characters", NAME_TAGGED_FILES)


def _controls(text: str) -> float:
    """Fraction of control characters."""
    return len(re.findall(r"[\x00-\x08\x0e-\x1f\x7f]", text)) / max(1, len(text))
