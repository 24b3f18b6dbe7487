"""Whether a table is as fresh as was promised, and whether its last days have as many rows as such days have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import Any

from workbench.tables.breach import Breach, plural, singular
from workbench.tables.schema import CanonicalTable

DAYS_HELD = 7
WEEKS_BEFORE = 8
# Days of data below which there is too little to hold a day against.
FEWEST_DAYS = 35
# Rows on such a day below which chance alone halves or doubles it.
FEWEST_ROWS = 30
LOWEST, HIGHEST = 0.5, 2.0
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def staleness(schema: CanonicalTable, rows: int, last: datetime, hours: float, now: datetime) -> list[Breach]:
    """A failure if the latest row is older than was promised.

    Args:
        rows: Rows of the table.
        last: The latest time on the business clock; a day counts until its end.
        hours: How old it may be.
        now: On the business clock.
    """
    dated = schema.columns[schema.clock] == "date"
    reached = datetime.combine(last, time()) + timedelta(days=1) if dated else last
    age = now - reached
    if age <= timedelta(hours=hours):
        return []
    said = f"{last:%Y-%m-%d}" if dated else f"{last:%Y-%m-%d %H:%M}"
    promised = "1 hour was" if hours == 1 else f"{hours:g} hours were"
    sentence = f"the latest {singular(schema.name)} is of {said}, {_span(age)} ago; at most {promised} promised"
    return [Breach(schema.name, (schema.clock,), sentence, 0, rows, (), "fail")]


def rows_by_day(table: Any, clock: str, last: datetime) -> Any:
    """Day and number of rows, for the days that `unusual_days` needs.

    Args:
        last: The latest time that may be believed; what is dated later lies in the future.
    """
    column = table[clock]
    first = datetime.combine(last.date(), time()) - timedelta(days=7 * WEEKS_BEFORE + DAYS_HELD)
    ends = (first.date(), last.date()) if column.type().is_date() else (first, last)
    recent = table.filter(column >= ends[0], column <= ends[1])
    return recent.group_by(day=recent[clock].cast("date")).aggregate(rows=recent.count())


def unusual_days(schema: CanonicalTable, rows: int, counts: Mapping[date, int], first: date) -> list[Breach]:
    """A warning for each of the last seven complete days with far fewer or more rows than the same weekday before.

    The last day that has rows may be incomplete, and so may be the first: neither is held, nor held against.

    Args:
        rows: Rows of the table.
        counts: From `rows_by_day`; a day without rows is not in it.
        first: The first day of the table.
    """
    last = max(counts, default=first)
    if (last - first).days < FEWEST_DAYS:
        return []
    breaches = []
    for day in (last - timedelta(days=back) for back in range(DAYS_HELD, 0, -1)):
        same = [day - timedelta(weeks=weeks) for weeks in range(1, WEEKS_BEFORE + 1)]
        usual = median(counts.get(one, 0) for one in same if one > first)
        found = counts.get(day, 0)
        if usual >= FEWEST_ROWS and not LOWEST * usual <= found <= HIGHEST * usual:
            sentence = (
                f"{plural(schema.name)} of {_WEEKDAYS[day.weekday()]}, {day}: {found:,} found, {usual:,.0f} expected "
                f"from the same weekday of the {WEEKS_BEFORE} weeks before"
            )
            breaches.append(Breach(schema.name, (schema.clock,), sentence, 0, rows, (), "warn"))
    return breaches


def _span(age: timedelta) -> str:
    hours = age / timedelta(hours=1)
    return f"{max(hours, 1):.0f} hour{'s' if hours >= 1.5 else ''}" if hours < 48 else f"{hours / 24:.0f} days"
