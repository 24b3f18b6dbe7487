"""The A/B estimators on the simulated platform: one function for each, from one shop to its trials."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from scipy.stats import chi2, ncx2, t
from shops import Shop
from trials import LEVEL, Alarm, Decided, Estimated, Trial

from workbench import abtest
from workbench.abtest.guardrail import loss_beyond
from workbench.abtest.means import Effect
from workbench.abtest.power import smallest_detectable
from workbench.abtest.split import check_split
from workbench.tables import collect

TABLES = ("exposures", "orders")
METRICS = Path(__file__).with_name("abtest_metrics.yaml")
BROKEN, SAME = "new_search_ranking", "assignment_check"
CONTROLS = {"spring_coupon": "no coupon", "incentive_holdout": "holdout"}  # of the others it is A
SHARES = {"incentive_holdout": {"holdout": 0.1, "eligible": 0.9}}  # of the others they are equal


@dataclass(frozen=True, slots=True)
class Read:
    """One experiment of one shop as the notebook reads it, and what every arm would have brought its users.

    Attributes:
        truth: Arm → mean per exposed user, CNY and orders: columns orders, conversion, revenue, margin.
    """

    experiment: str
    analysis: abtest.Analysis
    truth: pd.DataFrame

    @property
    def control(self) -> str:
        """The arm that the others are compared with."""
        return self.analysis.design.control

    def of(self, arm: str, metric: str) -> float:
        """The true level of a metric in an arm."""
        row = self.truth.loc[arm]
        return float(row["revenue"] / row["orders"] if metric == "average_order_value" else row[metric])

    def case(self, arm: str) -> str:
        """The experiment, and the arm where there are several."""
        return self.experiment if len(self.truth) == 2 else f"{self.experiment}, {arm}"


def read(shop: Shop) -> dict[str, Read]:
    """Every experiment."""
    outcomes = shop.truth["potential_outcomes"].assign(conversion=lambda rows: (rows["orders"] > 0).astype(float))
    means = outcomes.groupby(["experiment", "variant"], observed=True)[
        ["orders", "conversion", "revenue", "margin"]
    ].mean()
    found = {}
    for experiment in means.index.get_level_values(0).unique():
        words = abtest.design(
            str(METRICS),
            experiment=experiment,
            control=CONTROLS.get(experiment, "A"),
            goals=["revenue", "conversion"],
            guardrails=["margin"],
            secondary=["revenue_alone", "average_order_value"],
            split=SHARES.get(experiment),
        )
        analysis = abtest.analyse(words, abtest.measure(shop.catalog, words))
        found[experiment] = Read(experiment, analysis, means.loc[experiment])
    return found


def _effects(of: Mapping[str, Read], metric: str) -> Iterator[tuple[Read, str, Effect]]:
    """Every effect that may be shown; the broken split now and then slips through, and then it is wrong."""
    for one in of.values():
        if one.analysis.comparisons and one.experiment != BROKEN:
            for arm in one.analysis.variants:
                effect = one.analysis.comparison(metric, arm).effect
                if effect is not None:
                    yield one, arm, effect


def _estimated(name: str, of: Mapping[str, Read], metric: str, truth_of: str) -> Iterator[Trial]:
    for one, arm, e in _effects(of, metric):
        truth = one.of(arm, truth_of) - one.of(one.control, truth_of)
        yield Estimated(name, one.case(arm), e.absolute, e.std_error, e.low, e.high, truth)


def conversion(of: Mapping[str, Read]) -> Iterator[Trial]:
    """A share of users, Welch."""
    return _estimated("conversion", of, "conversion", "conversion")


def revenue(of: Mapping[str, Read]) -> Iterator[Trial]:
    """A skewed mean per user, Welch."""
    return _estimated("revenue per user", of, "revenue_alone", "revenue")


def revenue_with_the_past(of: Mapping[str, Read]) -> Iterator[Trial]:
    """The same, less what the users' past explains (CUPED)."""
    return _estimated("revenue per user, CUPED", of, "revenue", "revenue")


def average_order_value(of: Mapping[str, Read]) -> Iterator[Trial]:
    """A ratio of two means, delta method."""
    return _estimated("average order value", of, "average_order_value", "average_order_value")


def relative_revenue(of: Mapping[str, Read]) -> Iterator[Trial]:
    """The relative change, Fieller."""
    for one, arm, e in _effects(of, "revenue"):
        if e.relative is not None:
            truth = one.of(arm, "revenue") / one.of(one.control, "revenue") - 1
            name, ends = "relative change of revenue, CUPED", (e.relative_low, e.relative_high)
            yield Estimated(name, one.case(arm), e.relative, e.relative_std_error, *ends, truth)


def false_findings(of: Mapping[str, Read]) -> Iterator[Trial]:
    """What is found between two arms that are the same."""
    one = of[SAME]
    if not one.analysis.comparisons:
        return
    for metric in ("conversion", "revenue_alone", "revenue", "average_order_value"):
        effect = one.analysis.comparison(metric, "B").effect
        yield Alarm(f"p-value of {metric.replace('_', ' ')}", SAME, effect.p_value < 1 - LEVEL, 1 - LEVEL)
    found = any(goal.outcome in {"better", "worse"} for goal in one.analysis.decision.goals)
    yield Alarm("two goals together, Holm", SAME, found, 1 - LEVEL)


def promised_power(of: Mapping[str, Read]) -> Iterator[Trial]:
    """How often the smallest effect that is promised to be found in 8 of 10 tests is found, had it been the truth."""
    for one, arm, e in _effects(of, "revenue"):
        truth = one.of(arm, "revenue") - one.of(one.control, "revenue")
        shifted = e.absolute - truth + smallest_detectable(e, power=0.8)
        found = abs(shifted) > t.isf((1 - LEVEL) / 2, e.degrees_of_freedom) * e.std_error
        yield Alarm("power, as promised", one.case(arm), bool(found), 0.8)


def guardrails(of: Mapping[str, Read]) -> Iterator[Trial]:
    """How often a margin is called kept when exactly so much is lost: of the arms that truly lose."""
    for one, arm, _ in _effects(of, "margin"):
        margin = 1 - one.of(arm, "margin") / one.of(one.control, "margin")
        if margin > 0:
            moments = one.analysis.measured.metrics["margin"]
            base, treated = (moments.table.where(variant=name).merged() for name in (one.control, arm))
            test = loss_beyond(base, treated, moments.outcome, moments.covariates, margin=margin, better="up")
            yield Alarm("guardrail at its margin, kept", one.case(arm), test.status == "kept", (1 - LEVEL) / 2)


def split_alarms(of: Mapping[str, Read], shop: Shop) -> Iterator[Trial]:
    """How often a sound split is called broken at 5 %, and a broken one, beside the power that χ² has there."""
    for one in of.values():
        users = one.analysis.measured.users
        check = check_split(users, SHARES.get(one.experiment), level=1 - LEVEL)
        name = "check of the split"
        if one.experiment == BROKEN:
            yield Alarm(f"{name}, broken", BROKEN, check.broken, _power(shop, sum(users.values())))
        else:
            yield Alarm(f"{name}, sound", one.experiment, check.broken, 1 - LEVEL)


def _power(shop: Shop, users: int) -> float:
    """Of χ² at 5 %, when the treated of one device are lost: their share is taken from the control arm."""
    exposures = shop.catalog.table("exposures")
    mine = (exposures.experiment == BROKEN) & (exposures.variant == "A")
    mobile = collect(exposures.filter(mine).aggregate(share=(exposures.device == "mobile web").cast("float64").mean()))
    treated = 1 - shop.world.split_bias * float(mobile["share"][0])
    off = (1 - treated) / (1 + treated)  # of each arm's share from one half, in halves
    return float(ncx2.sf(chi2.isf(1 - LEVEL, 1), 1, users * off**2))


def decisions(of: Mapping[str, Read]) -> Iterator[Trial]:
    """What the decision costs: the margin of the arm that it chooses against that of the best arm."""
    for one in of.values():
        worth = {arm: 1000 * one.of(arm, "margin") for arm in one.truth.index}
        chosen = one.analysis.decision.arm or one.control
        yield Decided("decision of the A/B test", one.experiment, chosen, one.control, worth, "CNY per 1,000 users")


ROWS: tuple[Callable[[Mapping[str, Read]], Iterator[Trial]], ...] = (
    conversion,
    revenue,
    revenue_with_the_past,
    average_order_value,
    relative_revenue,
    false_findings,
    promised_power,
    guardrails,
    decisions,
)


def trials(shop: Shop) -> list[Trial]:
    """Every A/B estimator on one shop."""
    of = read(shop)
    return [*(trial for row in ROWS for trial in row(of)), *split_alarms(of, shop)]
