"""`make calibrate`: every estimator on many simulated platforms, held against their truth, as one table.

`run.py 50` takes 50 platforms instead of 200, and prints the table without keeping it.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import abtest_rows
from shops import shop
from tqdm import tqdm
from trials import Line, Trial, lines, table

from workbench.simulate import World

SEEDS = 200
USERS = 10_000
RESULTS = Path(__file__).with_name("results.md")
# A field's module says which tables it reads, and gives its trials on one shop.
FIELDS = (abtest_rows,)


def trials_of(seed: int, users: int = USERS) -> list[Trial]:
    """Every estimator on the platform of one seed."""
    needed = tuple(dict.fromkeys(name for field in FIELDS for name in field.TABLES))
    with shop(World(users=users, seed=seed), needed) as made:
        return [trial for field in FIELDS for trial in field.trials(made)]


def calibrate(seeds: int, users: int = USERS) -> list[Line]:
    """Every line of the table, from the platforms of the seeds 1, …, `seeds`."""
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        each = pool.map(partial(trials_of, users=users), range(1, seeds + 1))
        bar = tqdm(each, total=seeds, desc="platforms", disable=not sys.stderr.isatty())
        return lines(trial for trials in bar for trial in trials)


def main() -> int:
    """Print the table, and keep it when it is whole; 1 when a line fails."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    found = calibrate(seeds)
    heading = f"""# What `make calibrate` found

{seeds} simulated platforms of {USERS:,} users, seeds 1 to {seeds}.  Bias and coverage are against the truth of each
platform's own users, regret against the best option on each platform.  A line fails when it is so far from what is wanted
that a table of sound estimators would have such a line by chance once in a hundred times."""
    text = table(found, heading)
    if seeds == SEEDS:
        RESULTS.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return int(any(line.fails for line in found))


if __name__ == "__main__":
    sys.exit(main())
