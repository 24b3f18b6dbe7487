"""What an estimator said of one simulated platform, and what many such trials add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from scipy.stats import binom, norm, t

LEVEL = 0.95  # of every interval
WORST = 3.0  # Monte-Carlo errors from what is wanted, beyond which a line fails
RARE = float(norm.sf(WORST))  # the chance of being so far off on one side


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
    """Whether a test found something, and how often it should: its error rate, or its power."""

    estimator: str
    case: str
    found: bool
    wanted: float


@dataclass(frozen=True, slots=True)
class Decided:
    """Which option a rule chose, and what each is truly worth, in the unit that the rule is judged by.

    Attributes:
        otherwise: The option that stands when nobody decides anything.
    """

    estimator: str
    case: str
    chosen: str
    otherwise: str
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
    """Every measure of every estimator and case, in the order in which they first come.

    A case with a single trial (the estimator could not answer on the other platforms) has no Monte-Carlo error, and no line.
    """
    trials = list(trials)
    estimators, cases = (
        list(dict.fromkeys(names)) for names in zip(*((one.estimator, one.case) for one in trials), strict=True)
    )
    groups: dict[tuple[int, int], list[Trial]] = {}
    for trial in trials:
        groups.setdefault((estimators.index(trial.estimator), cases.index(trial.case)), []).append(trial)
    measured = {Estimated: _of_estimates, Alarm: _of_alarms, Decided: _of_decisions}
    return [
        line
        for place in sorted(groups)
        if len(groups[place]) > 1
        for line in measured[type(groups[place][0])](groups[place])
    ]


def _of_estimates(group: list[Estimated]) -> list[Line]:
    """Bias against the truth of each platform's own users; coverage of the truth of all users there could be.

    The intervals speak of the population that users are drawn from; its truth is the mean of the platforms' truths.
    """
    value, se, low, high, truth = np.array(
        [(one.value, one.std_error, one.low, one.high, one.truth) for one in group]
    ).T
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
            abs(bias) > t.isf(RARE, n - 1) * bias_error,
        ),
        Line(
            first.estimator,
            first.case,
            f"coverage of {LEVEL:.0%} intervals",
            covered,
            chance,
            f"{LEVEL:.1%}",
            n,
            _beyond_chance(round(covered * n), n, LEVEL),
            "share",
        ),
    ]


def _of_alarms(group: list[Alarm]) -> list[Line]:
    first, n = group[0], len(group)
    rate, wanted = float(np.mean([one.found for one in group])), float(np.mean([one.wanted for one in group]))
    chance = (wanted * (1 - wanted) / n) ** 0.5
    fails = _beyond_chance(round(rate * n), n, wanted)
    return [Line(first.estimator, first.case, "found", rate, chance, f"{wanted:.1%}", n, fails, "share")]


def _of_decisions(group: list[Decided]) -> list[Line]:
    """Mean loss against the best option; testing must not be worse than leaving everything as it is."""
    first, n = group[0], len(group)
    worth = {option: float(np.mean([trial.worth[option] for trial in group])) for option in first.worth}
    best = max(worth.values())
    lost = np.array([best - worth[trial.chosen] for trial in group])
    regret, error = float(lost.mean()), float(lost.std(ddof=1) / n**0.5)
    idle = best - worth[first.otherwise]
    wanted = f"at most {idle:.3g} {first.unit} (always {first.otherwise})"
    fails = regret - t.isf(RARE, n - 1) * error > idle
    return [Line(first.estimator, first.case, "regret", regret, error, wanted, n, fails, first.unit)]


def _beyond_chance(hits: int, trials: int, share: float) -> bool:
    """Whether so many or so few hits are rarer than `RARE`: with few trials the normal approximation is not good enough."""
    return bool(min(binom.cdf(hits, trials, share), binom.sf(hits - 1, trials, share)) < RARE)


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
