"""What an estimator said of one simulated platform, and what many such trials add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

import numpy as np

LEVEL = 0.95  # of every interval
WORST = 3.0  # Monte-Carlo errors from what is wanted, beyond which a line fails


@dataclass(frozen=True, slots=True)
class Estimated:
    """An estimate with its interval, and the truth of the users at hand, in the same unit."""

    estimator: str
    case: str
    value: float
    std_error: float
    low: float
    high: float
    truth: float


@dataclass(frozen=True, slots=True)
class Alarm:
    """Whether a test found something, and how often it should: an error rate, or at least a power."""

    estimator: str
    case: str
    found: bool
    wanted: float
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """Which option a rule chose, and what each is truly worth, in the unit that the rule is judged by."""

    estimator: str
    case: str
    chosen: str
    worth: Mapping[str, float]
    unit: str


Trial = Estimated | Alarm | Decided


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of one estimator in one case.

    Attributes:
        found, error: The measure and its Monte-Carlo error.
        wanted: In words.
        fails: Whether it is further from what is wanted than chance explains.
    """

    estimator: str
    case: str
    measure: str
    found: float
    error: float
    wanted: str
    trials: int
    fails: bool
    unit: str = ""


def lines(trials: Iterable[Trial]) -> list[Line]:
    """Every measure of every estimator and case, in the order in which they first come."""
    named: dict[tuple[str, str, type], list[Trial]] = {}
    for trial in trials:
        named.setdefault((trial.estimator, trial.case, type(trial)), []).append(trial)
    measured = {Estimated: _of_estimates, Alarm: _of_tests, Decided: _of_decisions}
    return [line for (_, _, kind), group in named.items() for line in measured[kind](group)]


def _of_estimates(group: list[Estimated]) -> list[Line]:
    """Bias against the truth of each platform's own users; coverage of the truth of all users there could be.

    The intervals speak of the population that users are drawn from; its truth is the mean of the platforms' truths.
    """
    value, se, low, high, truth = np.array([(t.value, t.std_error, t.low, t.high, t.truth) for t in group]).T
    n, first = len(group), group[0]
    off = (value - truth) / se
    bias, bias_error = float(off.mean()), float(off.std(ddof=1) / n**0.5)
    covered = float(np.mean((low <= truth.mean()) & (truth.mean() <= high)))
    chance = (LEVEL * (1 - LEVEL) / n) ** 0.5
    return [
        Line(
            first.estimator,
            first.case,
            "bias, in standard errors",
            bias,
            bias_error,
            "0",
            n,
            abs(bias) > WORST * bias_error,
        ),
        Line(
            first.estimator,
            first.case,
            f"coverage of {LEVEL:.0%} intervals",
            covered,
            chance,
            f"{LEVEL:.1%}",
            n,
            abs(covered - LEVEL) > WORST * chance,
            "share",
        ),
    ]


def _of_tests(group: list[Alarm]) -> list[Line]:
    first, n = group[0], len(group)
    rate = float(np.mean([trial.found for trial in group]))
    chance = (max(first.wanted * (1 - first.wanted), 0.25 / n) / n) ** 0.5
    if first.at_least:
        measure, wanted, fails = "finds what is there", f"at least {first.wanted:.0%}", rate < first.wanted
    else:
        measure, wanted = "false findings", f"{first.wanted:.1%}"
        fails = abs(rate - first.wanted) > WORST * chance
    return [Line(first.estimator, first.case, measure, rate, chance, wanted, n, fails, "share")]


def _of_decisions(group: list[Decided]) -> list[Line]:
    """Mean loss against the best option; it may not be more than that of a coin."""
    first, n = group[0], len(group)
    worth = {option: float(np.mean([trial.worth[option] for trial in group])) for option in first.worth}
    best = max(worth.values())
    lost = np.array([best - worth[trial.chosen] for trial in group])
    regret, error = float(lost.mean()), float(lost.std(ddof=1) / n**0.5)
    coin = best - float(np.mean(list(worth.values())))
    wanted = f"under {coin:.3g} {first.unit} (a coin's)"
    fails = regret - WORST * error > coin
    return [Line(first.estimator, first.case, "regret", regret, error, wanted, n, fails, first.unit)]


def table(found: list[Line], heading: str) -> str:
    """Markdown: one table, a failing line in bold."""
    rows = ["| estimator | case | measure | found | Monte-Carlo error | wanted | trials | |", "|" + " --- |" * 8]
    for _, of_estimator in groupby(found, key=lambda line: line.estimator):
        for line in of_estimator:
            cells = [line.estimator, line.case, line.measure, _shown(line, line.found), _shown(line, line.error)]
            cells += [line.wanted, str(line.trials), "**fails**" if line.fails else "holds"]
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join([heading, "", *rows]) + "\n"


def _shown(line: Line, number: float) -> str:
    if line.unit == "share":
        return f"{number:.1%}"
    return f"{number:.2f}" if not line.unit else f"{number:.3g} {line.unit}"
