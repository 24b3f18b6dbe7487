"""Different ids are counted exactly, whichever way is taken."""

from __future__ import annotations

import ibis
import pytest

from workbench.tables.distinct import MOST_GROUPS, WIDEST, distinct, distinct_in_groups, distinct_together, surely_among

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


@pytest.mark.parametrize(
    ("kinds", "values", "expected"),
    [
        (("varchar", "bigint"), "('x', 1), ('x', 2), ('x', 2), ('y', 2)", [("x", 3, 2), ("y", 1, 1)]),
        (("varchar", "integer"), "('x', -5), ('X', -5), ('X', 3), ('X', 3)", [("X", 3, 2), ("x", 1, 1)]),
        (("varchar", "bigint"), f"('x', {FAR}), ('x', {FAR + 1}), ('x', {FAR + 1})", [("x", 3, 2)]),
        (("varchar", "bigint"), f"('x', 0), ('x', {WIDEST - 1})", [("x", 2, 2)]),
        (("varchar", "bigint"), f"('x', 0), ('y', {WIDEST // 2})", None),
        (("varchar", "varchar"), "('x', '1')", None),
        (("bigint", "bigint"), "(1, 1)", None),
        (("varchar", "timestamp"), "('x', '2026-01-01')", None),
    ],
)
def test_combinations_with_a_text_are_counted_for_each_text_or_not_at_all(kinds, values, expected):
    backend = ibis.duckdb.connect()
    a, b = kinds
    backend.raw_sql(f"CREATE TABLE t AS SELECT a::{a} AS a, b::{b} AS b FROM (VALUES {values}) AS v(a, b)")
    table = backend.table("t")
    groups = distinct_in_groups(table, table, ["a", "b"])
    assert (groups is None) == (expected is None)
    if expected is not None:
        assert [tuple(row.values()) for row in groups.order_by("a").to_pyarrow().to_pylist()] == expected


def test_many_texts_have_no_strings_of_bits():
    backend = ibis.duckdb.connect()
    backend.raw_sql(f"CREATE TABLE t AS SELECT 'x' || i AS a, 1 AS b FROM range({2 * MOST_GROUPS}) AS r(i)")
    assert distinct_in_groups(backend.table("t"), backend.table("t"), ["a", "b"]) is None


@pytest.mark.parametrize(
    ("kind", "ids", "known", "expected"),
    [
        ("bigint", "(1), (1), (3), (NULL)", "(3), (2), (1), (1)", True),
        ("bigint", "(1), (4)", "(3), (2), (1)", False),
        ("bigint", "(1), (0)", "(3), (2), (1)", False),
        ("bigint", "(1), (2)", "(1), (3), (NULL)", False),
        ("bigint", "(2)", "(1), (3)", False),
        ("integer", "(-5), (3)", "(3), (-5), (0)", True),
        ("bigint", f"({FAR}), ({FAR + 1})", f"({FAR}), ({FAR + 2})", False),
        ("bigint", f"({FAR}), ({FAR + 1})", f"({FAR}), ({FAR + 1})", True),
        ("bigint", "(0)", f"(0), ({WIDEST - 1})", True),
        ("bigint", "(0)", f"(0), ({WIDEST})", False),  # true, but it takes a join to tell
        ("bigint", "(NULL)", "(1)", False),
        ("bigint", "(1)", "(NULL)", False),
        ("varchar", "('1')", "('1')", False),
    ],
)
def test_ids_are_surely_among_others_only_if_all_are(kind, ids, known, expected):
    backend = ibis.duckdb.connect()
    for name, values in (("t", ids), ("u", known)):
        backend.raw_sql(f"CREATE TABLE {name} AS SELECT id::{kind} AS id FROM (VALUES {values}) AS v(id)")
    assert surely_among(backend.table("t"), ["id"], backend.table("u"), ["id"]) is expected


@pytest.mark.parametrize(("line", "expected"), [("(2, 1)", True), ("(1, 2)", False), ("(1, NULL), (2, 1)", True)])
def test_combinations_are_surely_among_others_only_as_they_stand_together(line, expected):
    backend = ibis.duckdb.connect()
    backend.raw_sql(f"CREATE TABLE t AS SELECT a, b FROM (VALUES {line}) AS v(a, b)")
    backend.raw_sql("CREATE TABLE u AS SELECT c, d FROM (VALUES (1, 1), (2, 1), (2, 2)) AS v(c, d)")
    assert surely_among(backend.table("t"), ["a", "b"], backend.table("u"), ["c", "d"]) is expected
