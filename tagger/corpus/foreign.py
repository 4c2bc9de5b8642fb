"""Unsupported formats of other tools, each with a command that converts its files."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from tagger.errors import DataError

N_LINES, N_CHARACTERS = 50, 10_000  # first lines and characters of a file that are searched
OPEN, CLOSED = ("[", "{", "<", "nlu:", "version:"), ("}", "]")  # starts of a first line that needs the next lines, too


class ForeignFormat(NamedTuple):
    """An unsupported format.

    Args:
        name: name of the format.
        start: pattern of the start of its files, including comments.
        hint: command that converts a file.
    """

    name: str
    start: re.Pattern[str]
    hint: str


def _jq(program: str) -> str:
    return f"jq -c '{program}' <OLD >NEW"


def _python(program: str) -> str:
    return f'python3 -c "{program}" <OLD >NEW'


# Program that prints a token and its tag per line, from pairs (words, label) in a line of text.
BIO_LINES = (
    r"[([[print(w, ('BI'[j > 0] + '-' + t) if t else 'O', sep='\t') for j, w in enumerate(x.split())] "
    "for x, t in {}], print()) for s in sys.stdin if {}]"
)
NO_JSON = r"(?!\s*[\[{]\s*[\"\[{])"
TYPES = "PERS?(?:ON)?|LOC(?:ATION)?|ORG(?:ANI[SZ]ATION)?|MISC|GPE|DATE|TIME|MONEY|[NVP]P"
JSON_START = r"\A\s*(\[\s*)?\{\s*"
FOREIGN = (
    ForeignFormat(
        "WebAnno TSV",
        re.compile(r"\A#FORMAT=WebAnno TSV"),
        # The first feature called value, else the first column after the token; numbers such as [1] separate spans.
        r"export as CoNLL 2002, or awk -F'\t' '/^#T_SP=/ {n = split($0, f, /[|]/); "
        r'for (i = 2; i <= n; i++) {c++; if (f[i] == "value" && !k) k = c + 3}} !NF {print; p = ""} '
        r'$1 ~ /^[0-9]+-[0-9]+$/ {split($(k ? k : 4), v, /[|]/); t = v[1]; y = t; sub(/\[[0-9]+\]$/, "", y); '
        r'print $3 "\t" (y ~ /^[_*]?$/ ? "O" : (t != y && t == p ? "I-" : "B-") y); p = t}'
        "' OLD >NEW",
    ),
    ForeignFormat(
        "brat's .ann",
        re.compile(r"\AT\d+\t\S+ \d+ \d+(;\d+ \d+)*\t"),
        r'the text is in a .txt file beside it: python3 -c "import json, re, sys; '
        r"s = [(int(b), int(e), y) for y, b, e in re.findall(r'(?m)^T\d+\t(\S+) (\d+) (?:\d+;\d+ )*(\d+)\t', "
        r"sys.stdin.read())]; [print(json.dumps({'text': m[0], 'spans': [(b - m.start(), e - m.start(), y) "
        r"for b, e, y in s if m.start() <= b and e <= m.end()]})) "
        r"for m in re.finditer('.+', open(sys.argv[1], newline='').read())]"
        r'" TEXT.txt <OLD >NEW.jsonl',
    ),
    ForeignFormat(
        "OpenNLP's <START:person> … <END>",
        re.compile(r"\A.*<START(:\S+)?> .*<END>"),
        _python(
            "import re, sys; "
            + BIO_LINES.format(
                r"((e or o, (t or 'name') if e else '') for t, e, o in "
                r"re.findall(r'<START:?(\S*)> (.*?) <END>|(\S+)', s))",
                "True",
            )
        ),
    ),
    ForeignFormat(
        "Rasa's training data",
        re.compile(r"(?m)\A(?s:.*?)^(## intent:|- intent:|\s+- intent:|nlu:\s*$)"),
        _python(
            "import re, sys; "
            + BIO_LINES.format(
                r"((e or o, t or u) for e, t, u, o in re.findall("
                r"r'\[([^\]]+)\](?:\(([^):]+)[^)]*\)|\{.entity.: *.(\w+)[^}]*\})|([^\[]+|\[)', s.strip()[2:]))",
                r"re.match(r'\s*- \S', s) and not re.match(r'\s*- \w+:', s)",
            )
        ),
    ),
    ForeignFormat(
        "Penn Treebank's brackets",
        re.compile(r"\A\s*\(\s*(\([A-Z]|[A-Z]+\s+\()"),
        _python(
            r"import re, sys; [print(*(f'{w}/{t}' for t, w in re.findall(r'\(([^ ()]+) ([^ ()]+)\)', s) "
            r"if t != '-NONE-')) for s in re.split(r'\n(?=\()', sys.stdin.read())]"
        ),
    ),
    ForeignFormat(
        "names in brackets",
        re.compile(
            rf"\A{NO_JSON}[^\t]*([\[(]({TYPES}) [^\t()\[\]]+[\])]|([\[(][A-Z]{{2,}} [^\t()\[\]]+[\])][^\t]*){{2}})"
        ),
        _python(
            "import re, sys; "
            + BIO_LINES.format(
                r"((e or o, t) for t, e, o in re.findall(r'[\[(]([A-Z]{2,}) ([^\]\[()]+)[\])]|(\S+)', s))", "True"
            )
        ),
    ),
    ForeignFormat(
        "spaCy 2's JSON",
        re.compile(JSON_START + r'("id"\s*:\s*[^,]+,\s*)?"paragraphs"\s*:'),
        _jq(
            '(if type == "array" then .[] else . end).paragraphs[].sentences[].tokens '
            "| {tokens: map(.orth), tags: map(.ner // .tag)}"
        ),
    ),
    ForeignFormat(
        "spaCy's pairs of a text and entities",
        re.compile(r'\A\s*\[\s*(\[\s*)?"(?:[^"\\]|\\.)*"\s*,\s*\{\s*"entities"\s*:'),
        _jq('(if .[0] | type == "array" then .[] else . end) | {text: .[0], entities: .[1].entities}'),
    ),
    ForeignFormat(
        "JSON of spaCy's NER annotator",
        re.compile(r'\A\s*\{\s*"classes"\s*:[^{}]*"annotations"\s*:'),
        _jq(".annotations[] | select(.) | {text: .[0], entities: .[1].entities}"),
    ),
    ForeignFormat(
        "Rasa's JSON",
        re.compile(r'\A\s*\{\s*"rasa_nlu_data"\s*:'),
        _jq(".rasa_nlu_data.common_examples[] | {text, entities: (.entities // [])}"),
    ),
    ForeignFormat(
        "Label Studio's JSON",
        re.compile(JSON_START + r'(?s:.*?)"(annotations|completions)"\s*:\s*\[\s*\{[^{}]*"result"\s*:'),
        "export as JSON_MIN, or "
        + _jq(
            '(if type == "array" then .[] else . end) | {text: .data.text, '
            "spans: [(.annotations // .completions)[0].result[]?.value | select(.labels)]}"
        ),
    ),
    ForeignFormat(
        "Dataturks' JSON",
        re.compile(JSON_START + r'(?s:.*?)"annotation"\s*:\s*\[\s*\{(?s:.*?)"points"\s*:'),
        _jq(
            "{text: .content, spans: [.annotation[]? | .label[0] as $name | .points[] "
            "| {start, end: (.end + 1), label: $name}]}"
        ),
    ),
    ForeignFormat(
        "markup between rows of columns",
        re.compile(r"\A(\s*<[a-zA-Z]+[^>\t]*>\s*\n)+[^<\t\n]+\t"),
        "replace it by blank lines: sed -E 's,^</?[a-zA-Z]+[^>]*>$,,' OLD >NEW",
    ),
    ForeignFormat(
        "XML",
        re.compile(r"(?m)\A\s*(<\?xml|<!DOCTYPE|(<[a-zA-Z!][^<>\t]*>[ \r]*)+$(?s:.*)</[a-zA-Z])"),
        # The elements of TEI and the British National Corpus: sentences s with words w and punctuation pc or c.
        "extract words and tags, here from TEI: "
        + _python(
            "import sys, xml.etree.ElementTree as E; n = lambda e: e.tag.split('}')[-1]; "
            r"[([print(''.join(w.itertext()).strip(), w.get('pos') or w.get('ana') or w.get('type') or '_', sep='\t') "
            "for w in s.iter() if n(w) in ('w', 'pc', 'c')], print()) for s in E.parse(sys.stdin.buffer).iter() "
            "if n(s) == 's']"
        ),
    ),
    ForeignFormat(
        "markup within sentences",
        re.compile(rf"\A{NO_JSON}[^\t\n]*<([a-zA-Z]+)(\s[^<>]*)?>(?!/)[^<>\t]+</\1>(?!/)"),
        _python(
            "import re, sys; "
            + BIO_LINES.format(
                r"((e or o, (u or t) if e else '') for t, u, e, o in "
                r"re.findall(r'<(\w+)(?: [^<>]*?TYPE=\W(\w+)[^<>]*)?[^<>]*>([^<>]+)</\1>|([^<\s]+|<)', s))",
                "True",
            )
        ),
    ),
)


def refuse_foreign(lines: Iterable[str], path: str) -> None:
    """Refuse a file of another tool, which is recognised by its start.

    Args:
        lines: lines of the file; lines after the first non-blank one are read only if it starts like JSON or markup.
        path: path of the file, for messages.

    Raises:
        DataError: names the format; the hint is a command that converts the file.
    """
    head = "\n".join(_head(lines))[:N_CHARACTERS]
    foreign = next((each for each in FOREIGN if each.start.search(head)), None)
    if foreign:
        raise DataError(f"{path}: unsupported format: {foreign.name}", foreign.hint)


def _head(lines: Iterable[str]) -> Iterator[str]:
    rest = iter(lines)
    for line in rest:
        if line.strip():
            yield line
            if line.lstrip().startswith(OPEN) and not line.rstrip().endswith(CLOSED):
                yield from islice(rest, N_LINES)
            return
