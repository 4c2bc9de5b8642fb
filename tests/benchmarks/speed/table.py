"""Format results as the README's table, with ratios to ours and their range over repeats.

    python -m tests.benchmarks.speed.table runs/speed/results.jsonl
    python -m tests.benchmarks.speed.table runs/speed/results.jsonl --readme tests/benchmarks/README.md

Without --readme, all results are printed. With it, each system must have results, and rows of one core and of parts of
the work are left out.
"""

import argparse
import json
import statistics
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.speed.plan import NETWORKS, OURS, SYSTEMS

BEGIN, END = "<!-- speed: begin -->", "<!-- speed: end -->"
POS = NETWORKS["pos"]
MEMORY = {  # rows of memory, each with the rows that it is taken from; the first with a result counts
    f"peak memory, training, {POS}": (f"training, {POS}, all cores", "training, models of their own, all cores"),
    f"peak memory, tagging, {POS}": (f"tagging, tokens to tags, {POS}, all cores",),
}
LEFT_OUT = ("one core", "arrays to scores", "`python", "`import")  # rows not shown in the README
Measured = dict[str, dict[str, dict[int, dict[str, float]]]]  # keys: row, system and repeat


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("--readme", type=Path, metavar="FILE", help="write the table there, between the two marks")
    options = parser.parse_args()
    first, *others = map(json.loads, options.results.read_text(encoding="utf-8").splitlines())
    measured: Measured = defaultdict(lambda: defaultdict(dict))
    for result in others:
        measured[result["row"]][result["system"]][result["repeat"]] = result
    note = "In brackets: the median ratio to ours, and its range over repeats."
    rows = table(measured)
    if options.readme:
        rows = [row for row in rows if not any(words in row for words in LEFT_OUT)]
    text = "\n".join([*rows, "", *growth(measured), f"{note} Measured on {first['machine']}."])
    if not options.readme:
        print(text)
        return
    if missing := [system for system in SYSTEMS if not any(system in systems for systems in measured.values())]:
        sys.exit(f"no results yet for {', '.join(missing)}")
    readme = options.readme.read_text(encoding="utf-8")
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        sys.exit(f"{options.readme}: {BEGIN} or {END} is missing")
    options.readme.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def table(measured: Measured) -> list[str]:
    """Lines of the table: a row for each measurement, a column for each system."""
    lines = [f"| | {' | '.join(SYSTEMS)} |", f"|---|{'---|' * len(SYSTEMS)}"]
    for row, systems in measured.items():
        if not row.startswith("growth"):
            key = "seconds" if row.endswith("seconds") else "tokens_per_second"
            lines.append(line(row, [cell(systems, system, key) for system in SYSTEMS]))
    for name, rows in MEMORY.items():
        memory: dict[str, dict[int, dict[str, float]]] = {}
        for row in rows:
            for system, repeats in measured.get(f"{row}, tokens/s", {}).items():
                memory.setdefault(system, repeats)
        if memory:
            lines.append(line(f"{name}, all cores, MB", [cell(memory, system, "megabytes") for system in SYSTEMS]))
    return lines


def line(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | {' | '.join(cells)} |"


def cell(systems: dict[str, dict[int, dict[str, float]]], system: str, key: str) -> str:
    """Median of the repeats, and the ratio to ours: median, lowest and highest."""
    if system not in systems:
        return ""
    repeats, ours = systems[system], systems.get(OURS, {})
    text = number(statistics.median(result[key] for result in repeats.values()))
    ratios = [result[key] / ours[repeat][key] for repeat, result in repeats.items() if repeat in ours]
    if system == OURS or not ratios:
        return text
    return f"{text} (× {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f})"


def number(value: float) -> str:
    """Format a number with three significant digits and at most two decimal places."""
    places = 2 if value < 10 else 1 if value < 100 else 0
    return f"{float(f'{value:.3g}'):,.{places}f}"


def growth(measured: Measured) -> list[str]:
    """Lines of the table of growth: a row for each number of tokens."""
    rows = {row: systems[OURS][0] for row, systems in measured.items() if row.startswith("growth")}
    if not rows:
        return []
    lines = ["| whole commands as data grow | seconds | tokens/s | peak memory, MB |", "|---|---|---|---|"]
    for row, result in rows.items():
        keys = ("seconds", "tokens_per_second", "megabytes")
        lines.append(line(row.removeprefix("growth, "), [number(result[key]) for key in keys]))
    return [*lines, ""]


if __name__ == "__main__":
    main()
