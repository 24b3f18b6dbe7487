"""A test in pictures: each function draws one claim and shows it with its title, caption and text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from workbench.abtest import words
from workbench.abtest.analysis import Analysis, SegmentEffects
from workbench.abtest.means import Effect
from workbench.report import COLOURS, MARKERS, WIDTH, house_style, numbers, show_figure

FIRST_SHOWN = 0.1  # share of the users from which on the curve over days is drawn
ROW = 34  # px between two rows of a forest plot


@dataclass(frozen=True, slots=True)
class _Row:
    label: str
    variant: str
    low: float
    point: float
    high: float
    text: str


def show_effects(analysis: Analysis) -> None:
    """Every metric's relative change in every variant; metrics without one to believe are left out."""
    rows = [
        _Row(
            analysis.metric(c.metric).label,
            c.variant,
            100 * c.effect.relative_low,
            100 * c.effect.relative,
            100 * c.effect.relative_high,
            numbers.relative(c.effect.relative, half_width=(c.effect.relative_high - c.effect.relative_low) / 2),
        )
        for c in analysis.comparisons
        if c.effect and c.effect.relative is not None and c.effect.relative_low is not None
        and c.effect.relative_high is not None
    ]  # fmt: skip
    if not rows:
        return
    control = analysis.design.control
    level = numbers.share(analysis.design.level)
    with house_style():
        figure = _forest(rows, analysis.variants, f"change against {control}, %")
        show_figure(
            figure,
            title=f"What changed against {control}",
            lead=f"Relative change per metric, with {level} intervals; the dashed line is no change.",
            caption=_effects_caption(analysis),
            alt=_spoken(rows, "%"),
        )


def show_segments(analysis: Analysis) -> None:
    """The first goal in the leading variant, by the segments of each breakdown."""
    for breakdown in analysis.breakdowns:
        _show_breakdown(analysis, breakdown)


def _show_breakdown(analysis: Analysis, breakdown: SegmentEffects) -> None:
    goal, name = analysis.first_goal, words.columns(breakdown.columns)
    scale, unit = _axis(goal.unit)
    rows = [
        _Row(
            _segment_label(c.segment),
            breakdown.variant,
            scale * c.effect.low,
            scale * c.effect.absolute,
            scale * c.effect.high,
            words.difference(goal, c.effect),
        )
        for c in breakdown.comparisons
        if c.effect
    ]  # fmt: skip
    if not rows:
        return
    with house_style():
        figure = _forest(rows, (breakdown.variant,), f"difference in {words.named(goal)}, {unit}".rstrip(", "))
        show_figure(
            figure,
            title=f"{goal.label} by {name}, {breakdown.variant} against {analysis.design.control}",
            lead=f"Difference with {numbers.share(analysis.design.level)} intervals; the dashed line is no change.",
            caption=_segments_caption(analysis, breakdown),
            alt=_spoken(rows, unit),
        )


def _segments_caption(analysis: Analysis, breakdown: SegmentEffects) -> str:
    outside = "Segments are not part of the rule."
    if breakdown.difference is None:
        return f"There are not two segments to compare. {outside}"
    p = breakdown.difference.p_value
    if analysis.running:
        return f"The test is still running, so nothing is to be concluded yet. {outside}"
    shown = numbers.p_value(p)
    if p < analysis.segment_error:
        return f"What to conclude: the effect differs ({shown}); look at the segments before acting on all. {outside}"
    return f"What to conclude: no clear sign that the effect differs ({shown}); small differences go unseen. {outside}"


def show_days(analysis: Analysis) -> None:
    """The first goal's effect in the leading variant, on the users exposed up to each day."""
    # The first users' estimates are wild; they would flatten everything that follows.
    last = analysis.by_day[-1][1] if analysis.by_day else None
    shown = [(day, e) for day, e in analysis.by_day if last and e.n_treatment >= FIRST_SHOWN * last.n_treatment]
    if last is None or len(shown) < 2:
        return
    goal = analysis.first_goal
    with house_style():
        figure = _curve([day for day, _ in shown], [effect for _, effect in shown], goal.unit)
        show_figure(
            figure,
            title=f"How the estimate for {analysis.leading} settled as users came in",
            lead=f"Difference in {words.named(goal)} to {analysis.design.control} among users exposed up to each day, "
            f"with {numbers.share(analysis.design.level)} intervals, once a tenth of the users were in.",
            caption=f"After the last day it stands at {words.effect(goal, last)}. "
            "The curve is for looking only; a day on which it happens to look good is no reason to decide.",
            alt=f"A curve with a narrowing band from {shown[0][0]} to {shown[-1][0]}, "
            f"ending at {words.effect(goal, last)}.",
        )


def _curve(days: Sequence[date], found: Sequence[Effect], unit: str) -> Figure:
    scale, name = _axis(unit)
    at = [mdates.date2num(day) for day in days]
    low, high = ([scale * getattr(effect, end) for effect in found] for end in ("low", "high"))
    figure, axes = plt.subplots()
    axes.fill_between(at, low, high, color=COLOURS[0], alpha=0.18, linewidth=0)
    axes.plot(at, [scale * effect.absolute for effect in found], color=COLOURS[0], marker="", linewidth=3)
    axes.axhline(0, color="#8a94a3", linestyle=(0, (3, 4)), linewidth=1)
    axes.set_ylim(*_padded(min(*low, 0.0), max(*high, 0.0)))
    axes.set_ylabel(f"difference, {name}".rstrip(", "))
    axes.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=5))
    axes.xaxis.set_major_formatter(mdates.DateFormatter("%-d %b"))
    return figure


def _forest(rows: Sequence[_Row], variants: Sequence[str], xlabel: str) -> Figure:
    """Dots with intervals: one band per label, within it one line per variant, told apart by colour and marker."""
    labels = list(dict.fromkeys(row.label for row in rows))
    height = ROW * (len(rows) + 0.35 * len(labels)) + 86
    figure, axes = plt.subplots(figsize=(WIDTH / 72, height / 72))
    places: list[float] = []
    at = 0.0
    for label in labels:
        within = [row for row in rows if row.label == label]
        places.append(at + (len(within) - 1) / 2)
        for row in within:
            _draw(axes, row, at, list(variants).index(row.variant))
            at += 1.0
        at += 0.35
    axes.axvline(0, color="#8a94a3", linestyle=(0, (3, 4)), linewidth=1, zorder=0)
    axes.set_yticks(places, [_wrapped(label) for label in labels])
    axes.set_ylim(at - 0.6, -0.75)
    axes.grid(visible=False, axis="y")
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+,.5g}".replace("-", "−") if value else "0")
    axes.set_xlabel(xlabel)
    if len(variants) > 1:
        handles = [
            Line2D([], [], color=COLOURS[i % 6], marker=MARKERS[i % 6], label=variant)
            for i, variant in enumerate(variants)
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=2)
    return figure


def _draw(axes: Axes, row: _Row, at: float, i: int) -> None:
    colour, marker = COLOURS[i % len(COLOURS)], MARKERS[i % len(MARKERS)]
    axes.plot([row.low, row.high], [at, at], color=colour, marker="", linewidth=4, solid_capstyle="round")
    axes.plot([row.point], [at], color=colour, marker=marker, markersize=10)
    axes.annotate(row.text, (row.point, at), xytext=(0, 9), textcoords="offset points", ha="center")


def _effects_caption(analysis: Analysis) -> str:
    if analysis.running:
        return "The test is still running, so nothing is to be concluded yet."
    goals = [(g.metric, g.outcome) for g in analysis.decision.goals if g.arm == analysis.leading]
    said = {
        "better": "is clearly better",
        "worse": "is clearly worse",
        "unclear": "shows no clear difference",
        "unknown": "can't be judged",
    }
    parts = [f"{words.inside_a_sentence(metric)} {said[outcome]}" for metric, outcome in goals]
    kept = {
        "kept": "stays within its limit",
        "breached": "is beyond its limit",
        "open": "may be beyond its limit",
    }
    parts += [
        f"{words.inside_a_sentence(g.metric)} {kept[g.test.status]}"
        for g in analysis.guardrails
        if g.arm == analysis.leading and g.test
    ]
    return f"What to conclude: with {analysis.leading}, {words.listed(parts)}."


def _axis(unit: str) -> tuple[float, str]:
    """Factor and name of the axis for a difference in `unit`."""
    return (100.0, "points") if unit == "share" else (1.0, unit)


def _padded(low: float, high: float) -> tuple[float, float]:
    room = 0.06 * (high - low or 1.0)
    return low - room, high + room


def _segment_label(segment: Mapping[str, str]) -> str:
    """The value alone where one column is enough to know it."""
    if len(segment) == 1:
        return next(iter(segment.values()))
    return ", ".join(f"{words.columns([column])} {value}" for column, value in segment.items())


def _wrapped(label: str) -> str:
    """A label on two lines where it is long, so that it leaves room for the picture."""
    if len(label) <= 16 or " " not in label:
        return label
    middle = min((i for i, c in enumerate(label) if c == " "), key=lambda i: abs(i - len(label) / 2))
    return f"{label[:middle]}\n{label[middle + 1 :]}"


def _spoken(rows: Sequence[_Row], unit: str) -> str:
    return (
        "; ".join(f"{row.label}, {row.variant}: {row.text} ({row.low:.2f} to {row.high:.2f} {unit})" for row in rows)
        + "."
    )
