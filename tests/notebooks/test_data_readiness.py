"""The readiness notebook through the runner, on small catalogues with one thing wrong each."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from workbench.parameters import read_needs
from workbench.runs.plan import plan_study
from workbench.runs.study import read_study
from workbench.tables.schema import TABLES

USERS, DAYS = 400, 30


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def sound_tables(*, until: datetime | None = None) -> dict[str, pd.DataFrame]:
    """Every user is exposed and orders twice; the last order is at `until`, three hours ago by default."""
    until = until or now() - timedelta(hours=3)
    users = np.arange(1, USERS + 1)
    begin = until - timedelta(days=DAYS)
    at = begin + pd.to_timedelta(np.linspace(0, DAYS * 86_400, 2 * USERS).astype("int64"), unit="s")
    exposures = pd.DataFrame({"experiment": "e", "user_id": users, "variant": np.where(users % 2, "A", "B")})
    exposures = exposures.assign(exposed_at=begin, device="app", country="CN")
    orders = pd.DataFrame({"order_id": np.arange(1, 2 * USERS + 1), "user_id": np.tile(users, 2), "ordered_at": at})
    orders = orders.assign(subtotal=50.0, discount=5.0, cost=20.0)
    return {"exposures": exposures, "orders": orders}


@pytest.fixture
def warehouse(project, root):
    """A project with the two notebooks of the repository, a study of each shape, and tables."""
    for name in ("ab_test", "data_readiness"):
        shutil.copy(root / "notebooks" / f"{name}.ipynb", project.root / "notebooks")
    (project.root / "data").mkdir()
    shutil.copy(root / "data" / "metrics.yaml", project.root / "data")
    project.study("checkout", "ab_test", parameters={"experiment": "e", "goals": ["conversion"], "guardrails": []})

    class Warehouse:
        root = project.root
        notebook = staticmethod(project.notebook)
        study = staticmethod(project.study)
        records = staticmethod(project.records)

        def write(self, tables, **promises):
            entries = {}
            for name, frame in tables.items():
                frame.to_parquet(project.root / "data" / f"{name}.parquet", index=False)
                entries[name] = {"source": f"{name}.parquet", "utc_offset_hours": 0, **promises.get(name, {})}
            lines = ["connection: duckdb", "tables:"]
            lines += [f"  {name}: {json.dumps(entry)}" for name, entry in entries.items()]
            (project.root / "data" / "catalog.yaml").write_text("\n".join(lines) + "\n")

        def run(self, *settings, code=0):
            words = [word for one in settings for word in ("--set", one)]
            done = project.run("run", "data_readiness", *words)
            assert done.returncode == code, done.stderr
            self.folder = project.records("data_readiness")[-1]["folder"]
            self.said = done.stderr
            result = self.folder / "result.json"
            return json.loads(result.read_text()) if result.exists() else None

        def listed(self, name):
            return pd.read_parquet(self.folder / "artifacts" / f"{name}.parquet")

        @property
        def page(self):
            return (self.folder / "report.html").read_text()

    return Warehouse()


def test_sound_data_are_ready(warehouse):
    warehouse.write(sound_tables(), orders={"fresh_within_hours": 30})
    result = warehouse.run("stop_on_breach=true")
    assert (result["schema"], result["decision"]) == (1, "ready")
    assert result["headline"] == "The notebook ab_test can run; the data end 3 hours ago."
    assert result["next_step"] == "Nothing is in the way: run the studies."
    assert [(e["name"], e["value"], e["n"]) for e in result["estimates"][:2]] == [
        ("notebooks_that_can_run", 1.0, 1),
        ("studies_that_can_run", 1.0, 1),
    ]
    ages = {e["group"]["table"]: e["value"] for e in result["estimates"][2:]}
    assert ages["orders"] == pytest.approx(3 / 24, abs=0.01)
    assert ages["exposures"] == pytest.approx(DAYS + 3 / 24, abs=0.01)
    kept = "Every row keeps every rule of its table in exposures and orders."
    assert result["checks"] == [{"name": "contracts", "status": "pass", "detail": kept}]
    assert [(d["table"], d["rows"]) for d in result["data"]] == [("exposures", USERS), ("orders", 2 * USERS)]
    readiness = warehouse.listed("readiness")
    assert list(readiness["name"]) == ["ab_test", "checkout"]
    assert list(readiness["action"]) == ["run", "run"]
    assert warehouse.listed("breaches").empty
    record = warehouse.records("data_readiness")[-1]
    assert set(record["data"]) == {"exposures", "orders"}
    assert record["key"]  # what it read is what its key says; only the moment tells it from a later run
    study = read_study(warehouse.root / "notebooks" / "data_readiness.ipynb", warehouse.root)
    (plan,) = plan_study(study, {"stop_on_breach": "true"}, warehouse.root)
    assert plan.data == record["data"]
    assert plan.key != record["key"]


def test_missing_columns_and_notebooks_that_ask_for_what_there_is_not(warehouse):
    tables = sound_tables()
    tables["orders"] = tables["orders"].rename(columns={"cost": "cost_price"})
    warehouse.write(tables)
    warehouse.study("margin", "ab_test", parameters={"experiment": "e", "guardrails": ["margin_per_user"]})
    (warehouse.root / "data" / "other.yaml").write_text("connection: duckdb\ntables: {}\n")
    warehouse.study("elsewhere", "ab_test", parameters={"catalog": "data/other.yaml"})
    warehouse.study(
        "sizes", "ab_test", parameters={"experiment": "e", "guardrails": [], "segments": [["device", "size"]]}
    )
    warehouse.notebook("strange", needs={"orders": ["user_id", "cost"]})
    warehouse.notebook("typo", needs={"ordrs": ["user_id"]})
    result = warehouse.run()
    assert result["decision"] == "mend"
    assert result["headline"] == "1 of 3 notebooks can run, and 1 of 3 studies; orders has no cost."
    assert result["next_step"] == (
        "Mend first: the table orders has no cost; name it under columns, cost: <its name in the source> "
        "(the source also has: 'cost_price') (data/catalog.yaml, line 4). strange waits for it. 3 more are listed below."
    )
    found = warehouse.listed("readiness").set_index("name")
    assert dict(found["action"]) == {
        "ab_test": "run",
        "strange": "mend",
        "typo": "mend",
        "checkout": "run",
        "margin": "mend",
        "sizes": "mend",
    }
    assert (found.loc["sizes", "table"], found.loc["sizes", "column"]) == ("exposures", "size")
    margin = found.loc["margin"]
    assert (margin["table"], margin["column"], margin["where"]) == ("orders", "margin", "data/catalog.yaml, line 4")
    assert margin["what"] == (
        "the table orders has no margin, since it lacks cost (revenue − cost, the cost of the items sold; refunds are not taken "
        "off); name it under columns, cost: <its name in the source> (the source also has: 'cost_price')"
    )
    assert found.loc["typo", "where"] == "notebooks/typo.ipynb"
    assert "unknown canonical table 'ordrs'; nearest: 'orders'" in found.loc["typo", "what"]
    assert "Not judged, since they name another catalogue: elsewhere." in warehouse.page


def test_a_catalogue_that_no_study_names_yet(warehouse):
    warehouse.write(sound_tables())
    (warehouse.root / "experiments" / "checkout.yaml").unlink()
    assert warehouse.run()["next_step"] == "No study names this catalogue yet: write one (experiments/README.md)."


def test_a_missing_table_and_old_data(warehouse):
    late = sound_tables(until=now() - timedelta(days=42, hours=1))
    warehouse.write({"orders": late["orders"]}, orders={"fresh_within_hours": 30})
    result = warehouse.run()
    assert result["decision"] == "mend"
    assert result["headline"].startswith("The notebook ab_test cannot run, and none of 1 studies; the latest order is")
    assert "42 days ago" in result["headline"]
    found = warehouse.listed("readiness").iloc[0]
    assert (found["action"], found["table"], found["where"]) == ("mend", "exposures", "data/catalog.yaml")
    assert found["what"] == (
        "add the table exposures (one user in one experiment, at the first exposure), with experiment, variant, user_id"
    )
    assert dict(warehouse.listed("tables").set_index("table")["state"]) == {"orders": "mend", "exposures": "missing"}
    assert [(c["name"], c["status"]) for c in result["checks"]] == [("contract of orders", "fail")]


@pytest.fixture
def doubled(warehouse):
    """Every fifth order stands twice: 160 of 960 rows are too many."""
    tables = sound_tables()
    tables["orders"] = pd.concat([tables["orders"], tables["orders"].iloc[::5]], ignore_index=True)
    warehouse.write(tables)
    return warehouse


def test_doubled_orders_are_to_mend(doubled):
    result = doubled.run()
    assert result["decision"] == "mend"
    assert result["headline"] == (
        "The notebook ab_test can run, and none of 1 studies; 160 of 960 orders repeat the order id of another row."
    )
    breach = doubled.listed("breaches").iloc[0]
    assert (breach["table"], breach["severity"], breach["count"], breach["rows"]) == ("orders", "fail", 160, 960)
    assert breach["share"] == 160 / 960
    assert breach["examples"] == "order 1; order 6; order 11"
    readiness = doubled.listed("readiness").set_index("name")
    assert dict(readiness["action"]) == {"ab_test": "run", "checkout": "mend"}
    assert readiness.loc["checkout", "where"] == "orders.parquet"
    assert "ab_test answers nothing that would be counted from orders" in doubled.page


def test_doubled_orders_stop_a_schedule_that_asks_for_it(doubled):
    assert doubled.run("stop_on_breach=true", code=3) is None
    assert "160 of 960 orders repeat the order id of another row" in doubled.said
    record = doubled.records("data_readiness")[-1]
    assert (record["state"], record["exit_code"]) == ("failed", 3)
    assert "160 of 960 orders repeat" in doubled.page


def test_it_may_use_every_canonical_table(root):
    """A table that it leaves out would be read although the run's record does not know it."""
    needs = read_needs(root / "notebooks" / "data_readiness.ipynb")
    assert set(needs.may_use) == set(TABLES)
    assert (needs.tables, needs.of_the_moment) == ({}, True)
