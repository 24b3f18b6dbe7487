"""What was found, in the words that a manager reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from workbench.readiness.judgement import Judgement, Verdict, briefly, failures
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
    if judgement.ready and not judgement.studies:
        return "No study names this catalogue yet: write one (experiments/README.md)."
    if judgement.ready:
        return "Nothing is in the way: run the studies."
    (first, names), *others = judgement.waiting.items()
    who = f" {several(names)} wait{'s' if len(names) == 1 else ''} for it." if names else ""
    more = f" {numbers.count(len(others))} more {'is' if len(others) == 1 else 'are'} listed below." if others else ""
    return f"Mend first: {first.what} ({first.where}).{who}{more}"


def waits_for(verdict: Verdict) -> str:
    """What a notebook or a study waits for, in short: "orders.cost, users (broken)"."""
    said = {
        "column": "{0.table}.{0.column}",
        "absent": "{0.table} (not there)",
        "broken": "{0.table} (broken)",
        "demand": "its own file",
    }
    return ", ".join(dict.fromkeys(said[mend.kind].format(mend) for mend in verdict.mends)) or "nothing"


def several(names: Sequence[str]) -> str:
    """Some names in a sentence, however many there are.

    >>> several(["A", "B"]), several(["A", "B", "C", "D", "E"])
    ('A and B', 'A, B, C and 2 more')
    """
    return listed(names if len(names) <= 4 else [*names[:3], f"{len(names) - 3} more"])


def action(verdict: Verdict) -> str:
    """What to do with a notebook or a study."""
    return "Run" if verdict.runs else "Mend"


def oldest(judgement: Judgement) -> Surveyed | None:
    """Of the tables that grow every day, the one that ends first; products and coupons may well be old."""
    return max(growing(judgement), key=lambda table: table.age or timedelta(), default=None)


def growing(judgement: Judgement) -> list[Surveyed]:
    """The tables that grow every day and have an end."""
    return [t for t in judgement.survey.tables.values() if t.age is not None and t.name in STEADY]


def age(span: timedelta) -> str:
    """How long ago, in hours up to two days, then in days.

    >>> age(timedelta(minutes=20)), age(timedelta(hours=30)), age(timedelta(days=42, hours=3))
    ('under an hour', '30 hours', '42 days')
    """
    hours = round(span / timedelta(hours=1))
    if hours < 1:
        return "under an hour"
    if hours < 48:
        return f"{hours} hour{'s' if hours > 1 else ''}"
    return f"{numbers.count(round(span / timedelta(days=1)))} days"


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
        breaches = [breach for name in judgement.broken for breach in failures(tables[name])]
        more = len(breaches) - 1
        return briefly(breaches[0]) + (f" (and {more} more)" if more else "")
    if judgement.absent:
        verb = "is" if len(judgement.absent) == 1 else "are"
        return f"{listed(judgement.absent)} {verb} not in the catalogue"
    if not judgement.ready:
        first = next(iter(judgement.waiting))
        return f"{first.table} has no {first.column}" if first.column else first.what
    late = oldest(judgement)
    if late is None or late.age is None:
        return f"{len(tables)} table{'s are' if len(tables) != 1 else ' is'} sound"
    return f"the data end {age(late.age)} ago" if _together(judgement) else f"{late.name} ends {age(late.age)} ago"


def _together(judgement: Judgement) -> bool:
    """Whether all tables that grow every day end within a day of each other."""
    ages = [table.age or timedelta() for table in growing(judgement)]
    return max(ages, default=timedelta()) - min(ages, default=timedelta()) < timedelta(days=1)


def _able(verdicts: Sequence[Verdict]) -> int:
    return sum(verdict.runs for verdict in verdicts)
