"""What leaves the engine, and what does not."""

from __future__ import annotations

import base64
import sqlite3
from typing import Any

import ibis
import ibis.common.exceptions
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

    with pytest.raises(MachineError, match=r"no room left \(the disk is full\)"):
        spoken(_full_disk, "asking")
    with pytest.raises(MachineError, match="the memory is used up"):
        spoken(_full_memory, "asking")


URL = "postgres://some_user:p%40@db.example:5432/shop?access_token=SECRETVALUE"


@pytest.mark.parametrize(
    "kind", [RuntimeError, ConnectionError, sqlite3.OperationalError, ibis.common.exceptions.IbisError]
)
@pytest.mark.parametrize(
    "piece", [URL, "db.example", "some_user", "p@", "p%40", "SECRETVALUE", base64.b64encode(URL.encode()).decode()]
)
def test_nothing_that_a_server_says_is_repeated(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception], piece: str
) -> None:
    monkeypatch.setenv("ANY_URL", URL)

    with pytest.raises(DataError) as caught:
        spoken(lambda: _raise(kind(f"{piece} failed")), "the engine could not answer")

    assert str(caught.value) == (f"the engine could not answer: its own history of queries says why ({kind.__name__})")


def _raise(error: Exception) -> None:
    raise error


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('permission denied for table "p4ss"', "its user may not read this; ask for the right to (RuntimeError)"),
        ("Statement timed out, p4ss", "it took longer than the server allows"),
        ('invalid input syntax for type double precision: "p4ss"', "a value is not what its column must be"),
    ],
)
def test_what_a_server_refuses_often_is_said_in_words_of_ours(text: str, said: str) -> None:
    assert said in plainly(RuntimeError(text))
    assert "p4ss" not in plainly(RuntimeError(text))


def test_a_url_in_the_environment_garbles_no_word_of_the_local_engine(
    con: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROXY_URL", "http://string:DOUBLE@convert")

    with pytest.raises(DataError, match="Could not convert string 'x' to DOUBLE"):
        collect(con.sql("SELECT 'x' AS word").select(n=ibis._.word.cast("float64")))


def test_nothing_but_a_table_is_collected_lazily(con: Any) -> None:
    """An expression over no rows keeps its columns."""
    empty = con.sql("SELECT 1 AS a, 'x' AS b").filter(ibis.literal(value=False))

    assert list(collect(empty)) == ["a", "b"]
