"""What was found, in the words that a manager reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from workbench.readiness.judgement import Judgement, Mend, Verdict, failures
from workbench.readiness.survey import Surveyed
from workbench.report import numbers
from workbench.tables.expectations import STEADY

RULE = (
    "A notebook can run when the catalogue lists every table that it needs, with every column, and none of these "
    "tables breaks a rule that would make its numbers wrong. A study also needs the columns of the metrics that it "
    "names. The whole is ready when all of them can run and no table that they read is broken."
)


def headline(judgement: Judgement) -> str:
    """One sentence: how many notebooks can run, and what is most wrong or most late."""
    able, asked = _able(judgement.notebooks), len(judgement.notebooks)
    if asked == 1:
        said = f"The notebook {judgement.notebooks[0].demand.name} {'can' if able else 'cannot'} run"
    elif able == asked:
        said = f"All {asked} notebooks can run"
    else:
        said = f"{able or 'None'} of {asked} notebooks can run"
    studies = judgement.studies
    if studies and _able(studies) < len(studies):
        said += f", and {_able(studies) or 'none'} of {len(studies)} studies"
    return f"{said}; {_worst(judgement)}."


def next_step(judgement: Judgement) -> str:
    """What to mend first: that for which the most are waiting."""
    waiting = [(mend, verdict.demand.name) for verdict in _all(judgement) for mend in verdict.mends]
    if waiting:
        (first, count), *_ = Counter(mend for mend, _ in waiting).most_common(1)
        names = [name for mend, name in waiting if mend == first]
        others = len({mend for mend, _ in waiting}) - 1
        more = f" The list holds {numbers.count(others)} more." if others else ""
        return f"Mend first: {place(first)}. {listed(names[:3])}{_and_more(count - 3)} wait{_s(count)} for it.{more}"
    if judgement.broken:
        table = judgement.survey.tables[judgement.broken[0]]
        return f"Mend {table.name} in its source, {table.stored}: {failures(table)[0]}."
    return "Nothing is in the way: run the studies."


def place(mend: Mend) -> str:
    """What to mend, and where."""
    return f"{mend.what} ({mend.where})"


def action(verdict: Verdict) -> str:
    """What to do with a notebook or a study."""
    return "Run" if verdict.runs else "Mend"


def oldest(judgement: Judgement) -> Surveyed | None:
    """Of the tables that grow every day, the one that ends first; products and coupons may well be old."""
    growing = [t for t in judgement.survey.tables.values() if t.age is not None and t.name in STEADY]
    return max(growing, key=lambda table: table.age or timedelta(), default=None)


def age(span: timedelta) -> str:
    """How long ago, in hours up to two days, then in days.

    >>> age(timedelta(minutes=20)), age(timedelta(hours=30)), age(timedelta(days=42, hours=3))
    ('under an hour', '30 hours', '42 days')
    """
    hours = int(span.total_seconds() // 3600)
    if hours < 1:
        return "under an hour"
    if hours < 48:
        return f"{hours} hour{'s' if hours > 1 else ''}"
    return f"{numbers.count(hours // 24)} days"


def day(moment: datetime | None) -> str | None:
    """A day, "10 Oct 2026", which no line breaks."""
    return None if moment is None else f"{moment.day} {moment:%b %Y}".replace(" ", "\N{NO-BREAK SPACE}")


def sentence(text: str) -> str:
    """A sentence with its capital and its full stop, but a name in small letters stays as it is.

    >>> sentence("the table orders has no rows"), sentence("3 of 9 orders lie in the future")
    ('The table orders has no rows.', '3 of 9 orders lie in the future.')
    """
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def listed(names: Sequence[str], *, last: str = "and") -> str:
    """Names in a sentence.

    >>> listed(["A"]), listed(["A", "B", "C"])
    ('A', 'A, B and C')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def _worst(judgement: Judgement) -> str:
    """What is most wrong: a broken table, a missing one, a missing column; else how old the data are."""
    tables = judgement.survey.tables
    if judgement.broken:
        breaches = [b for name in judgement.broken for b in tables[name].examination.breaches if b.severity == "fail"]
        more = len(breaches) - 1
        return replace(breaches[0], examples=()).detail + (f" (and {more} more)" if more else "")
    if judgement.absent:
        verb = "is" if len(judgement.absent) == 1 else "are"
        return f"{listed(judgement.absent)} {verb} not in the catalogue"
    lacking = [mend for verdict in _all(judgement) for mend in verdict.mends]
    if lacking:
        return f"{lacking[0].table} has no {lacking[0].column}" if lacking[0].column else lacking[0].what
    late = oldest(judgement)
    if late is None or late.age is None:
        return f"{len(tables)} tables are sound"
    return f"{late.name} is {age(late.age)} old"


def _all(judgement: Judgement) -> list[Verdict]:
    return [*judgement.notebooks, *judgement.studies]


def _able(verdicts: Sequence[Verdict]) -> int:
    return sum(verdict.runs for verdict in verdicts)


def _and_more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _s(count: int) -> str:
    return "s" if count == 1 else ""
