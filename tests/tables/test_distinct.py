"""Different ids are counted exactly, whichever way is taken."""

from __future__ import annotations

import ibis
import pytest

from workbench.tables.distinct import WIDEST, distinct, distinct_together

FAR = 2**62


@pytest.mark.parametrize(
    ("kind", "values", "expected", "by_bits"),
    [
        ("bigint", "(1), (1), (2), (NULL)", 2, True),
        ("integer", "(-5), (3), (3)", 2, True),
        ("bigint", f"({FAR}), ({FAR + 1}), ({FAR + 1})", 2, True),  # neighbours that a float64 would not tell apart
        ("bigint", f"(0), ({WIDEST - 1}), (0)", 2, True),
        ("bigint", f"(0), ({WIDEST}), (0)", 2, False),
        ("bigint", f"({-(2**63)}), ({2**63 - 1})", 2, False),
        ("ubigint", f"({2**64 - 1}), ({2**64 - 1})", 1, False),
        ("varchar", "('7'), ('007'), ('7')", 2, False),
        ("bigint", "(NULL)", 0, False),
    ],
)
def test_ids_are_counted_exactly(kind, values, expected, by_bits):
    backend = ibis.duckdb.connect()
    backend.raw_sql(f"CREATE TABLE t AS SELECT id::{kind} AS id FROM (VALUES {values}) AS v(id)")
    table = backend.table("t")
    asked = table.aggregate(users=distinct(table.id, table.id))
    assert ("BITSTRING_AGG" in ibis.to_sql(asked)) == by_bits
    assert asked.to_pyarrow()["users"].to_pylist() == [expected]


def test_a_part_is_counted_within_the_ends_of_the_whole():
    backend = ibis.duckdb.connect()
    backend.raw_sql("CREATE TABLE t AS SELECT i AS id, i % 3 AS test FROM range(-50, 50) AS r(i)")
    table = backend.table("t")
    for test, expected in ((0, 33), (5, 0)):
        part = table.filter(table.test == test)
        assert part.aggregate(users=distinct(part.id, table.id)).to_pyarrow()["users"][0].as_py() == expected


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("bigint", "(1, 1), (1, 2), (2, 1), (2, 1), (1, NULL), (NULL, 1)", 3),
        ("integer", "(-5, 3), (3, -5), (3, -5)", 2),
        ("bigint", f"({FAR}, 1), ({FAR + 1}, 0), ({FAR + 1}, 0)", 2),
        ("bigint", f"(0, 0), ({WIDEST // 2 - 1}, 1), (0, 1)", 3),
        ("bigint", f"(0, 0), ({WIDEST // 2}, 1)", None),
        ("bigint", f"({-(2**63)}, 1), ({2**63 - 1}, 1)", None),
        ("varchar", "('7', '1'), ('007', '1')", None),
        ("bigint", "(1, NULL), (2, NULL)", None),
    ],
)
def test_combinations_of_ids_are_counted_exactly_or_not_at_all(kind, values, expected):
    backend = ibis.duckdb.connect()
    backend.raw_sql(f"CREATE TABLE t AS SELECT a::{kind} AS a, b::{kind} AS b FROM (VALUES {values}) AS v(a, b)")
    table = backend.table("t")
    different = distinct_together(table, table, ["a", "b"])
    assert (different is None) == (expected is None)
    if expected is not None:
        assert table.aggregate(keys=different).to_pyarrow()["keys"].to_pylist() == [expected]
