"""The features of a token that CRFsuite is given: names of what is true of it and of its neighbours."""

import re
from collections.abc import Sequence
from functools import cache

LONGEST_AFFIX, LONGEST_SHAPE = 5, 12


def features(tokens: Sequence[str]) -> list[list[str]]:
    """Of each token, the names of what is true of it and of its neighbours."""
    words = ["<s>", "<s>", *(token.lower() for token in tokens), "</s>", "</s>"]
    shapes = ["<s>", *(re.sub(r"(.)\1+", r"\1", shape(token)) for token in tokens), "</s>"]
    found = []
    for i, token in enumerate(tokens):
        two_before, before, word, after, two_after = words[i : i + 5]
        around = {
            "-2": two_before, "-1": before, "+1": after, "+2": two_after,
            "-1,0": f"{before} {word}", "0,+1": f"{word} {after}", "-1,+1": f"{before} {after}",
            "suffix2-1": before[-2:], "suffix3-1": before[-3:], "suffix2+1": after[-2:], "suffix3+1": after[-3:],
            "shape-1": shapes[i], "shape": shapes[i + 1], "shape+1": shapes[i + 2],
            "first": shapes[i + 1] if i == 0 else "no",
        }  # fmt: skip
        found.append([*of_word(token), *(f"{where}={what}" for where, what in around.items())])
    return found


@cache
def of_word(token: str) -> list[str]:
    """What is true of a token wherever it stands."""
    word = token.lower()
    flags = {
        "digit": any(map(str.isdigit, token)), "hyphen": "-" in token, "punctuation": not any(map(str.isalnum, token)),
        "upper": token.isupper(), "upper first": token[0].isupper(),
    }  # fmt: skip
    found = [f"form={token}", f"word={word}", f"long shape={shape(token)[:LONGEST_SHAPE]}"]
    for n in range(1, min(LONGEST_AFFIX, len(word)) + 1):
        found += [f"prefix{n}={word[:n]}", f"suffix{n}={word[-n:]}"]
    return found + [name for name, holds in flags.items() if holds]


@cache
def shape(token: str) -> str:
    """The token with its letters as `X` or `x` and its digits as `9`."""
    return re.sub(r"[^\W\d_]", lambda letter: "X" if letter[0].isupper() else "x", re.sub(r"\d", "9", token))
