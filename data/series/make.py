"""Write the files of the measured series; with --check, compare them with the files here."""

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SIZES = {"train": 120, "dev": 20, "test": 30}  # series
SEED = 1
SIGNS = {"rest": 0, "rise": 1, "fall": -1}  # sign of the speed, by state
HEADER = "series,position,force,state\n"


def main(arguments: list[str]) -> None:
    random = np.random.default_rng(SEED)
    first = 1
    for name, size in SIZES.items():
        rows = [row for i in range(first, first + size) for row in draw_series(random, i)]
        first += size
        path, text = HERE / f"{name}.csv", HEADER + "".join(rows)
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8", newline="\n")
        elif path.read_text(encoding="utf-8") != text:
            sys.exit(f"error: {path} differs from the output of make.py")


def draw_series(random: np.random.Generator, number: int) -> list[str]:
    """Rows of a random series of 40 to 120 steps.

    A position rests, rises or falls for 6 to 18 steps at a time, each time at another speed, which
    the force follows. Noise on both hides the state in a single step, and in the difference between
    two steps.
    """
    n_steps = int(random.integers(40, 121))
    states: list[str] = []
    path = [random.normal(1000, 150)]  # positions without noise, including the start
    while len(states) < n_steps:
        state = str(random.choice([state for state in SIGNS if state not in states[-1:]]))
        n, speed = int(random.integers(6, 19)), SIGNS[state] * random.uniform(30, 70)
        if 400 < path[-1] + n * speed < 1600:
            states += [state] * n
            path += [path[-1] + speed * (i + 1) for i in range(n)]
    steps = np.array(path[: n_steps + 1])
    positions = steps[1:] + random.normal(0, 18, n_steps)
    forces = 0.02 + 0.0001 * np.diff(steps) + random.normal(0, 0.007, n_steps)
    return [
        f"{number},{position:.1f},{force:.5f},{state}\n"
        for position, force, state in zip(positions, forces, states[:n_steps], strict=True)
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
