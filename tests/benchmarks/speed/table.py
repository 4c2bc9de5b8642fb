"""Results → the README's table, with ratios to ours and how far they go from repeat to repeat.

    python -m tests.benchmarks.speed.table runs/speed/results.jsonl
    python -m tests.benchmarks.speed.table runs/speed/results.jsonl --readme tests/benchmarks/README.md

Without --readme all of it is printed, whatever is there; with it, each system has to be among the results, and the rows
of one core and of parts of the work stay out.
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
MEMORY = {  # rows of memory, and by which rows' processes; a system's first that there is
    f"peak memory, training, {POS}": (f"training, {POS}, all cores", "training, models of their own, all cores"),
    f"peak memory, tagging, {POS}": (f"tagging, tokens to tags, {POS}, all cores",),
}
LEFT_OUT = ("one core", "arrays to scores", "`python", "`import")  # of the README
Measured = dict[str, dict[str, dict[int, dict[str, float]]]]  # by row, system and repeat


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", type=Path)
    parser.add_argument("--readme", type=Path, metavar="FILE", help="write it there, between the two marks")
    options = parser.parse_args()
    first, *others = map(json.loads, options.results.read_text(encoding="utf-8").splitlines())
    measured: Measured = defaultdict(lambda: defaultdict(dict))
    for found in others:
        measured[found["row"]][found["system"]][found["repeat"]] = found
    how = "In brackets the median ratio to ours, with the least and the most of the repeats."
    rows = table(measured)
    if options.readme:
        rows = [row for row in rows if not any(words in row for words in LEFT_OUT)]
    text = "\n".join([*rows, "", *growth(measured), f"{how} Measured on {first['machine']}."])
    if not options.readme:
        print(text)
        return
    if missing := [system for system in SYSTEMS if not any(system in systems for systems in measured.values())]:
        sys.exit(f"nothing is measured yet of {', '.join(missing)}")
    readme = options.readme.read_text(encoding="utf-8")
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        sys.exit(f"{options.readme}: {BEGIN} and {END} are not both there")
    options.readme.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def table(measured: Measured) -> list[str]:
    """A row for each thing that is measured, a column for each system."""
    lines = [f"| | {' | '.join(SYSTEMS)} |", f"|---|{'---|' * len(SYSTEMS)}"]
    for row, systems in measured.items():
        if not row.startswith("growth"):
            key = "seconds" if row.endswith("seconds") else "tokens_per_second"
            lines.append(line(row, [cell(systems, system, key) for system in SYSTEMS]))
    for told, rows in MEMORY.items():
        found: dict[str, dict[int, dict[str, float]]] = {}
        for row in rows:
            for system, repeats in measured.get(f"{row}, tokens/s", {}).items():
                found.setdefault(system, repeats)
        if found:
            lines.append(line(f"{told}, all cores, MB", [cell(found, system, "megabytes") for system in SYSTEMS]))
    return lines


def line(told: str, cells: Sequence[str]) -> str:
    return f"| {told} | {' | '.join(cells)} |"


def cell(systems: dict[str, dict[int, dict[str, float]]], system: str, key: str) -> str:
    """The median, and the ratio to ours: its median, and its least and most."""
    if system not in systems:
        return ""
    repeats, ours = systems[system], systems.get(OURS, {})
    text = number(statistics.median(found[key] for found in repeats.values()))
    ratios = [found[key] / ours[repeat][key] for repeat, found in repeats.items() if repeat in ours]
    if system == OURS or not ratios:
        return text
    return f"{text} (× {statistics.median(ratios):.2f}, {min(ratios):.2f} to {max(ratios):.2f})"


def number(value: float) -> str:
    """Three figures, and not more than two places."""
    places = 2 if value < 10 else 1 if value < 100 else 0
    return f"{float(f'{value:.3g}'):,.{places}f}"


def growth(measured: Measured) -> list[str]:
    """What grows: a line for each number of tokens."""
    rows = {row: systems[OURS][0] for row, systems in measured.items() if row.startswith("growth")}
    if not rows:
        return []
    lines = ["| whole commands as data grow | seconds | tokens/s | peak memory, MB |", "|---|---|---|---|"]
    for row, found in rows.items():
        keys = ("seconds", "tokens_per_second", "megabytes")
        lines.append(line(row.removeprefix("growth, "), [number(found[key]) for key in keys]))
    return [*lines, ""]


if __name__ == "__main__":
    main()
