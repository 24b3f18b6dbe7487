"""Breaches are counted in one pass, with examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workbench.errors import DataError, StudyError
from workbench.tables import check_contract
from workbench.tables import contracts as module

HEADER = "experiment,user_id,variant,device,spend\n"


@pytest.fixture
def checked(tmp_path: Path, opened: Any) -> Any:
    def _check(rows: str, **options: Any) -> Any:
        (tmp_path / "e.csv").write_text(HEADER + rows)
        return check_contract(opened(exposures={"source": "e.csv"}), "exposures", **options)

    return _check


def test_a_sound_table_has_no_breach(checked: Any) -> None:
    assert checked("e,1,A,app,1\ne,2,B,web,0\nf,1,B,web,0\n") == ()


def test_missing_ids_are_counted_with_examples(checked: Any) -> None:
    (breach,) = checked("e,,A,app,1\ne,,B,app,1\ne,3,A,app,1\ne,4,A,app,1\n")

    assert (breach.columns, breach.count, breach.share, breach.severity) == (("user_id",), 2, 0.5, "fail")
    assert breach.detail == (
        "exposures: 2 rows (50.0 %) have no user_id, e.g. experiment e, user_id (missing); experiment e, user_id (missing)"
    )


def test_blank_text_is_missing_too(checked: Any) -> None:
    (breach,) = checked('e,1,"  ",app,1\ne,2,A,app,1\n')

    assert breach.rule == "have no variant"
    assert breach.examples == ("experiment e, user_id 1",)


def test_repeated_keys_and_users_in_two_variants(checked: Any) -> None:
    repeated, torn = checked("e,1,A,app,1\ne,1,A,app,1\ne,2,A,app,1\ne,2,B,app,1\ne,2,B,app,1\ne,3,A,app,1\n")

    assert (repeated.columns, repeated.count) == (("experiment", "user_id"), 3)
    assert (torn.columns, torn.count) == (("variant",), 3)
    assert torn.examples == ("experiment e, user_id 2",)
    assert torn.detail.startswith("exposures: 3 rows (50.0 %) share experiment and user_id but not variant, e.g. ")


def test_rows_without_a_key_repeat_nothing(checked: Any) -> None:
    missing, repeated = checked("e,,A,app,1\ne,,B,app,1\ne,1,A,app,1\ne,1,A,app,1\n")

    assert (missing.rule, missing.count) == ("have no user_id", 2)
    assert (repeated.count, repeated.examples) == (1, ("experiment e, user_id 1",))


def test_no_more_than_three_examples(checked: Any) -> None:
    (breach,) = checked("".join(f"e,{i},,app,1\n" for i in range(10)))

    assert breach.count == 10
    assert len(breach.examples) == 3


def test_numbers_that_are_none_fail(checked: Any) -> None:
    (breach,) = checked("e,1,A,app,NaN\ne,2,A,app,inf\ne,3,A,app,-inf\ne,4,A,app,\ne,5,A,app,-1\n")

    assert (breach.count, breach.columns, breach.severity) == (3, ("spend",), "fail")


def test_a_column_that_a_study_reads_warns_when_it_is_missing_in_places(checked: Any) -> None:
    rows = "e,1,A,,1\ne,2,A,app,1\n"

    assert checked(rows) == ()
    (breach,) = checked(rows, columns=["device"])
    assert (breach.severity, breach.count) == ("warn", 1)


def test_failures_come_before_warnings(checked: Any) -> None:
    severities = [breach.severity for breach in checked("e,1,A,,1\ne,1,A,app,1\n", columns=["device"])]

    assert severities == ["fail", "warn"]


def test_only_the_rows_that_are_asked_about_count(checked: Any) -> None:
    rows = "e,1,A,app,1\nf,2,A,app,1\nf,2,B,app,1\n"

    assert checked(rows, where={"experiment": "e"}) == ()
    assert len(checked(rows, where={"experiment": "f"})) == 2


def test_small_shares_are_not_rounded_to_nothing(checked: Any) -> None:
    (breach,) = checked("".join(f"e,{i},A,app,1\n" for i in range(5000)) + "e,,A,app,1\n")

    assert breach.detail.startswith("exposures: 1 row (under 0.1 %) has no user_id")


def test_the_table_is_scanned_once_when_it_is_sound(checked: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    original = module.collect

    def _counting(expr: Any) -> Any:
        asked.append(expr)
        return original(expr)

    monkeypatch.setattr(module, "collect", _counting)

    checked("e,1,A,app,1\n")

    assert len(asked) == 1


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ("", {}, "table 'exposures' has no rows; there is nothing to count"),
        ("e,1,A,app,1\n", {"where": {"experiment": "g"}}, "has no rows where experiment is 'g'"),
        ("e,1,A,app,1\n", {"columns": ["devise"]}, "unknown column 'devise'; nearest: 'device'"),
        ("e,1,A,app,1\n", {"where": {"experimnt": "g"}}, "unknown column 'experimnt'; nearest: 'experiment'"),
    ],
)
def test_what_cannot_be_checked_is_said(checked: Any, rows: str, options: Any, said: str) -> None:
    with pytest.raises(DataError) as caught:
        checked(rows, **options)

    assert said in str(caught.value)


def test_an_unknown_table_is_a_fault_of_the_study(opened: Any) -> None:
    with pytest.raises(StudyError, match="unknown canonical table 'exposure'"):
        check_contract(opened(), "exposure")
