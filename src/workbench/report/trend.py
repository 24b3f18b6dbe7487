"""The main estimate from run to run, as a line small enough for a list."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from workbench.report import numbers
from workbench.report.texts import Texts
from workbench.stats import Estimate

_WIDTH, _HEIGHT, _EDGE = 150, 34, 5
_MOST_RUNS = 30


def written(estimate: Estimate) -> str:
    """An estimate with its unit; differences are signed.

    >>> written(Estimate("spend", 0.7698, "USD", 42613, low=0.485, high=1.0545, level=0.95))
    '+$0.77'
    """
    half_width = None
    if estimate.low is not None and estimate.high is not None:
        half_width = (estimate.high - estimate.low) / 2
    if estimate.scale == "relative":
        return numbers.relative(estimate.value, half_width=half_width)
    return numbers.number(estimate.value, estimate.unit, half_width=half_width, signed=estimate.scale == "absolute")


def written_interval(estimate: Estimate) -> str:
    """Its interval, "" without one."""
    if estimate.low is None or estimate.high is None:
        return ""
    if estimate.scale == "relative":
        return numbers.relative_interval(estimate.low, estimate.high)
    return numbers.interval(estimate.low, estimate.high, estimate.unit, signed=estimate.scale == "absolute")


def sparkline(estimates: Sequence[Estimate], texts: Texts) -> Markup:
    """The last runs' main estimates as a line with a band of their intervals, and zero dashed; "" below two runs.

    Args:
        estimates: Oldest first; those that estimate something else than the last one are left out.
        texts: For the words that say what the line shows.
    """
    shown = [e for e in estimates if _same(e, estimates[-1])][-_MOST_RUNS:]
    if len(shown) < 2:
        return Markup("")
    lows = [e.value if e.low is None else e.low for e in shown]
    highs = [e.value if e.high is None else e.high for e in shown]
    zero = [0.0] if shown[-1].scale in ("absolute", "relative") else []
    bottom, top = min(*lows, *zero), max(*highs, *zero)
    step = (_WIDTH - 2 * _EDGE) / (len(shown) - 1)

    def place(index: int, value: float) -> str:
        height = (top - value) / ((top - bottom) or 1.0)
        return f"{_EDGE + index * step:.1f},{_EDGE + height * (_HEIGHT - 2 * _EDGE):.1f}"

    line = [place(i, e.value) for i, e in enumerate(shown)]
    band = [place(i, high) for i, high in enumerate(highs)] + [place(i, lows[i]) for i in reversed(range(len(lows)))]
    x, y = line[-1].split(",")
    said = texts.trend.format(n=len(shown), first=written(shown[0]), last=written(shown[-1]))
    dashed = (
        Markup('<path d="M{} L{}" class="zero"/>').format(place(0, 0.0), place(len(shown) - 1, 0.0)) if zero else ""
    )
    return Markup(
        '<svg class="trend" viewBox="0 0 {} {}" role="img" aria-label="{}"><polygon points="{}" class="band"/>{}'
        '<polyline points="{}" class="line"/><circle cx="{}" cy="{}" r="3.5"/></svg>'
    ).format(_WIDTH, _HEIGHT, said, " ".join(band), dashed, " ".join(line), x, y)


def _same(one: Estimate, other: Estimate) -> bool:
    return (one.name, one.scale, one.unit, dict(one.group)) == (other.name, other.scale, other.unit, dict(other.group))
