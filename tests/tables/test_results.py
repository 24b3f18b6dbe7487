"""What leaves the engine, and what does not."""

from __future__ import annotations

from typing import Any

import ibis
import numpy as np
import pandas as pd
import pytest

from workbench.errors import DataError, MachineError
from workbench.tables import collect
from workbench.tables.faults import plainly, spoken


@pytest.fixture
def con(opened: Any) -> Any:
    return opened().connection


def test_types_are_plain(con: Any) -> None:
    table = con.sql(
        "SELECT 1.25::DECIMAL(18,4) AS money, count(*) AS n, DATE '2026-01-05' AS day, "
        "TIMESTAMP_NS '2026-01-05 00:30:00' AS fine, TIMESTAMP_S '2026-01-05 00:30:00' AS coarse, "
        "TIMESTAMPTZ '2026-01-05 00:30:00+08' AS zoned, 'a' AS word"
    )

    frame = collect(table)

    assert frame.dtypes.astype(str).to_dict() == {
        "money": "float64",
        "n": "int64",
        "day": "datetime64[us]",
        "fine": "datetime64[us]",
        "coarse": "datetime64[us]",
        "zoned": "datetime64[us]",
        "word": "object",
    }
    assert frame["zoned"][0] == pd.Timestamp("2026-01-04 16:30")


def test_decimals_are_floats_also_with_gaps(con: Any) -> None:
    frame = collect(con.sql("SELECT * FROM (VALUES (0.10::DECIMAL(18, 2)), (NULL)) AS t(x)"))

    assert frame["x"].dtype == np.float64
    assert frame["x"].isna().tolist() == [False, True]


def test_sums_of_integers_are_integers(con: Any) -> None:
    table = con.sql("SELECT range AS i FROM range(3)")

    assert collect(table.aggregate(total=table.i.sum()))["total"].dtype == np.int64


def test_more_rows_than_allowed_are_refused_with_their_number(con: Any) -> None:
    table = con.sql("SELECT range AS i FROM range(1001)")

    assert len(collect(table, max_rows=1001)) == 1001
    with pytest.raises(DataError, match=r"the result has 1,001 rows, more than the 1,000 that are taken into memory"):
        collect(table, max_rows=1000)


def test_what_the_engine_refuses_is_a_sentence(con: Any) -> None:
    table = con.sql("SELECT 'x' AS word")

    with pytest.raises(
        DataError, match=r"the engine could not answer: Could not convert string 'x' to DOUBLE"
    ) as caught:
        collect(table.select(n=table.word.cast("float64")))

    assert "\n" not in str(caught.value)


def test_a_full_disk_and_a_full_memory_are_the_machine() -> None:
    def _full_disk() -> None:
        raise OSError("IO Error: Could not write file: No space left on device")

    def _full_memory() -> None:
        raise MemoryError

    with pytest.raises(MachineError, match="no room left"):
        spoken(_full_disk, "asking")
    with pytest.raises(MachineError, match="the memory is used up"):
        spoken(_full_memory, "asking")


def test_secrets_of_the_environment_are_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANY_URL", "postgres://some_user:p%40ss@db.example:5432/shop")
    error = RuntimeError('connection to "db.example" failed: user "some_user", password "p@ss", p%40ss')

    said = plainly(error)

    assert said.count("…") == 4
    for secret in ("db.example", "some_user", "p@ss", "p%40ss"):
        assert secret not in said


def test_an_error_without_words_is_named() -> None:
    assert plainly(RuntimeError()) == "RuntimeError"


def test_nothing_but_a_table_is_collected_lazily(con: Any) -> None:
    """An expression over no rows keeps its columns."""
    empty = con.sql("SELECT 1 AS a, 'x' AS b").filter(ibis.literal(value=False))

    assert list(collect(empty)) == ["a", "b"]
