"""Results in the words and numbers that a manager reads."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.abtest.design import Design
from workbench.abtest.means import Effect
from workbench.report import numbers
from workbench.tables.metrics import ColumnMetric, FactMetric, Metric


def effect(metric: Metric, found: Effect) -> str:
    """A difference with its interval: "+4.2 pts (between +3.1 and +5.3 pts)"."""
    return f"{difference(metric, found)} (between {_between(metric, found)})"


def difference(metric: Metric, found: Effect) -> str:
    """The difference alone, with its unit and sign."""
    return numbers.number(found.absolute, metric.unit, half_width=_half(found), signed=True)


def interval(metric: Metric, found: Effect) -> str:
    """The interval of the difference."""
    return numbers.interval(found.low, found.high, metric.unit, signed=True)


def level(metric: Metric, value: float) -> str:
    """A plain level that is compared with nothing."""
    return numbers.number(value, metric.unit)


def control(metric: Metric, found: Effect) -> str:
    """The control's plain level, with the digits of the difference to it."""
    return numbers.number(found.control, metric.unit, half_width=_half(found))


def named(metric: Metric) -> str:
    """The metric inside a sentence: "margin per user"."""
    return inside_a_sentence(metric.label)


def size(metric: Metric, change: float) -> str:
    """A difference without its sign, two digits of it: "0.6 pts"."""
    return numbers.number(abs(change), metric.unit, half_width=abs(change), signed=True).lstrip("+")


def inside_a_sentence(text: str) -> str:
    """A sentence that follows a colon.

    >>> inside_a_sentence("The split is broken."), inside_a_sentence("SRM")
    ('the split is broken.', 'SRM')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def scope(design: Design) -> str:
    """Which users the study is restricted to: " where device is app", or nothing."""
    parts = [f"{columns([column])} is {listed(list(values), last='or')}" for column, values in design.only.items()]
    return f" where {listed(parts)}" if parts else ""


def adds_up(metric: Metric) -> bool:
    """Whether the metric is so much per user, so that the users' differences add up."""
    if isinstance(metric, FactMetric):
        return metric.aggregate in {"any", "count", "sum"}
    return isinstance(metric, ColumnMetric)


def columns(names: Sequence[str]) -> str:
    """Columns of a breakdown in a sentence: "zip code and device"."""
    return listed([name.replace("_", " ") for name in names])


def listed(names: list[str], *, last: str = "and") -> str:
    """Names in a sentence.

    >>> listed(["A"]), listed(["A", "B", "C"])
    ('A', 'A, B and C')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def _between(metric: Metric, found: Effect) -> str:
    return " and ".join(interval(metric, found).rsplit(" to ", 1))


def _half(found: Effect) -> float:
    return (found.high - found.low) / 2
