"""Random files and configs for `fuzz.py`, written to the working directory."""

import gzip
import json
import random
from pathlib import Path

TOKENS = (
    "John", "loves", "Jane", "the", "cat", ".", ",", '"', "''", "#", "#1", "a b", "a/b", "New York", "日本語", "café",
    "e\u0301", "\u200b", "\ufeff", "\u2028", "😀", "-", "_", "O", "1", "1.5", "1,5", "-DOCSTART-",
    "http://x.org/a?b=c", "\x0b", "\x85", "\xa0", "=1+1", "<b>", "&amp;", "\\", "{", "[", "x" * 300, "", " ",
)  # fmt: skip
TAG_SETS = (
    ("S", "V", "O"),
    ("O", "B-PER", "I-PER", "B-LOC", "I-LOC"),
    ("O", "B-PER", "I-PER", "E-PER", "S-PER"),
    ("O", "I-PER", "I-LOC"),
    ("NOUN", "VERB", "DET", "PUNCT", "_"),
    ("1", "2", "3"),
    ("B_PER", "M_PER", "E_PER", "O", "B", "-", "ä ö", "<O>", "", "O "),
)
ENCODINGS = ("utf-8",) * 20 + (
    "utf-8-sig",
    "latin-1",
    "cp1252",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "shift_jis",
    "gb18030",
    "cp1251",
)
LINE_ENDS = ("\n",) * 6 + ("\r\n", "\r")
SUFFIXES = {
    "conllu": (".conllu", ".conll", ".cupt", ".txt"),
    "columns": (".tsv", ".txt", ".conll", ".iob", ".bio", ""),
    "csv": (".csv", ".tsv", ".txt"),
    "jsonl": (".jsonl", ".json", ".ndjson"),
    "slash": (".txt", ".pos", ".slash"),
    "series": (".csv", ".tsv"),
    "text": (".txt", ".csv", ".md"),
}
Sentences = list[list[tuple[str, str]]]


def draw_file(rng: random.Random) -> str:
    """Write a random file, or draw the name of something that is no readable file; return the name."""
    if rng.random() < 0.03:
        return rng.choice(["none.tsv", ".", "-x", "ewt:none", "a:b", "x" * 300, "~", "/dev/null", "none/a.tsv"])
    kind = rng.choice(list(SUFFIXES))
    name = (
        f"{rng.choice(['train', 'dev', 'test', 'a', 'ä b', 'data.v1'])}{rng.randint(0, 9)}{rng.choice(SUFFIXES[kind])}"
    )
    if rng.random() < 0.05:
        name = f"{Path(name).stem}{rng.choice(['.toml', '.tsv', '.conllu', '.csv', '.jsonl', '.gz', '.xml'])}"
    text = "" if rng.random() < 0.03 else WRITERS[kind](rng, draw_sentences(rng))
    content = text.replace("\n", rng.choice(LINE_ENDS)).encode(rng.choice(ENCODINGS), "replace")
    if rng.random() < 0.15:
        content = mutated(rng, content)
    if rng.random() < 0.1:
        content = gzip.compress(content, mtime=0)
        name = f"{name}.gz" if rng.random() < 0.7 else name
        content = mutated(rng, content) if rng.random() < 0.2 else content
    Path(name).write_bytes(content)
    return f"./{name}" if name.startswith("-") else name


def draw_sentences(rng: random.Random) -> Sentences:
    tags = rng.choice(TAG_SETS)
    tokens = TOKENS if rng.random() < 0.25 else TOKENS[:6]
    lengths = [rng.choice([1, 2, 3, 5, 8]) for _ in range(rng.choice([1, 2, 5, 20]))]
    if rng.random() < 0.03:
        lengths.append(rng.choice([300, 6000]))
    return [[(rng.choice(tokens), rng.choice(tags)) for _ in range(length)] for length in lengths]


def mutated(rng: random.Random, content: bytes) -> bytes:
    """Copy bytes with some changed, removed, inserted or repeated."""
    mutant = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 10])):
        at = rng.randrange(len(mutant) + 1)
        match rng.randrange(5):
            case 0:
                mutant[at : at + 1] = rng.randbytes(1)
            case 1:
                del mutant[at : at + rng.choice([1, 2, 20])]
            case 2:
                mutant[at:at] = rng.choice(
                    [b"\t", b"\n", b'"', b"\0", b"\xff", b"\r", b",", b"{", b"# x\n", b"\n\n\n", b" ", b"\x1f\x8b"]
                )
            case 3:
                mutant += mutant[at:]
            case _:
                del mutant[at:]
    return bytes(mutant)


def columns(rng: random.Random, sentences: Sentences) -> str:
    between = rng.choice(["\t", "\t", "\t", " ", "  ", " \t"])
    n_more = rng.choice([0, 0, 1, 3])
    header = rng.choice(
        ["", "", "", between.join([*"abcd"[:n_more], "token", "tag"]) + "\n", "-DOCSTART- -X- O\n\n", "# x\n"]
    )
    blank = rng.choice(["\n", "\n", "\n", "", "\n\n", " \n"])
    rows = [
        [between.join([*(rng.choice("xyz") for _ in range(n_more)), *step]) for step in sentence]
        for sentence in sentences
    ]
    if rng.random() < 0.1:
        rng.choice(rows).append(rng.choice(["lonely", "a\tb\tc\td\te", "\t", "\tX", "X\t", '"open\tX']))
    return header + blank.join("\n".join(sentence) + "\n" for sentence in rows)


def conllu(rng: random.Random, sentences: Sentences) -> str:
    text = ""
    for sentence in sentences:
        text += rng.choice(["", "# sent_id = 1\n", "# newdoc id = d\n", "# text = x\n"])
        for i, (token, tag) in enumerate(sentence, 1):
            head = rng.choice([0, max(1, i - 1), i, 99]) if rng.random() < 0.2 else max(0, i - 1)
            xpos, feats = rng.choice(["NN", "_"]), rng.choice(["Number=Plur", "_", "A=1|B=2"])
            relation, misc = rng.choice(["nsubj", "obj", "root", "conj"]), rng.choice(["_", "SpaceAfter=No"])
            cells = [str(i), token, token.lower(), tag, xpos, feats, str(head), relation, "_", misc]
            if rng.random() < 0.02:
                text += rng.choice([f"{i}-{i + 1}\tab" + "\t_" * 8 + "\n", f"{i}.1\tx" + "\t_" * 8 + "\n", f"{i}\tx\n"])
            text += rng.choice(["\t"] * 30 + [" "]).join(cells) + "\n"
        text += "\n"
    return text


def csv(rng: random.Random, sentences: Sentences) -> str:
    delimiter = rng.choice([",", ",", ";", "\t", "|"])

    def row(*cells: str) -> str:
        return (
            delimiter.join(
                f'"{cell.replace(chr(34), chr(34) * 2)}"' if rng.random() < 0.3 or delimiter in cell else cell
                for cell in cells
            )
            + "\n"
        )

    if rng.random() < 0.3:
        header = row("text", "labels") if rng.random() < 0.9 else ""
        return header + "".join(
            row(" ".join(token for token, _ in each), " ".join(tag for _, tag in each)) for each in sentences
        )
    header = rng.choice([row("sentence", "token", "tag"), row("id", "word", "label"), row("", "", ""), "sep=;\n", ""])
    steps = ((i if rng.random() < 0.9 else "", *step) for i, sentence in enumerate(sentences) for step in sentence)
    return header + "".join(row(*map(str, step)) for step in steps)


def jsonl(rng: random.Random, sentences: Sentences) -> str:
    records: list[object] = []
    way = rng.randrange(6)
    for i, sentence in enumerate(sentences):
        tokens, tags = [token for token, _ in sentence], [tag for _, tag in sentence]
        if way < 2:
            records.append(
                {
                    "id": i,
                    "tokens": tokens,
                    rng.choice(["tags"] * 9 + ["ner_tags"]): tags if rng.random() < 0.97 else tags[1:],
                }
            )
        elif way == 2:
            records.append(
                {
                    "text": " ".join(tokens),
                    "spans": [{"start": 0, "end": rng.choice([1, len(tokens[0]), 999, -1]), "label": "x"}],
                }
            )
        elif way == 3:
            records.append(
                {"text": " ".join(tokens), "label": [[0, len(tokens[0]), tags[0]]], "entities": rng.choice([[], None])}
            )
        elif way == 4:
            records.append({"tokens": [{"text": token, "start": 0} for token in tokens], "tags": [1, 2]})
        else:
            records.append(
                rng.choice(
                    [
                        3,
                        None,
                        "x",
                        [],
                        {},
                        {"tokens": 3},
                        {"tokens": ["a"], "tags": [None]},
                        {"tokens": ["a"], "tags": [1e400]},
                    ]
                )
            )
    if rng.random() < 0.15:
        return json.dumps(records if rng.random() < 0.5 else {"data": records}, indent=rng.choice([None, 1]))
    return "".join(json.dumps(record, ensure_ascii=rng.random() < 0.5) + "\n" for record in records)


def series(rng: random.Random, sentences: Sentences) -> str:
    delimiter = rng.choice([",", ";", "\t"])
    numbers = ["0.5", "-1e3", "0", "inf", "nan", "1,5", "x", "", "1e999"] if rng.random() < 0.3 else ["0.5", "-1", "2"]
    header = rng.choice(["x,y,state\n", "id,x,y,state\n", ""]).replace(",", delimiter)
    rows = (
        [str(i), rng.choice(numbers), rng.choice(numbers), tag] for i, each in enumerate(sentences) for _, tag in each
    )
    return header + "".join(delimiter.join(row if header.startswith("id") else row[1:]) + "\n" for row in rows)


WRITERS = {
    "conllu": conllu,
    "columns": columns,
    "csv": csv,
    "jsonl": jsonl,
    "slash": lambda rng, sentences: "\n".join(" ".join("/".join(step) for step in each) for each in sentences) + "\n",
    "series": series,
    "text": lambda rng, sentences: "\n".join(" ".join(token for token, _ in each) for each in sentences),
}
KEYS = (
    "data.tag = 0", "data.token = 1", "data.format = 'columns'", "data.format = 'csv'", "data.sentence = 0",
    "data.dev = 0.3", "data.test = 0.3", "data.folds = 2", "data.fold = 2", "data.group = 'document'",
    "data.group = 0", "data.encoding = 'latin-1'", "data.encoding = 'none'", "data.map = { O = 'X' }",
    "data.ignore = ['O']", "data.scheme = 'bio'", "data.scheme_train = 'bioes'", "data.comments = true",
    "data.per_row = 'sentence'", "features.words = false", "features.casing = false",
    "features.chars = { kind = 'cnn', dim = 2, units = 2 }", "features.numeric = ['x']", "features.numeric = [0, 1]",
    "features.columns = { names = [0] }", "features.words = { kind = 'onehot' }", "model.units = [2, 2]",
    "model.cell = 'gru'", "model.head = 'crf'", "model.cel = 'gru'", "training.epochs = 0", "training.epochs = 1",
    "training.class_weights = 'balanced'", "training.max_steps = 3", "training.batch_size = 2",
    "training.metric = 'span_f1'", "data.train = 3", "data = 3", "features.words.vectors = 'none.txt'",
    "training.precision = 'mixed'", "= 3", "x", "'' = 1", "data.test = 'none.tsv'", 'data.test = "\\u0000"',
    'data.test = "a\\tb"', "model.units = [99999999]", "training.seed = 123456789012345678901234567890",
)  # fmt: skip


def draw_config(rng: random.Random) -> str:
    """Write a random config and the files that it names; return its name."""
    if rng.random() < 0.03:
        return rng.choice(["none.toml", ".", draw_file(rng), "x" * 300, "ewt:train"])
    lines = [f"data.train = {json.dumps(draw_file(rng))}"]
    if rng.random() < 0.3:
        lines.append(f"data.dev = {json.dumps(draw_file(rng))}")
    lines += rng.sample(KEYS, rng.choice([0, 0, 0, 0, 1, 1, 2, 4]))
    content = "\n".join(lines).encode(
        rng.choice(["utf-8"] * 10 + ["utf-16", "utf-8-sig", "utf-16-le", "latin-1"]), "replace"
    )
    Path("mine.toml").write_bytes(mutated(rng, content) if rng.random() < 0.1 else content)
    return "mine.toml"
