"""A breach of a table's contract: what is wrong, of how many rows, with examples, as one sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workbench.errors import DataError
from workbench.tables.expectations import Severity

# Between sentences of one message: a line each where lines are kept, and still apart where they are not.
SEVERAL = ";\n"


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that a table breaks.

    Attributes:
        table: Canonical table.
        columns: The columns that the rule is about.
        rule: What is wrong, in words that follow the plural of what the rows are: "have no user id".  Where `count` is
            0 it is wrong with the table as a whole (it is old, it lacks a column), and `rule` is a sentence.
        count: Rows that break it.
        rows: All rows.
        examples: Up to three such rows, as text.
        severity: "fail" where results would be wrong, "warn" where they may be.
    """

    table: str
    columns: tuple[str, ...]
    rule: str
    count: int
    rows: int
    examples: tuple[str, ...]
    severity: Severity

    @property
    def share(self) -> float:
        """`count` over all rows, 0 to 1."""
        return self.count / self.rows if self.rows else 0.0

    @property
    def detail(self) -> str:
        """The breach as one sentence.

        >>> Breach("orders", ("ordered_at",), "lie in the future", 3, 12000, ("order 17: 2099-01-01",), "fail").detail
        '3 of 12,000 orders lie in the future, for example order 17: 2099-01-01'
        >>> Breach("orders", ("user_id",), "have no user id", 600, 12000, (), "warn").detail
        '600 of 12,000 orders (5.0 %) have no user id'
        >>> Breach("orders", (), "the table orders has no rows", 0, 0, (), "fail").detail
        'the table orders has no rows'
        """
        if not self.count:
            return self.rule
        share = f" ({percent(self.share)})" if self.severity == "warn" else ""
        rule = _singular(self.rule) if self.count == 1 else self.rule
        shown = f", for example {'; '.join(self.examples)}" if self.examples else ""
        return f"{self.count:,} of {self.rows:,} {plural(self.table)}{share} {rule}{shown}"


def refuse(breaches: Iterable[Breach]) -> None:
    """Refuse to go on with data that break their contract.

    Raises:
        DataError: At least one of the breaches is a failure; each stands on a line of its own.
    """
    fatal = [breach.detail for breach in breaches if breach.severity == "fail"]
    if fatal:
        raise DataError(SEVERAL.join(fatal))


def plural(table: str) -> str:
    """What the rows of a table are.

    >>> plural("order_items"), plural("spend")
    ('order items', 'rows of spend')
    """
    words = table.replace("_", " ")
    return words if words.endswith("s") else f"rows of {words}"


def singular(table: str) -> str:
    """What one row of a table is.

    >>> singular("order_items"), singular("touches"), singular("spend")
    ('order item', 'touch', 'row of spend')
    """
    rows = plural(table)
    return (
        rows.replace("rows", "row") if rows.startswith("rows") else rows.removesuffix("es" if "ches" in rows else "s")
    )


def _singular(rule: str) -> str:
    verb, _, rest = rule.partition(" ")
    known = {"have": "has", "are": "is"}
    return f"{known.get(verb, verb + 's')} {rest}"


def percent(share: float) -> str:
    """A share of rows.

    >>> percent(0.0697), percent(0.0004)
    ('7.0 %', 'under 0.1 %')
    """
    return "under 0.1 %" if share < 0.001 else f"{share:.1%}".replace("%", " %")
