"""Each table of a catalogue: sound or to mend, how old, and where its entry stands."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
import pytest

from workbench.readiness import survey
from workbench.tables import open_catalog

NOW = datetime(2026, 6, 30, 12)  # noqa: DTZ001  UTC without a zone


def orders() -> pd.DataFrame:
    at = pd.to_datetime(["2026-06-01", "2026-06-02", "2026-06-30 11:00"], format="ISO8601")
    return pd.DataFrame({"order_id": [1, 2, 3], "user_id": [1, 2, 2], "ordered_at": at})


def spend() -> pd.DataFrame:
    days = pd.to_datetime(["2026-06-28", "2026-06-29"]).date
    return pd.DataFrame({"spend_date": days, "channel": "search", "spend": 1.0})


def of(house, **entries):
    house.tables({"spend": spend(), "orders": orders()}, **entries)
    return survey(open_catalog("catalog.yaml"), now=NOW)


def test_tables_stand_in_the_order_of_the_schema_with_their_lines(house):
    found = of(house)
    assert list(found.tables) == ["orders", "spend"]
    assert [table.place for table in found.tables.values()] == ["catalog.yaml, line 4", "catalog.yaml, line 3"]
    assert [table.state for table in found.tables.values()] == ["sound", "sound"]
    assert found.state("users") == "missing"


@pytest.mark.parametrize(("offset", "hours"), [(0, 1), (-3, 1), (2.5, 1)])
def test_the_age_is_that_of_the_last_row_on_the_business_clock(house, offset, hours):
    """Stored time and now are shifted alike."""
    found = of(house, orders={"utc_offset_hours": offset})
    assert found.tables["orders"].age == timedelta(hours=hours)


def test_a_day_lasts_to_its_end(house):
    assert of(house).tables["spend"].age == timedelta(hours=12)


def test_a_time_to_come_has_no_age(house):
    late = orders().assign(ordered_at=pd.Timestamp("2026-07-01 11:00"))
    house.tables({"orders": late})
    assert survey(open_catalog("catalog.yaml"), now=NOW).tables["orders"].age == timedelta()


def test_the_source_is_that_of_the_catalogue(house):
    """So that the run's record knows it under the same fingerprint."""
    found = of(house)
    for name, table in found.tables.items():
        assert table.source == open_catalog("catalog.yaml").source(name)


def test_an_entry_that_contradicts_its_source_leaves_the_others_seen(house):
    found = of(house, orders={"utc_offset_hours": None})
    broken = found.tables["orders"]
    assert (broken.state, broken.source, broken.columns) == ("mend", None, frozenset())
    (breach,) = broken.examination.breaches
    assert "utc_offset_hours" in breach.detail
    assert found.tables["spend"].state == "sound"


def test_columns_that_no_schema_knows_are_there_too(house):
    house.tables({"orders": orders().assign(basket="b")})
    assert "basket" in survey(open_catalog("catalog.yaml"), now=NOW).tables["orders"].columns
