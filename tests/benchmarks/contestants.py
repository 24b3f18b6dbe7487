"""The same question, asked by us and by peers: six metrics of two variants, adjusted by what was known before.

As a script it answers once in a process of its own and prints the peak memory: `contestants.py NAME FOLDER`.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path

from users import EXPERIMENT, NUMBERS, OUTCOMES, RATIOS, make_users

THREADS = 2
READ = ("experiment", "variant", *NUMBERS)


@dataclass(frozen=True, slots=True)
class Answer:
    """One metric: B less A, adjusted, and its standard error."""

    difference: float
    std_error: float


Answers = dict[str, Answer]


def cpu() -> float:
    """CPU seconds of this process so far, all threads."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def decode(folder: Path, columns: tuple[str, ...] = READ) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pa.set_cpu_count(THREADS)
    pq.read_table(make_users(folder), columns=list(columns))


class Workbench:
    """Ours, as a notebook calls it; `account_cpu` is what the exposures' account took of the last answer."""

    def __init__(self, folder: Path, catalog: str = "catalog") -> None:
        from workbench import abtest, tables

        self._measuring = sys.modules["workbench.abtest.measure"]
        self._check, self.account_cpu = self._measuring.check_exposures, 0.0
        self._shop = tables.open_catalog(folder / f"{catalog}.yaml")
        self._shop.connection.raw_sql(f"SET threads = {THREADS}")
        self._design = abtest.design(
            str(folder / "metrics.yaml"),
            experiment=EXPERIMENT,
            control="A",
            goals=["orders", "revenue"],
            secondary=["sessions", "margin", *RATIOS],
        )

    def __call__(self) -> Answers:
        from workbench import abtest

        self._measuring.check_exposures = self._timed_check
        try:
            test = abtest.analyse(self._design, abtest.measure(self._shop, self._design))
        finally:
            self._measuring.check_exposures = self._check
        return {c.metric: Answer(c.effect.absolute, c.effect.std_error) for c in test.comparisons if c.effect}

    def _timed_check(self, *words: object) -> object:
        before = cpu()
        period = self._check(*words)
        self.account_cpu = cpu() - before
        return period


class HandSql:
    """One scan with plain sums, written by hand, and the estimates from the matrix of them."""

    def __init__(self, folder: Path) -> None:
        import duckdb

        self._connection = duckdb.connect(config={"threads": THREADS})
        pairs = {tuple(sorted(p)) for columns in _columns().values() for p in combinations_with_replacement(columns, 2)}
        self._asked = [*((c,) for c in NUMBERS), *sorted(pairs)]
        sums = ", ".join(f"sum({'*'.join(f'{c}::double' for c in asked)})" for asked in self._asked)
        self._sql = (
            f"select variant, count(*), {sums} from read_parquet('{make_users(folder)}') "
            f"where experiment = '{EXPERIMENT}' group by variant order by variant"
        )

    def __call__(self) -> Answers:
        arms = [
            (row[1], {asked: total / row[1] for asked, total in zip(self._asked, row[2:], strict=True)})
            for row in self._connection.execute(self._sql).fetchall()
        ]
        return {name: self._answer(columns, arms) for name, columns in _columns().items()}

    @staticmethod
    def _answer(columns: tuple[str, ...], arms: list[tuple[int, dict[tuple[str, ...], float]]]) -> Answer:
        import numpy as np

        level, covariance, shared, within = [], [], 0.0, 0.0
        for n, mean in arms:
            centre = np.array([mean[(c,)] for c in columns])
            raw = np.array([[mean[tuple(sorted((a, b)))] for a in columns] for b in columns])
            spread = (raw - np.outer(centre, centre)) * n / (n - 1)
            half = len(columns) // 2
            weights = np.zeros((len(columns), 2))
            for side in (0, 1):
                top, rest = centre[side * half], centre[side * half + 1 : (side + 1) * half]
                weights[side * half, side] = 1 / (rest[0] if half == 2 else 1)
                if half == 2:
                    weights[side * half + 1, side] = -top / rest[0] ** 2
            linear = weights.T @ spread @ weights
            level.append([centre[s * half] / (centre[s * half + 1] if half == 2 else 1) for s in (0, 1)])
            covariance.append(linear / n)
            shared, within = shared + linear[0, 1] * (n - 1), within + linear[1, 1] * (n - 1)
        theta = shared / within
        apart = np.subtract(level[1], level[0])
        slope = np.array([1, -theta])
        return Answer(apart @ slope, float(np.sqrt(sum(slope @ c @ slope for c in covariance))))


def _columns() -> dict[str, tuple[str, ...]]:
    """Metric → outcome's columns, then the covariate's."""
    means = {name: (name, f"{name}_before") for name in OUTCOMES}
    return {**means, **{name: (a, b, f"{a}_before", f"{b}_before") for name, (a, b) in RATIOS.items()}}


class TeaTasting:
    """tea-tasting on DuckDB by way of Ibis."""

    def __init__(self, folder: Path) -> None:
        import ibis
        import tea_tasting as tt

        table = ibis.duckdb.connect(threads=THREADS).read_parquet(make_users(folder))
        self._table = table.filter(table.experiment == EXPERIMENT)
        self._test = tt.Experiment(
            {name: tt.Mean(name, f"{name}_before") for name in OUTCOMES}
            | {name: tt.RatioOfMeans(a, b, f"{a}_before", f"{b}_before") for name, (a, b) in RATIOS.items()}
        )

    def __call__(self) -> Answers:
        from scipy.stats import t

        found = self._test.analyze(self._table, control="A")
        return {
            name: Answer(
                one.effect_size,
                (one.effect_size_ci_upper - one.effect_size) / t.ppf(0.975, 2e6),
            )
            for name, one in ((name, found[name]) for name in _columns())
        }


class Pandas:
    """What an analyst writes: the rows in memory, the linearised values of each user, scipy's t test."""

    def __init__(self, folder: Path) -> None:
        self._path = make_users(folder)

    def __call__(self) -> Answers:
        import numpy as np
        import pandas as pd
        from scipy.stats import ttest_ind

        rows = pd.read_parquet(self._path, columns=list(READ))
        rows = rows[rows["experiment"] == EXPERIMENT]
        arms = [rows[rows["variant"] == variant] for variant in ("A", "B")]
        answers = {}
        for name, columns in _columns().items():
            half = len(columns) // 2
            linear = [[_linear(arm, columns[s * half : (s + 1) * half]) for s in (0, 1)] for arm in arms]
            products = [np.cov(values, before) * (len(values) - 1) for values, before in linear]
            theta = sum(p[0, 1] for p in products) / sum(p[1, 1] for p in products)
            control, treatment = (values - theta * before for values, before in linear)
            test = ttest_ind(treatment, control, equal_var=False)
            difference = treatment.mean() - control.mean()
            answers[name] = Answer(difference, abs(difference / test.statistic))
        return answers


def _linear(arm: object, columns: tuple[str, ...]) -> object:
    """The users' own values, whose mean is the level: for a ratio r = a / b, r + (a − r b) / mean of b."""
    if len(columns) == 1:
        return arm[columns[0]].astype(float)
    top, bottom = (arm[column].astype(float) for column in columns)
    ratio = top.mean() / bottom.mean()
    return ratio + (top - ratio * bottom) / bottom.mean()


CONTESTANTS: dict[str, Callable[[Path], Callable[[], object]]] = {
    "decode": lambda folder: lambda: decode(folder),
    "workbench": Workbench,
    "workbench, text ids": lambda folder: Workbench(folder, "catalog_text"),
    "SQL by hand": HandSql,
    "tea-tasting": TeaTasting,
    "pandas + scipy": Pandas,
}


def peak() -> int:
    """Largest resident size of this process so far, bytes."""
    status = Path("/proc/self/status")
    if status.is_file():  # getrusage would tell the parent's size, if that was larger when it started us
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    CONTESTANTS[sys.argv[1]](Path(sys.argv[2]))()
    sys.stdout.write(f"{peak()}\n")
