"""Write the files of the gestures; with --check, compare them with the files here."""

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
SIZES = {"train": 120, "dev": 40, "test": 60}  # gestures
SEED = 1
GESTURES = ("circle", "circle back", "line", "zigzag")
HEADER = "series,x,y,gesture\n"


def main(arguments: list[str]) -> None:
    random = np.random.default_rng(SEED)
    first = 1
    for name, size in SIZES.items():
        text = HEADER + "".join(row for i in range(first, first + size) for row in draw_gesture(random, i))
        first += size
        path = HERE / f"{name}.csv"
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8", newline="\n")
        elif path.read_text(encoding="utf-8") != text:
            sys.exit(f"error: {path} differs from the output of make.py")


def draw_gesture(random: np.random.Generator, number: int) -> list[str]:
    """Rows of a random gesture of 15 to 40 steps: the speed of a hand in two directions, and what it draws.

    Both circles have the same speeds in another order: only a network that reads the order tells them apart. Each
    gesture begins at a random angle, has a random size, and is noisy.
    """
    gesture, n_steps = str(random.choice(GESTURES)), int(random.integers(15, 41))
    time = np.arange(n_steps) / n_steps
    angle = (
        random.uniform(0, 2 * np.pi)
        + {
            "circle": 2 * np.pi * time,
            "circle back": -2 * np.pi * time,
            "line": 0 * time,
            "zigzag": np.pi * (np.floor(6 * time) % 2),
        }[gesture]
    )
    speed = random.uniform(0.5, 1.5)
    x, y = (speed * values + random.normal(0, 0.3, n_steps) for values in (np.cos(angle), np.sin(angle)))
    return [f"{number},{a:.3f},{b:.3f},{gesture}\n" for a, b in zip(x, y, strict=True)]


if __name__ == "__main__":
    main(sys.argv[1:])
