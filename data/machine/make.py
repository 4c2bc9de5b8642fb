"""Write the states of a made machine to a folder: train.csv, dev.csv and test.csv.

python data/machine/make.py DIR              # 20 series of 5,000 steps: 5 MB
python data/machine/make.py DIR --seed 2     # others of the same kind
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

SIZES = {"train": 12, "dev": 4, "test": 4}  # series
N_STEPS = 5_000
HEADER = "series,time,current,vibration,temperature,state\n"
N_FAULTS, FAULT_STEPS = 2, (6, 10)  # of each series: 0.3 % of its steps
MISSING = 0.02  # share of the values
SPIKES = 0.01  # share of the steps with a vibration that looks like that of a fault


class State(NamedTuple):
    """A state of the machine.

    Args:
        lengths: fewest steps, and one more than the most.
        current: at the first and at the last step.
        vibration: its median.
        following: the state that follows.
    """

    lengths: tuple[int, int]
    current: tuple[float, float]
    vibration: float
    following: str


STATES = {
    "off": State((80, 400), (0.1, 0.1), 0.05, "start"),
    "start": State((8, 20), (3.2, 1.4), 0.9, "warm-up"),
    "warm-up": State((60, 180), (1.3, 1.3), 0.5, "load"),
    "load": State((150, 700), (1.9, 1.9), 0.6, "cool-down"),
    "cool-down": State((60, 180), (1.3, 1.3), 0.5, "off"),
}
FAULT_CURRENT, FAULT_VIBRATION = (-0.6, 0.6), 2.2  # change at the first and last step; factor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write_files(options.folder, seed=options.seed)


def write_files(folder: Path, *, seed: int = 1, sizes: dict[str, int] = SIZES, n_steps: int = N_STEPS) -> None:
    """Write a CSV file for each split, the same bytes for the same arguments.

    Args:
        folder: is made if it does not exist.
        seed: of all random numbers.
        sizes: number of series by split.
        n_steps: of each series.
    """
    random, first = np.random.default_rng(seed), 1
    folder.mkdir(parents=True, exist_ok=True)
    for split, size in sizes.items():
        with (folder / f"{split}.csv").open("w", encoding="utf-8", newline="\n") as file:
            file.write(HEADER)
            for number in range(first, first + size):
                file.writelines(draw_series(random, number, n_steps))
        first += size


def draw_series(random: np.random.Generator, number: int, n_steps: int) -> Iterator[str]:
    """Rows of a series, a step each second.

    The machine is off, starts, warms up, bears a load and cools down, and so on. Noise hides the state of a single
    step. Warm-up and cool-down have the same current and vibration: what was before or comes after tells them apart. In
    a fault, which interrupts a load, the current rises from below to above that of the load, and the vibration is
    higher for some steps; it is so at single steps of other states, too.
    """
    states, current, vibration = draw_levels(random, n_steps)
    temperature = np.empty(n_steps)
    heat = random.uniform(20, 50)
    for i in range(n_steps):
        heat += (20 + 18 * min(current[i], 2.5) - heat) / 400
        temperature[i] = heat
    vibration *= random.lognormal(0, 0.15) * random.lognormal(0, 0.45, n_steps)  # each machine is mounted otherwise
    vibration[random.random(n_steps) < SPIKES] *= FAULT_VIBRATION
    channels = [current + random.normal(0, 0.35, n_steps), vibration, temperature + random.normal(0, 1, n_steps)]
    is_missing = random.random((n_steps, len(channels))) < MISSING
    start = np.datetime64("2024-03-01T06:00:00") + np.timedelta64(number, "D")
    for i, values in enumerate(zip(*channels, strict=True)):
        cells = ("" if gone else f"{value:.3f}" for value, gone in zip(values, is_missing[i], strict=True))
        yield f"{number},{start + np.timedelta64(i, 's')},{','.join(cells)},{states[i]}\n"


def draw_levels(random: np.random.Generator, n_steps: int) -> tuple[list[str], Any, Any]:
    """Draw the states of a series, and for each step the current and vibration without noise, both (steps,)."""
    names: list[str] = []
    current, vibration = np.empty(0), np.empty(0)
    state = str(random.choice([*STATES]))
    while len(names) < n_steps:
        lengths, (first, last), level, following = STATES[state]
        n = int(random.integers(*lengths))
        change = random.uniform(-0.2, 0.6) if state == "load" else 0.0  # no two loads are alike
        names += [state] * n
        current = np.append(current, np.linspace(first, last, n) + change)
        vibration = np.append(vibration, np.full(n, level))
        state = following
    names = names[:n_steps]
    for _ in range(N_FAULTS):
        n = int(random.integers(*FAULT_STEPS))
        i = int(random.choice([i for i in range(1, n_steps - n) if {"load"} == {*names[i - 1 : i + n + 1]}]))
        names[i : i + n] = ["fault"] * n
        current[i : i + n] += np.linspace(*FAULT_CURRENT, n)
        vibration[i : i + n] *= FAULT_VIBRATION
    return names, current[:n_steps], vibration[:n_steps]


if __name__ == "__main__":
    main()
