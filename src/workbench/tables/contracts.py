"""What a table must be before its numbers are believed; every breach with its count, share and examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import ibis

from workbench.errors import DataError, unknown
from workbench.tables.catalog import Catalog
from workbench.tables.results import collect
from workbench.tables.schema import CanonicalTable, canonical

EXAMPLES = 3
Severity = Literal["fail", "warn"]


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule that rows of a table break.

    Attributes:
        table: Canonical table.
        columns: The columns that the rule is about.
        rule: What is wrong, in words that follow "rows": "have no user_id".
        count: Rows that break it.
        share: `count` over all rows, 0 to 1.
        examples: Up to three keys of such rows, as text.
        severity: "fail" where results would be wrong, "warn" where they may be.
    """

    table: str
    columns: tuple[str, ...]
    rule: str
    count: int
    share: float
    examples: tuple[str, ...]
    severity: Severity

    @property
    def detail(self) -> str:
        """The breach as one sentence.

        >>> Breach("orders", ("user_id",), "have no user_id", 12, 0.003, ("order_id 7",), "fail").detail
        'orders: 12 rows (0.3 %) have no user_id, e.g. order_id 7'
        """
        rows, rule = ("row", _singular(self.rule)) if self.count == 1 else ("rows", self.rule)
        shown = f", e.g. {'; '.join(self.examples)}" if self.examples else ""
        return f"{self.table}: {self.count:,} {rows} ({_percent(self.share)}) {rule}{shown}"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A condition that no row may meet."""

    columns: tuple[str, ...]
    words: str
    severity: Severity
    broken: Any


def check_contract(
    catalog: Catalog, name: str, *, columns: Sequence[str] = (), where: Mapping[str, str] | None = None
) -> tuple[Breach, ...]:
    """Check one table in one pass: the key, missing values, and numbers that are none.

    Required columns must hold a value in every row; a key must name one row; a column with one value per key may have
    no second one; numbers must be finite.

    Args:
        columns: Columns beyond the required ones that a study reads; they must exist, and a missing value there warns.
        where: Column → value: only these rows, e.g. one experiment.

    Returns:
        The breaches, failures first; none for a sound table.

    Raises:
        StudyError: The catalogue lists no such table.
        DataError: The table has no rows, or lacks a column; or as `Catalog.table`.
    """
    schema, table = canonical(name), catalog.table(name)
    for column in [*columns, *(where or {})]:
        if column not in table.columns:
            raise DataError(f"table {name!r}: {unknown('column', column, table.columns)}")
    for column, value in (where or {}).items():
        table = table.filter(table[column].cast("string") == value)
    rules = _row_rules(table, schema, columns)
    key = [column for column in schema.key if column in table.columns]
    counts = collect(_counted(table, key, rules, schema)).iloc[0]
    rows = 0 if counts.isna()["rows"] else int(counts["rows"])
    if rows == 0:
        raise DataError(f"table {name!r} has no rows{_only(where)}; there is nothing to count")
    breaches = [
        Breach(name, rule.columns, rule.words, count, count / rows, _examples(table, key, rule.broken), rule.severity)
        for i, rule in enumerate(rules)
        if (count := int(counts[f"rule_{i}"]))
    ]
    breaches += _key_breaches(table, key, counts, schema, rows)
    return tuple(sorted(breaches, key=lambda breach: breach.severity))


def _only(where: Mapping[str, str] | None) -> str:
    return " where " + " and ".join(f"{column} is {value!r}" for column, value in where.items()) if where else ""


def _row_rules(table: Any, schema: CanonicalTable, needed: Sequence[str]) -> list[_Rule]:
    rules: list[_Rule] = []
    for column in dict.fromkeys([*schema.required, *needed]):
        missing = table[column].isnull()
        if table[column].type().is_string():
            missing = missing | (table[column].strip() == "")
        rules.append(_Rule((column,), f"have no {column}", "fail" if column in schema.required else "warn", missing))
    numbers = [column for column in table.columns if table[column].type().is_floating()]
    for column in numbers:
        value = table[column]
        rules.append(
            _Rule((column,), f"have a {column} that is no finite number", "fail", value.isnan() | value.isinf())
        )
    return rules


def _counted(table: Any, key: list[str], rules: list[_Rule], schema: CanonicalTable) -> Any:
    """One row of counts: first per key, then over the keys, which needs no second look at the rows."""
    flags = {f"rule_{i}": rule.broken.ifelse(1, 0) for i, rule in enumerate(rules)}
    single = [column for column in schema.one_value_per_key if column in table.columns]
    marked = table.select(*dict.fromkeys([*key, *single]), **flags)
    by_key = marked.group_by(key).aggregate(
        rows=marked.count(),
        **{flag: marked[flag].sum() for flag in flags},
        # Least and greatest tell whether there are two; counting distinct values per key costs twice the scan.
        **{f"least_{column}": marked[column].min() for column in single},
        **{f"most_{column}": marked[column].max() for column in single},
    )
    # Rows without a key are missing values, counted above; they repeat nothing.
    named = ibis.and_(*(by_key[column].notnull() for column in key))
    return by_key.aggregate(
        rows=by_key.rows.sum(),
        repeated=(named & (by_key.rows > 1)).ifelse(by_key.rows - 1, 0).sum(),
        **{flag: by_key[flag].sum() for flag in flags},
        **{
            f"torn_{column}": (named & (by_key[f"least_{column}"] != by_key[f"most_{column}"]))
            .ifelse(by_key.rows, 0)
            .sum()
            for column in single
        },
    )


def _key_breaches(table: Any, key: list[str], counts: Any, schema: CanonicalTable, rows: int) -> list[Breach]:
    breaches = []
    named = table.filter(*(table[column].notnull() for column in key))
    repeated = int(counts["repeated"])
    if repeated:
        words = f"repeat the {' and '.join(key)} of another row"
        many = named.group_by(key).having(lambda t: t.count() > 1).aggregate()
        breaches.append(
            Breach(schema.name, tuple(key), words, repeated, repeated / rows, _examples(many, key, None), "fail")
        )
    for column in schema.one_value_per_key:
        torn = int(counts.get(f"torn_{column}", 0))
        if torn:
            many = named.group_by(key).having(lambda t, column=column: t[column].min() != t[column].max()).aggregate()
            words = f"share {' and '.join(key)} but not {column}"
            breaches.append(
                Breach(schema.name, (column,), words, torn, torn / rows, _examples(many, key, None), "fail")
            )
    return breaches


def _examples(table: Any, key: list[str], broken: Any) -> tuple[str, ...]:
    """Keys of up to three rows; the engine stops looking when it has them."""
    rows = table if broken is None else table.filter(broken)
    found = collect(rows.select(*key).limit(EXAMPLES)).astype(object)
    named = found.where(found.notna(), "(missing)")
    return tuple(", ".join(f"{column} {value}" for column, value in row.items()) for row in named.to_dict("records"))


def _singular(rule: str) -> str:
    verb, _, rest = rule.partition(" ")
    return f"{'has' if verb == 'have' else verb + 's'} {rest}"


def _percent(share: float) -> str:
    return "under 0.1 %" if share < 0.001 else f"{share:.1%}".replace("%", " %")
