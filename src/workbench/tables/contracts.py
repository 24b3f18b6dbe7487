"""What a table must be before its numbers are believed; every breach with its count, share and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from workbench.errors import DataError, unknown
from workbench.tables.catalog import Catalog
from workbench.tables.distinct import distinct
from workbench.tables.results import collect
from workbench.tables.schema import CanonicalTable, canonical

EXAMPLES = 3
EARLIEST = datetime(2000, 1, 1)  # noqa: DTZ001  the business clock has no zone
Severity = Literal["fail", "warn"]


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that rows of a table break.

    Attributes:
        table: Canonical table.
        columns: The columns that the rule is about.
        rule: What is wrong, in words that follow the plural of what the rows are: "have no user id".
        count: Rows that break it.
        rows: All rows.
        examples: For a failure up to three such rows, as text.
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
        return self.count / self.rows

    @property
    def detail(self) -> str:
        """The breach as one sentence.

        >>> Breach("orders", ("ordered_at",), "lie in the future", 3, 12000, ("order 17: 2099-01-01",), "fail").detail
        '3 of 12,000 orders lie in the future, for example order 17: 2099-01-01'
        >>> Breach("orders", ("user_id",), "have no user id", 600, 12000, (), "warn").detail
        '600 of 12,000 orders (5.0 %) have no user id'
        """
        words = self.table.replace("_", " ")
        what = words if words.endswith("s") else f"rows of {words}"
        share = f" ({_percent(self.share)})" if self.severity == "warn" else ""
        rule = _singular(self.rule) if self.count == 1 else self.rule
        shown = f", for example {'; '.join(self.examples)}" if self.examples else ""
        return f"{self.count:,} of {self.rows:,} {what}{share} {rule}{shown}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition that no row may meet.

    Attributes:
        column: The column that it is about.
        words: As `Breach.rule`.
        severity: As `Breach.severity`.
        broken: True where a row breaks it, an Ibis expression.
        shown: Whether an example shows the column's value.
    """

    column: str
    words: str
    severity: Severity
    broken: Any
    shown: bool = False


def check_contract(
    catalog: Catalog, name: str, *, columns: Sequence[str] = (), where: Mapping[str, str] | None = None
) -> tuple[Breach, ...]:
    """Check one table in one scan: the key, the clock, missing values, and numbers that are none.

    Read are only the key, the clock, the user, what may have one value per key, and `columns`.  Where the number of
    different keys is that of the rows, no row repeats another; else, and for examples, the table is scanned again.

    Args:
        columns: The columns that a study reads; they must exist.  A missing value there warns, NaN and infinity fail.
        where: Column → value: only these rows, e.g. one experiment.

    Returns:
        The breaches, failures first; none for a sound table.

    Raises:
        StudyError: The catalogue lists no such table.
        DataError: The table has no rows, or lacks a column; or as `Catalog.table`.
    """
    schema, whole = canonical(name), catalog.table(name)
    table = _chosen(whole, name, columns, where or {})
    made = catalog.file.mapping(name).row_id  # numbered rows: none is missing, none repeats another
    rules = [rule for rule in row_rules(table, schema, columns, now=_now()) if rule.column != made]
    key = [column for column in schema.key if column in table.columns]
    in_passing = {}
    if len(key) == 1 and made not in key:
        in_passing = {"named": table[key[0]].count(), "different": distinct(table[key[0]], whole[key[0]])}
    counts = collect(count_broken(table, rules, in_passing)).iloc[0]
    rows = int(counts["rows"])
    if rows == 0:
        raise DataError(f"table {name!r} has no rows{_only(where)}; there is nothing to count")
    breaches = [
        Breach(name, (rule.column,), rule.words, count, rows, _examples(table, key, rule), rule.severity)
        for i, rule in enumerate(rules)
        if not counts.isna()[f"rule_{i}"] and (count := int(counts[f"rule_{i}"]))
    ]
    if made not in key:
        named = table.filter(*(table[column].notnull() for column in key))
        repeated = int(counts["named"] - counts["different"]) if in_passing else _repeated(named, key)
        breaches += _key_breaches(named, key, schema, rows, repeated)
    return tuple(sorted(breaches, key=lambda breach: breach.severity))


def row_rules(table: Any, schema: CanonicalTable, columns: Sequence[str], *, now: datetime) -> list[Rule]:
    """The rules that each row breaks or keeps by itself.

    Args:
        columns: As in `check_contract`.
        now: UTC without a zone.  What is a day later lies in the future on every business clock.
    """
    strict = [*(c for c in schema.key if c in schema.required), *schema.one_value_per_key, schema.clock]
    rules = []
    for column in dict.fromkeys([*strict, "user_id", *columns]):
        if column in table.columns:
            severity: Severity = "fail" if column in strict else "warn"
            rules.append(Rule(column, f"have no {_words(column, schema)}", severity, _missing(table[column])))
    if schema.clock in table.columns:
        clock = table[schema.clock]
        first, last = EARLIEST, now + timedelta(days=1)
        ends = (first.date(), last.date()) if clock.type().is_date() else (first, last)
        rules.append(Rule(schema.clock, "are dated before 2000", "fail", clock < ends[0], shown=True))
        rules.append(Rule(schema.clock, "lie in the future", "fail", clock > ends[1], shown=True))
    for column in (c for c in dict.fromkeys(columns) if table[c].type().is_floating()):
        words = f"have a {_words(column, schema)} that is infinite or no number"
        # x − x is NaN for these, which differs from 0 on every engine; not every engine can ask for infinity by name.
        rules.append(Rule(column, words, "fail", table[column] - table[column] != 0, shown=True))
    return rules


def count_broken(table: Any, rules: Sequence[Rule], in_passing: Mapping[str, Any]) -> Any:
    """One row: `rows`, how many break each rule, and what else can be counted in passing."""
    flags = {f"rule_{i}": rule.broken.ifelse(1, 0).sum() for i, rule in enumerate(rules)}
    return table.aggregate(rows=table.count(), **in_passing, **flags)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _chosen(table: Any, name: str, columns: Sequence[str], where: Mapping[str, str]) -> Any:
    for column in [*columns, *where]:
        if column not in table.columns:
            raise DataError(f"table {name!r}: {unknown('column', column, table.columns)}")
    for column, value in where.items():
        table = table.filter(table[column].cast("string") == value)
    return table


def _only(where: Mapping[str, str] | None) -> str:
    return " where " + " and ".join(f"{column} is {value!r}" for column, value in where.items()) if where else ""


def _missing(column: Any) -> Any:
    return column.isnull() | (column.strip() == "") if column.type().is_string() else column.isnull()


def _repeated(named: Any, key: list[str]) -> int:
    """Rows beyond the first of their key, for keys of several columns."""
    by_key = named.group_by(key).aggregate(rows=named.count())
    return int(collect(by_key.aggregate(repeated=(by_key.rows - 1).sum().fill_null(0)))["repeated"][0])


def _key_breaches(named: Any, key: list[str], schema: CanonicalTable, rows: int, repeated: int) -> list[Breach]:
    """Repeated keys, and columns that differ between rows of one key: those are looked for only among repeated ones."""
    if not repeated:
        return []
    same = " and ".join(_words(column, schema) for column in key)
    many = named.group_by(key).having(lambda t: t.count() > 1).aggregate()
    words = f"repeat the {same} of another row"
    breaches = [Breach(schema.name, tuple(key), words, repeated, rows, _listed(many, key, None), "fail")]
    for column in (column for column in schema.one_value_per_key if column in named.columns):
        # Least and greatest tell whether there are two; counting distinct values per key costs twice the scan.
        torn = (
            named.group_by(key)
            .having(lambda t, column=column: t[column].min() != t[column].max())
            .aggregate(rows=named.count())
        )
        count = int(collect(torn.aggregate(rows=torn.rows.sum().fill_null(0)))["rows"][0])
        if count:
            words = f"have the same {same} as another row, but not the same {_words(column, schema)}"
            breaches.append(Breach(schema.name, (column,), words, count, rows, _listed(torn, key, None), "fail"))
    return breaches


def _examples(table: Any, key: list[str], rule: Rule) -> tuple[str, ...]:
    """For failures: a warning's rows are normal ones, and looking for them costs a scan."""
    named = [column for column in key if column != rule.column]
    if rule.severity == "warn" or not named:
        return ()
    return _listed(table.filter(rule.broken), named, rule.column if rule.shown else None)


def _listed(rows: Any, key: list[str], shown: str | None) -> tuple[str, ...]:
    """The first three rows by their keys, so that the same data say the same."""
    columns = list(dict.fromkeys([*key, *([shown] if shown else [])]))
    first = rows.select(*columns).order_by(*columns).limit(EXAMPLES)
    found = collect(first.select(**{column: first[column].cast("string").fill_null("(missing)") for column in columns}))
    return tuple(
        ", ".join(f"{_name(column)} {row[column]}" for column in key)
        + (f": {row[shown].removesuffix(' 00:00:00')}" if shown else "")
        for row in found.to_dict("records")
    )


def _words(column: str, schema: CanonicalTable) -> str:
    return "time" if column == schema.clock else column.replace("_", " ")


def _name(column: str) -> str:
    """What a column names, in words: "user" for user_id."""
    return column.removesuffix("_id").removesuffix("_no").replace("_", " ")


def _singular(rule: str) -> str:
    verb, _, rest = rule.partition(" ")
    known = {"have": "has", "are": "is"}
    return f"{known.get(verb, verb + 's')} {rest}"


def _percent(share: float) -> str:
    return "under 0.1 %" if share < 0.001 else f"{share:.1%}".replace("%", " %")
