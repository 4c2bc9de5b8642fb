"""Errors for lack of memory or disk, recognised in whatever form a library reports them."""

import errno
import re

# The text of allocation failures in TensorFlow, ONNX Runtime, CUDA and the C++ library.
NO_MEMORY = re.compile(
    r"std::bad_alloc|bad allocation|\bOOM\b|out of memory|RESOURCE_?EXHAUSTED|failed to allocate|cannot allocate memory"
    r"|unable to allocate|ran out of memory|failed to map segment|can't start new thread",
    re.IGNORECASE,
)
NO_DISK = re.compile(r"no space left on device|database or disk is full|disk quota exceeded", re.IGNORECASE)
NATIVE = {  # errors of libraries, by name: importing the libraries would take seconds
    "RuntimeError", "ImportError", "ResourceExhaustedError", "InternalError", "UnknownError", "XlaRuntimeError",
    "Fail", "RuntimeException",
}  # fmt: skip
HINTS = {  # what needs less memory, by command
    "train": "a smaller training.batch_size or training.max_steps needs less",
    "sweep": "fewer --jobs, or a smaller training.batch_size or training.max_steps, need less",
    "predict": "shorter sentences and --threads 1 need less",
    "evaluate": "a part of the file and --threads 1 need less",
    "compare": "a part of the file and --threads 1 need less",
}


def memory_hint(command: str) -> str:
    """Hint for a command that lacks memory."""
    return HINTS.get(command, "a part of the data needs less")


def lacks_memory(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is a lack of memory.

    >>> lacks_memory(MemoryError()), lacks_memory(OSError(errno.ENOMEM, "")), lacks_memory(ValueError("OOM"))
    (True, True, False)
    """
    return any(_lacks_memory(each) for each in _causes(error))


def lacks_disk(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, is a full disk.

    >>> lacks_disk(OSError(errno.ENOSPC, "")), lacks_disk(OSError(errno.ENOENT, ""))
    (True, False)
    """
    return any(
        (isinstance(each, OSError) and each.errno in (errno.ENOSPC, errno.EDQUOT))
        or (type(each).__name__ == "OperationalError" and NO_DISK.search(str(each)) is not None)
        for each in _causes(error)
    )


def _lacks_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError):  # also NumPy's
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return type(error).__name__ in NATIVE and NO_MEMORY.search(str(error)) is not None


def _causes(error: BaseException | None) -> list[BaseException]:
    """An error and what caused it, the last first."""
    causes: list[BaseException] = []
    while error is not None and error not in causes:
        causes.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return causes
