"""Hand-made features of tokens for CRFsuite."""

import re
from collections.abc import Sequence
from functools import cache

LONGEST_AFFIX, LONGEST_SHAPE = 5, 12


def features(tokens: Sequence[str]) -> list[list[str]]:
    """Features of each token and its neighbours, as strings."""
    words = ["<s>", "<s>", *(token.lower() for token in tokens), "</s>", "</s>"]
    shapes = ["<s>", *(re.sub(r"(.)\1+", r"\1", shape(token)) for token in tokens), "</s>"]
    features_by_token = []
    for i, token in enumerate(tokens):
        two_before, before, word, after, two_after = words[i : i + 5]
        context = {
            "-2": two_before, "-1": before, "+1": after, "+2": two_after,
            "-1,0": f"{before} {word}", "0,+1": f"{word} {after}", "-1,+1": f"{before} {after}",
            "suffix2-1": before[-2:], "suffix3-1": before[-3:], "suffix2+1": after[-2:], "suffix3+1": after[-3:],
            "shape-1": shapes[i], "shape": shapes[i + 1], "shape+1": shapes[i + 2],
            "first": shapes[i + 1] if i == 0 else "no",
        }  # fmt: skip
        features_by_token.append([*word_features(token), *(f"{name}={value}" for name, value in context.items())])
    return features_by_token


@cache
def word_features(token: str) -> list[str]:
    """Features of a token that do not depend on its neighbours."""
    word = token.lower()
    flags = {
        "digit": any(map(str.isdigit, token)), "hyphen": "-" in token, "punctuation": not any(map(str.isalnum, token)),
        "upper": token.isupper(), "upper first": token[0].isupper(),
    }  # fmt: skip
    names = [f"form={token}", f"word={word}", f"long shape={shape(token)[:LONGEST_SHAPE]}"]
    for n in range(1, min(LONGEST_AFFIX, len(word)) + 1):
        names += [f"prefix{n}={word[:n]}", f"suffix{n}={word[-n:]}"]
    return names + [name for name, holds in flags.items() if holds]


@cache
def shape(token: str) -> str:
    """Shape of a token: letters become `X` or `x`, digits become `9`."""
    return re.sub(r"[^\W\d_]", lambda letter: "X" if letter[0].isupper() else "x", re.sub(r"\d", "9", token))
