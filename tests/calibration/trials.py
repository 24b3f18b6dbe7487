"""What an estimator said of one simulated platform, and what many such trials add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import binom, t

LEVEL = 0.95  # of every interval
FALSE_MARKS = 0.01  # of all tables of sound estimators, so many have a line that is marked by chance
SAVED = 0.2  # of what a blind habit loses: a rule that saves less is not worth its trouble


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
    """Which option a rule chose, and what each was truly worth to this platform.

    Attributes:
        otherwise: The option that stands when nobody decides anything.
        worth: Option → value in `unit`; the oracle takes the largest.
    """

    estimator: str
    case: str
    chosen: str
    otherwise: str
    worth: Mapping[str, float]
    unit: str

    @property
    def lost(self) -> float:
        """What the choice costs against the oracle's."""
        return max(self.worth.values()) - self.worth[self.chosen]

    @property
    def lost_by_standing_still(self) -> float:
        """What it costs to decide nothing."""
        return max(self.worth.values()) - self.worth[self.otherwise]

    @property
    def lost_by_changing(self) -> float:
        """What it costs, on average, to take another option unseen."""
        others = [value for option, value in self.worth.items() if option != self.otherwise]
        return max(self.worth.values()) - sum(others) / len(others)


Trial = Estimated | Alarm | Decided


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of one estimator in one case.

    Attributes:
        found, error: The measure and its Monte-Carlo error.
        wanted: In words.
        chance: Probability that a sound estimator is so far from what is wanted.
        unit: Of `found`: "" for a plain number, "share", or a word.
        fails: Whether `chance` is too small for the number of lines in the table.
    """

    estimator: str
    case: str
    measure: str
    found: float
    error: float
    wanted: str
    trials: int
    chance: float
    unit: str = ""
    fails: bool = False


def lines(trials: Iterable[Trial]) -> list[Line]:
    """Every measure of every estimator and case, in the order in which they first come; the wrong ones marked.

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
    found = [
        line
        for place in sorted(groups)
        if len(groups[place]) > 1
        for line in measured[type(groups[place][0])](groups[place])
    ]
    found += _of_rules([trial for trial in trials if isinstance(trial, Decided)])
    return [replace(line, fails=line.chance < FALSE_MARKS / len(found)) for line in found]


def pooled(trials: Iterable[Trial]) -> list[Trial]:
    """The same trials with the cases of each estimator taken together, where there are too few of each."""
    return [replace(trial, case="all cases") for trial in trials]


def _of_estimates(group: list[Estimated]) -> list[Line]:
    """Bias in standard errors, and coverage, both of the truth of each platform's own users.

    An interval also allows for users that are not at hand, so it covers the truth of those at hand a little too often.
    """
    value, se, low, high, truth = np.array(
        [(one.value, one.std_error, one.low, one.high, one.truth) for one in group]
    ).T
    n, (estimator, case) = len(group), (group[0].estimator, group[0].case)
    off = (value - truth) / se
    bias, error = float(off.mean()), float(off.std(ddof=1) / n**0.5)
    chance = 2 * float(t.sf(abs(bias) / error, n - 1)) if error else 1.0
    hits = int(((low <= truth) & (truth <= high)).sum())
    return [
        Line(estimator, case, "bias, in standard errors", bias, error, "0", n, chance),
        _share(estimator, case, f"coverage of {LEVEL:.0%} intervals", hits, n, LEVEL),
    ]


def _of_alarms(group: list[Alarm]) -> list[Line]:
    wanted = float(np.mean([one.wanted for one in group]))
    return [_share(group[0].estimator, group[0].case, "found", sum(one.found for one in group), len(group), wanted)]


def _share(estimator: str, case: str, measure: str, hits: int, n: int, wanted: float) -> Line:
    """Exact binomial tails: with few trials, and shares near 0 and 1, the normal approximation is not good enough."""
    chance = 2 * float(min(binom.cdf(hits, n, wanted), binom.sf(hits - 1, n, wanted)))
    error = (wanted * (1 - wanted) / n) ** 0.5
    return Line(estimator, case, measure, hits / n, error, f"{wanted:.1%}", n, chance, "share")


def _of_decisions(group: list[Decided]) -> list[Line]:
    """Mean loss against the oracle of each platform; deciding must not be worse than to leave everything as it is."""
    worse = np.array([one.lost - one.lost_by_standing_still for one in group])
    return [_regret(group, group[0].case, f"always {group[0].otherwise}", worse)]


def _of_rules(trials: list[Decided]) -> list[Line]:
    """Each rule over all its cases, against both blind habits: never to change anything, and always to."""
    found = []
    for estimator in dict.fromkeys(one.estimator for one in trials):
        group = [one for one in trials if one.estimator == estimator]
        habits = {
            "never changing": np.array([one.lost_by_standing_still for one in group]),
            "always changing": np.array([one.lost_by_changing for one in group]),
        }
        for habit, blind in habits.items():
            worse = np.array([one.lost for one in group]) - (1 - SAVED) * blind
            found.append(_regret(group, "all together", f"{1 - SAVED:.0%} of {habit}", worse))
    return found


def _regret(group: list[Decided], case: str, against: str, worse: np.ndarray) -> Line:
    n, unit = len(group), group[0].unit
    lost = np.array([one.lost for one in group])
    bound = float((lost - worse).mean())
    error = float(worse.std(ddof=1) / n**0.5)
    chance = float(t.sf(worse.mean() / error, n - 1)) if error else float(worse.mean() <= 0)
    wanted = f"at most {bound:,.0f} ({against})"
    return Line(
        group[0].estimator,
        case,
        "regret",
        float(lost.mean()),
        float(lost.std(ddof=1) / n**0.5),
        wanted,
        n,
        chance,
        unit,
    )


def table(found: list[Line], heading: str) -> str:
    """Markdown: one table, a failing line in bold."""
    rows = ["| estimator | case | measure | found | Monte-Carlo error | wanted | trials | |", "|" + " --- |" * 8]
    for line in found:
        measure = f"{line.measure}, {line.unit}" if line.unit not in {"", "share"} else line.measure
        cells = [line.estimator, line.case, measure, _shown(line, line.found), _shown(line, line.error)]
        cells += [line.wanted, f"{line.trials:,}", "**fails**" if line.fails else "holds"]
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join([heading, "", *rows]) + "\n"


def _shown(line: Line, number: float) -> str:
    return f"{number:.1%}" if line.unit == "share" else f"{number:,.0f}" if line.unit else f"{number:.2f}"
