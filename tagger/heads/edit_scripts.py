r"""Edit scripts: how a string of a token, such as its lemma, is made from the token's form.

A script is short text, so that many words share one and a head can learn it as if it were a tag:

    lower                   in lower case                              The → the
    lower/end-3+y           remove the last 3 characters, add y        cities → city
    capital/end-1           only the first letter a capital            AMERICANS → American
    keep/end-1              casing as it is                            DVDs → DVD
    lower/start-2/end-1+en  an edit at the start and one at the end    gemacht → machen
    lower/end@2-1+i         before the last 2 characters               sang → sing
    lower/start@1+n/end-2   after the first character          aswered → answer
    always/be               always this string                         was → be

The casing applies to the whole form, before any edit. In added text a backslash stands before `\` and `/`, white space
and control characters are escaped (`\s` is a space, `\t` a TAB, `\u2028` a code in hexadecimal).

The length of a script is the number of characters that it adds, plus 1 per edit, however much an edit removes: the less
a script says of one word, the more words share it. A string that is shorter than its script is written as `always/…`.
Candidates are, for each casing, one edit between the longest common prefix and the longest common suffix, and two edits
around the longest common substring.

Source: Straka (2018), "UDPipe 2.0 Prototype at CoNLL 2018 UD Shared Task", section on lemmatisation; casings,
candidates and notation differ.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple
from unicodedata import category


def _lower(form: str) -> str:
    """The form in lower case; İ becomes i, without the dot that Unicode adds as a character of its own."""
    return form.replace("İ", "i").lower()


def _capital(form: str) -> str:
    """The form in lower case, but for a capital at its start."""
    return (form[:1] + form[1:].replace("İ", "i")).capitalize()


# In order of preference. Lower case first: `The` and `the` share a script. Capitals next: so do `BUSH` and `Bush`.
CASINGS: dict[str, Callable[[str], str]] = {"lower": _lower, "capital": _capital, "keep": str, "upper": str.upper}
CASING_PHRASES = {"lower": "lower-case", "capital": "capitalise", "keep": "", "upper": "upper-case"}
ESCAPES = {"\\": "\\\\", "/": "\\/", " ": "\\s", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
UNESCAPES = {escape: character for character, escape in ESCAPES.items()}

MAX_PAIRS = 1 << 26  # pairs of characters of a form and its string: what the search in them takes grows with these

ESCAPE = re.compile(r"\\(?:u([0-9a-f]{4})|.)")
TEXT = r"(?:[^\\/]|\\u(?!d[89a-f])[0-9a-f]{4}|\\[\\/stnr])"  # one character, perhaps escaped; no surrogate
EDIT = r"(?:@([1-9][0-9]*))?(?=[-+])(?:-([1-9][0-9]*))?(?:\+(" + TEXT + "+))?"
SCRIPT = re.compile(f"({'|'.join(CASINGS)})(?:/start{EDIT})?(?:/end{EDIT})?", re.DOTALL)
ALWAYS = re.compile(f"always/({TEXT}*)", re.DOTALL)


class Edit(NamedTuple):
    """One edit, counted from the start or end of a form: skip characters, remove some, add text.

    Args:
        n_outside: number of characters that are skipped.
        n_removed: number of characters that are removed.
        added: text added in their place.
    """

    n_outside: int = 0
    n_removed: int = 0
    added: str = ""

    @property
    def length(self) -> int:
        """The edit's part of the length of a script: 0 if it changes nothing."""
        return len(self.added) + 1 if self.n_removed or self.added else 0


class Rule(NamedTuple):
    """A script in parts, but for scripts that always give the same string."""

    casing: str
    start: Edit = Edit()
    end: Edit = Edit()

    @property
    def length(self) -> int:
        """The length of the script: 0 for a casing alone."""
        return self.start.length + self.end.length


def edit_script(form: str, string: str) -> str:
    r"""The shortest script from a form to a string.

    Of equally short ones, that of the first casing, then that of one edit, with as much of the start kept as possible.

    Examples:
        >>> [edit_script(*pair) for pair in [("Walked", "walk"), ("NASA", "NASA"), ("DVDs", "DVD"), ("was", "be")]]
        ['lower/end-2', 'keep', 'keep/end-1', 'always/be']
        >>> edit_script("gegangen", "gehen"), edit_script("&", "and so on")
        ('lower/end@2-4+h', 'always/and\\sso\\son')
    """
    casings = _casings(form)
    if string in casings:
        return casings[string]
    rules = [rule for cased, casing in casings.items() for rule in _candidates(cased, string, casing)]
    best = min(rules, key=lambda rule: rule.length, default=None)  # the first of the shortest
    if best is None or best.length > len(string):
        return "always/" + _escape(string)
    parts = [best.casing, _edit_text("start", best.start), _edit_text("end", best.end)]
    return "/".join(part for part in parts if part)


def apply_script(script: str, form: str) -> str | None:
    """Make a string of a form by a script; None if the form is too short.

    A form fits if it has the characters that the script removes and counts from its ends, and one more than it removes.
    Scripts that always give the same string, and casings alone, fit every form.

    Raises:
        ValueError: the text is not an edit script.

    Examples:
        >>> apply_script("lower/end-3+y", "Cities"), apply_script("always/be", "was")
        ('city', 'be')
        >>> apply_script("lower/end-3+y", "ies") is None
        True
    """
    rule = _parse(script)
    if isinstance(rule, str):
        return rule
    casing, start, end = rule
    cased = CASINGS[casing](form)
    if not rule.length:
        return cased
    left, right = start.n_outside + start.n_removed, len(cased) - end.n_outside - end.n_removed
    if left > right or start.n_removed + end.n_removed >= len(cased):
        return None
    kept_end = cased[len(cased) - end.n_outside :]
    return cased[: start.n_outside] + start.added + cased[left:right] + end.added + kept_end


def describe_script(script: str) -> str:
    """Describe a script in a short phrase; added text is escaped as in the script.

    Raises:
        ValueError: the text is not an edit script.

    Examples:
        >>> describe_script("lower/end-3+y"), describe_script("keep")
        ('lower-case; remove 3 characters at the end, add y', 'as it is')
        >>> describe_script("keep/start-2/end@1-1+e")
        'remove 2 characters at the start; remove 1 character before the last character, add e'
        >>> describe_script("always/be")
        'always: be'
    """
    rule = _parse(script)
    if isinstance(rule, str):
        return f"always: {_escape(rule)}"
    phrases = [CASING_PHRASES[rule.casing], _edit_phrase("start", rule.start), _edit_phrase("end", rule.end)]
    return "; ".join(phrase for phrase in phrases if phrase) or "as it is"


def _casings(form: str) -> dict[str, str]:
    """The form in each casing, with the first casing that gives it."""
    casings: dict[str, str] = {}
    for casing, change in CASINGS.items():
        casings.setdefault(change(form), casing)
    return casings


def _candidates(cased: str, string: str, casing: str) -> Iterator[Rule]:
    """Rules from a form in its casing to a string that keep a character of the form, those of one edit first."""
    n_prefix, n_suffix = _common_ends(cased, string)
    if n_prefix or n_suffix:
        edit = _replacement(cased, string, n_prefix, n_suffix)
        yield Rule(casing, end=edit._replace(n_outside=n_suffix)) if n_prefix else Rule(casing, start=edit)
        if not edit.added:
            return  # nothing is shorter
    if len(cased) * len(string) > MAX_PAIRS:
        return
    i, j, n_common = _longest_common_substring(cased, string)
    if n_common:
        before, after = (cased[:i], string[:j]), (cased[i + n_common :], string[j + n_common :])
        n_prefix, n_suffix = _common_prefix(*before), _common_suffix(*after)
        start, end = _replacement(*before, n_prefix, 0), _replacement(*after, 0, n_suffix)
        yield Rule(casing, start._replace(n_outside=n_prefix), end._replace(n_outside=n_suffix))


def _common_ends(form: str, string: str) -> tuple[int, int]:
    """Lengths of the longest common prefix, and of the longest common suffix of what follows it."""
    n_prefix = _common_prefix(form, string)
    return n_prefix, _common_suffix(form[n_prefix:], string[n_prefix:])


def _common_prefix(form: str, string: str) -> int:
    n_common = 0
    for a, b in zip(form, string, strict=False):
        if a != b:
            break
        n_common += 1
    return n_common


def _common_suffix(form: str, string: str) -> int:
    return _common_prefix(form[::-1], string[::-1])


def _replacement(form: str, string: str, n_prefix: int, n_suffix: int) -> Edit:
    """The edit between a common prefix and a common suffix, its `n_outside` not set."""
    return Edit(n_removed=len(form) - n_prefix - n_suffix, added=string[n_prefix : len(string) - n_suffix])


def _longest_common_substring(form: str, string: str) -> tuple[int, int, int]:
    """Where the longest common substring starts in both, the first in the form if there are several, and its length."""
    low, high = 0, min(len(form), len(string))
    while low < high:  # strings that share n characters in a row share n - 1
        middle = (low + high + 1) // 2
        parts = _parts(form, middle)
        if any(string[j : j + middle] in parts for j in range(len(string) - middle + 1)):
            low = middle
        else:
            high = middle - 1
    parts = _parts(form, low)
    pairs = ((parts.get(string[j : j + low]), j) for j in range(len(string) - low + 1))
    i, j = min((i, j) for i, j in pairs if i is not None)
    return i, j, low


def _parts(form: str, length: int) -> dict[str, int]:
    """The substrings of a length, with the index of the first of each."""
    return {form[i : i + length]: i for i in reversed(range(len(form) - length + 1))}


def _edit_text(side: str, edit: Edit) -> str:
    if not edit.length:
        return ""
    outside = f"@{edit.n_outside}" if edit.n_outside else ""
    removed = f"-{edit.n_removed}" if edit.n_removed else ""
    return side + outside + removed + (f"+{_escape(edit.added)}" if edit.added else "")


def _edit_phrase(side: str, edit: Edit) -> str:
    if not edit.length:
        return ""
    where = f"at the {side}"
    if edit.n_outside:
        border = "after the first" if side == "start" else "before the last"
        where = f"{border} {'character' if edit.n_outside == 1 else edit.n_outside}"
    if not edit.n_removed:
        return f"add {_escape(edit.added)} {where}"
    removal = f"remove {edit.n_removed} character{'s' if edit.n_removed > 1 else ''} {where}"
    return removal + (f", add {_escape(edit.added)}" if edit.added else "")


def _parse(script: str) -> Rule | str:
    """The parts of a script; a string if the script always gives it."""
    if match := ALWAYS.fullmatch(script):
        return _unescape(match[1])
    match = SCRIPT.fullmatch(script)
    if not match:
        raise ValueError(f"not an edit script: {script!r}")
    casing, *groups = match.groups()
    return Rule(casing, _read_edit(*groups[:3]), _read_edit(*groups[3:]))


def _read_edit(outside: str | None, removed: str | None, added: str | None) -> Edit:
    return Edit(int(outside or 0), int(removed or 0), _unescape(added or ""))


def _escape(text: str) -> str:
    return "".join(ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c.isspace() or category(c) == "Cc" else c) for c in text)


def _unescape(text: str) -> str:
    return ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else UNESCAPES[match[0]], text)
