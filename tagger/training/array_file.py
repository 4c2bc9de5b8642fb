"""Arrays in a file of `np.savez`, read without trust: its directory is checked before anything is unpacked."""

import io
import math
import re
import zipfile
from typing import BinaryIO

import numpy as np

from tagger.border.schema import shown
from tagger.encoding.arrays import Array

KINDS = "biufU"  # of values: no objects, which could be any code
SUFFIX = ".npy"
MAX_HEADER = 10_000  # characters; the header has a type and a shape


def read_archive(file: BinaryIO, names: re.Pattern[str]) -> dict[str, Array]:
    """Read all arrays of an archive.

    The arrays together are no larger than the file, since none is compressed and none is there twice.

    Args:
        file: the open file.
        names: pattern of the names that arrays may have.

    Raises:
        ValueError: it is not such an archive, or is cut off; names the array.
    """
    size = file.seek(0, io.SEEK_END)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_directory(members, names, size)
            return {_name(member): _array(archive.read(member), _name(member)) for member in members}
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:  # RuntimeError: a password
        raise ValueError(f"not an archive of arrays: {error}") from None


def _check_directory(members: list[zipfile.ZipInfo], names: re.Pattern[str], size: int) -> None:
    if sum(member.file_size for member in members) > size:
        raise ValueError("not an archive of arrays: they would be larger than the file")
    for i, name in enumerate(stored := [_name(member) for member in members]):
        if not names.fullmatch(name) or members[i].filename != name + SUFFIX:
            raise ValueError(f"no array is named {shown(members[i].filename)}")
        if members[i].compress_type != zipfile.ZIP_STORED or members[i].compress_size != members[i].file_size:
            raise ValueError(f"{name}: is compressed")
    if len({*stored}) < len(stored):
        raise ValueError("an array is there twice")


def _name(member: zipfile.ZipInfo) -> str:
    return member.filename.removesuffix(SUFFIX)


def _array(content: bytes, name: str) -> Array:
    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        read_header = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[
            version
        ]
        shape, is_fortran, dtype = read_header(stream, max_header_size=MAX_HEADER)
    except (KeyError, RecursionError, TypeError, ValueError):
        raise ValueError(f"{name}: has no header of an array") from None
    n_values, n_bytes = math.prod(shape), len(content) - stream.tell()
    if dtype.kind not in KINDS or any(length < 0 for length in shape) or n_values * dtype.itemsize != n_bytes:
        raise ValueError(f"{name}: {n_bytes:,} bytes are not an array of type {dtype} and shape {shape}")
    values = np.frombuffer(content, dtype, offset=stream.tell())
    return values.reshape(shape, order="F" if is_fortran else "C").copy()
