"""A written platform: the same from any chunking, whole or not there at all, and never over somebody's files."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from workbench.errors import StudyError
from workbench.simulate import blocks as room
from workbench.simulate import writer
from workbench.simulate.block_result import BlockResult
from workbench.simulate.blocks import Blocks, Sums
from workbench.simulate.in_memory import make_tables
from workbench.simulate.world import BLOCK, World
from workbench.simulate.writer import Files, write_world
from workbench.tables import check_contract, open_catalog
from workbench.tables.schema import TABLES

SMALL = World(users=600, seed=3)


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("platform") / "sample"
    write_world(SMALL, out)
    return out


def test_every_table_of_the_catalogue_is_written_and_reads_as_the_dictionary_says(root, written):
    (written.parent / "catalog.yaml").write_text((root / "data" / "catalog.yaml").read_text())
    catalog = open_catalog(written.parent / "catalog.yaml")
    folders = {path.name for path in written.iterdir() if path.is_dir()} - {"truth"}
    assert set(catalog.names) == folders == set(TABLES) - {"events", "identities"}
    for name in catalog.names:
        table = catalog.table(name)
        assert set(TABLES[name].required) <= set(table.columns)
        assert set(pq.read_schema(written / name / f"{name}.parquet").names) <= set(TABLES[name].columns), name


@pytest.mark.parametrize("events", [False, True])
def test_a_sample_has_a_catalogue_of_its_own(root, tmp_path, events):
    write_world(World(users=150, seed=3), tmp_path / "elsewhere", events=events)
    catalog = open_catalog(tmp_path / "elsewhere" / "catalog.yaml")
    own = yaml.safe_load((tmp_path / "elsewhere" / "catalog.yaml").read_text())
    project = yaml.safe_load((root / "data" / "catalog.yaml").read_text().replace("source: sample/", "source: "))
    if events:
        project["tables"]["events"] = {"source": "events/*.parquet", "utc_offset_hours": 8}
    assert own == project
    assert [b.detail for name in catalog.names for b in check_contract(catalog, name) if b.severity == "fail"] == []


def test_text_and_times_come_back_as_such(written):
    schema = pq.read_schema(written / "exposures" / "exposures.parquet")
    assert schema.field("variant").type == pa.string()
    assert schema.field("exposed_at").type == pa.timestamp("us")


def test_the_same_world_gives_the_same_bytes_and_another_seed_does_not(written, tmp_path):
    write_world(SMALL, tmp_path / "again", threads=1)
    assert digests(tmp_path / "again") == digests(written)
    write_world(World(users=600, seed=4), tmp_path / "other")
    other = digests(tmp_path / "other")
    same = {name for name, digest in digests(written).items() if other[name] == digest}
    unmoved = {"categories/categories.parquet", "coupons/coupons.parquet", "truth/survival.parquet", "catalog.yaml"}
    assert same == unmoved


def test_what_is_written_is_what_is_made_in_memory(written):
    platform = make_tables(SMALL)
    for name, table in platform.tables.items():
        pd.testing.assert_frame_equal(
            pd.read_parquet(written / name / f"{name}.parquet"), _plain(table).to_pandas(), check_dtype=False
        )
    assert {path.stem for path in (written / "truth").iterdir()} == set(platform.truth)
    facts = json.loads((written / "truth.json").read_text())
    assert facts["world"] == asdict(SMALL)
    assert facts == json.loads(json.dumps(platform.facts))


def _plain(table: pa.Table) -> pa.Table:
    kinds = [f.type.value_type if pa.types.is_dictionary(f.type) else f.type for f in table.schema]
    return table.cast(pa.schema(list(zip(table.column_names, kinds, strict=True))))


def test_few_tables_are_the_same_as_among_all(written):
    few = make_tables(SMALL, ("exposures", "orders"))
    assert set(few.tables) == {"exposures", "orders"}
    for name, table in few.tables.items():
        found = pd.read_parquet(written / name / f"{name}.parquet")
        pd.testing.assert_frame_equal(found, _plain(table).to_pandas(), check_dtype=False)


def test_events_are_written_on_request_only(written, tmp_path):
    assert not (written / "events").exists()
    write_world(World(users=150, seed=3), tmp_path / "s", events=True)
    frame = pd.read_parquet(tmp_path / "s" / "events")
    assert frame["event_id"].is_unique
    sessions = pd.read_parquet(tmp_path / "s" / "sessions")
    assert set(frame["session_id"].dropna()) <= set(sessions["session_id"])


def test_stock_sells_what_the_orders_hold(written):
    items = pd.read_parquet(written / "order_items").groupby("product_id")["quantity"].sum()
    inventory = pd.read_parquet(written / "inventory").groupby("product_id")["sold"].sum()
    assert inventory[inventory > 0].astype(int).to_dict() == items.to_dict()
    truth = pd.read_parquet(written / "truth" / "products.parquet").set_index("product_id")
    assert truth.loc[inventory.index, "sold"].tolist() == inventory.tolist()
    assert truth["lost"].sum() > 0


@pytest.fixture
def counted(monkeypatch):
    """Blocks that hold two rows each, with as many ids: what putting together does to them."""

    class Maker:
        def __init__(self, *_, **__) -> None:
            pass

        def make(self, block: int) -> BlockResult:
            table = pa.table({"order_id": [1, 2], "user_id": [2 * block + 1, 2 * block + 2]})
            units = np.full((480, 728), block)
            return BlockResult(
                {"orders": table}, {"why": table}, {"order_id": 3}, units, units * 2, None, {"orders": 2.0}
            )

    monkeypatch.setattr(room, "Maker", Maker)
    monkeypatch.setattr(room, "truth_of_sums", lambda _world, sums: sums)
    return World(users=7 * BLOCK)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_blocks_come_in_their_order_with_running_ids_on_any_number_of_threads(counted, threads):
    made = Blocks(counted, threads=threads)
    results = list(made)
    assert len(results) == len(made) == 7
    orders = pa.concat_tables(result.tables["orders"] for result in results)
    assert orders["user_id"].to_pylist() == list(range(1, 15))
    # Each block uses three numbers for its two rows: the third row did not arrive.
    assert orders["order_id"].to_pylist() == [3 * block + k for block in range(7) for k in (1, 2)]
    assert pa.concat_tables(result.truth["why"] for result in results) == orders
    whole = made.whole()
    assert whole.facts["orders"] == 14.0
    assert whole.facts["world"] == asdict(counted)
    assert set(whole.truth["product_days"]["sold"].to_pylist()) == {sum(range(7))}
    assert set(whole.truth["product_days"]["lost"].to_pylist()) == {2 * sum(range(7))}


def test_more_blocks_leave_the_rows_of_those_before_as_they_were():
    few, more = (list(Blocks(World(users=users, seed=11))) for users in (BLOCK, BLOCK + 300))
    assert len(few) == 1
    assert len(more) == 2
    assert few[0].tables == more[0].tables
    assert few[0].truth == more[0].truth
    for name, column in (("orders", "order_id"), ("sessions", "session_id"), ("touches", "touch_id")):
        ids = more[1].tables[name][column].to_numpy()
        assert ids.tolist() == list(range(few[0].ids[column] + 1, few[0].ids[column] + 1 + len(ids)))
    orders = set(more[1].tables["orders"]["order_id"].to_pylist())
    assert set(more[1].tables["order_items"]["order_id"].to_pylist()) == orders


def test_sums_leave_tables_without_ids_as_they_are():
    sums = Sums(ids={"order_id": 10})
    table = pa.table({"user_id": [1]})
    zero = np.zeros((480, 728), dtype=np.int64)
    assert sums.add(BlockResult({"users": table}, {}, {}, zero, zero, None, {})).tables["users"] == table


def test_rows_wait_for_their_group_and_all_arrive(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "GROUP_ROWS", 25)
    with Files(tmp_path) as files:
        for start in range(0, 100, 10):
            files.add("a/a.parquet", pa.table({"n": np.arange(start, start + 10)}))
    file = pq.ParquetFile(tmp_path / "a" / "a.parquet")
    assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [30, 30, 30, 10]
    assert file.read()["n"].to_pylist() == list(range(100))


def test_an_old_platform_is_replaced_as_a_whole(tmp_path, written):
    out = tmp_path / "deep" / "sample"
    out.mkdir(parents=True)
    (out / "truth.json").write_text("{}")
    (out / "identities").mkdir()
    (out / "identities" / "identities.parquet").write_bytes(b"old")
    write_world(SMALL, out)
    assert digests(out) == digests(written)
    assert [path.name for path in out.parent.iterdir()] == ["sample"]


@pytest.mark.parametrize(
    "where", ["pyarrow.parquet.ParquetWriter.write_table", "pathlib.Path.write_text", "pathlib.Path.rename"]
)
def test_a_failure_leaves_the_platform_before(tmp_path, monkeypatch, where):
    out = tmp_path / "sample"
    out.mkdir()
    (out / "truth.json").write_text("{}")
    rename = Path.rename

    def full(self, *arguments, **options):
        if where.endswith("rename") and (self.name, arguments[0].name) != ("made", "sample"):
            return rename(self, *arguments, **options)
        raise OSError("no space left on the device")

    with monkeypatch.context() as patch:
        patch.setattr(where, full)
        with pytest.raises(OSError, match="no space left"):
            write_world(World(users=150), out)
    assert set(digests(out)) == {"truth.json"}
    assert [path.name for path in tmp_path.iterdir()] == ["sample"]


def test_a_folder_with_other_files_is_never_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("three years of work")
    (tmp_path / "truth.json").write_text("{}")
    with pytest.raises(StudyError, match=r"holds other files than a sample \(thesis.txt\), which would be lost"):
        write_world(SMALL, tmp_path)
    with pytest.raises(StudyError, match="is a file; name a new or an empty folder"):
        write_world(SMALL, tmp_path / "thesis.txt")
    assert (tmp_path / "thesis.txt").read_text() == "three years of work"


def test_there_is_a_bar_on_a_terminal_only(tmp_path, capsys):
    write_world(World(users=150), tmp_path / "s", progress=True)
    assert capsys.readouterr().err == ""
