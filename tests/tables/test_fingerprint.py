"""The same fingerprint means the same numbers; reading it must not cost an engine."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from workbench.errors import DataError, StudyError
from workbench.tables import fingerprint as module
from workbench.tables import fingerprints, open_catalog
from workbench.tables.mapping import Connection, TableMapping

GOOD = "experiment,user_id,variant\ne,1,A\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a catalogue of one CSV table in two files."""
    for folder in ("notebooks", "experiments", "data"):
        (tmp_path / folder).mkdir()
    for part in ("a", "b"):
        (tmp_path / "data" / f"{part}.csv").write_text(GOOD)
    _catalog(tmp_path)
    return tmp_path


def _catalog(project: Path, entry: str = "{source: '*.csv'}", connection: str = "duckdb") -> Path:
    path = project / "data" / "catalog.yaml"
    path.write_text(f"connection: {connection}\ntables: {{exposures: {entry}}}\n")
    return path


def _print(project: Path) -> str:
    return fingerprints(project / "data" / "catalog.yaml", ["exposures"])["exposures"]


def test_the_same_content_has_the_same_fingerprint_wherever_it_lies(project: Path, tmp_path_factory: Any) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "data"
    elsewhere.mkdir()
    for part in ("x", "y"):
        (elsewhere / f"{part}.csv").write_text(GOOD)
    _catalog(elsewhere.parent)

    assert _print(project) == _print(elsewhere.parent) == _print(project)
    assert open_catalog(project / "data" / "catalog.yaml").source("exposures").fingerprint == _print(project)


@pytest.mark.parametrize(
    "entry",
    [
        "{source: '*.csv', constants: {country: CN}}",
        "{source: '*.csv', utc_offset_hours: 8}",
        "{source: '*.csv', columns: {user_id: variant}}",
        "{source: 'a.csv'}",
    ],
)
def test_another_mapping_is_another_fingerprint(project: Path, entry: str) -> None:
    before = _print(project)
    _catalog(project, entry)

    assert _print(project) != before


def test_changed_added_and_removed_files_are_seen(project: Path) -> None:
    found = [_print(project)]
    (project / "data" / "b.csv").write_text(GOOD.replace("1", "2"))
    found.append(_print(project))
    (project / "data" / "c.csv").write_text(GOOD.replace("1", "3"))
    found.append(_print(project))
    (project / "data" / "b.csv").unlink()
    found.append(_print(project))

    assert len(set(found)) == 4


def test_a_file_of_known_size_and_time_is_not_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _print(project)
    monkeypatch.setattr(module, "_sha256", lambda path: pytest.fail(f"{path} was read again"))

    assert _print(project) == before

    os.utime(project / "data" / "a.csv", ns=(0, 0))
    with pytest.raises(pytest.fail.Exception, match=r"a\.csv was read again"):
        _print(project)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"%s": 7}', '{"%s": [1, 2]}', "\x00"])
def test_a_broken_memory_is_ignored_and_made_again(project: Path, content: str) -> None:
    before = _print(project)
    memory = project / ".workbench" / "fingerprints.json"
    memory.write_text(content.replace("%s", str(project / "data" / "a.csv")))

    assert _print(project) == before
    assert len(json.loads(memory.read_text())) == 2
    assert [path.name for path in memory.parent.iterdir()] == ["fingerprints.json"]


def test_a_memory_that_cannot_be_written_costs_only_speed(project: Path) -> None:
    (project / ".workbench").write_text("a file where the folder should be")

    assert len(_print(project)) == 64


def test_outside_of_a_project_nothing_is_remembered(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text(GOOD)
    _catalog(tmp_path)

    assert len(_print(tmp_path)) == 64
    assert not list(tmp_path.rglob(".workbench"))


def test_missing_files_and_tables_are_said(project: Path) -> None:
    with pytest.raises(StudyError, match="unknown table 'exposure'; nearest: 'exposures'"):
        fingerprints(project / "data" / "catalog.yaml", ["exposure"])
    _catalog(project, "{source: none.csv}")
    with pytest.raises(DataError, match=r"table 'exposures': there is no file none\.csv"):
        _print(project)
    _catalog(project, "{source: seen}", "duckdb://none.duckdb")
    with pytest.raises(DataError, match=r"there is no database file none\.duckdb"):
        _print(project)


def test_a_database_file_counts_by_its_content(project: Path) -> None:
    _catalog(project, "{source: seen}", "duckdb://shop.duckdb")
    path = project / "data" / "shop.duckdb"
    with duckdb.connect(str(path)) as database:
        database.execute("CREATE TABLE seen AS SELECT 1 AS user_id")
    before = _print(project)
    with duckdb.connect(str(path)) as database:
        database.execute("INSERT INTO seen VALUES (2)")

    assert _print(project) != before


def test_a_server_counts_by_rows_and_latest_time(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _catalog(project, "{source: seen}", "'${WAREHOUSE_URL}'")
    path = project / "data" / "shop.sqlite"
    monkeypatch.setenv("WAREHOUSE_URL", f"sqlite://{path}")
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE seen AS SELECT 'e' AS experiment, 1 AS user_id, 'A' AS variant")
    database.commit()
    before = _print(project)
    database.execute("INSERT INTO seen VALUES ('e', 2, 'B')")
    database.commit()
    database.close()

    assert _print(project) != before


def _of_server(url: str) -> str:
    return module.fingerprint_of_server(
        TableMapping(source="seen"), Connection("server", "${WAREHOUSE_URL}", url), 2, None
    )


def test_servers_that_look_alike_are_told_apart_by_their_address() -> None:
    urls = [
        "postgres://me:s3cret@db.example/shop",
        "postgres://me:s3cret@db.example/shop_test",
        "postgres://me:s3cret@test.example/shop",
        "postgres://me:s3cret@db.example:5433/shop",
        "postgres://you:s3cret@db.example/shop",
        "postgres://me:s3cret@db.example/shop?schema=eu",
    ]

    assert len({_of_server(url) for url in urls}) == len(urls)


def test_a_new_password_is_no_new_data_and_cannot_be_guessed_from_the_fingerprint() -> None:
    urls = [
        "postgres://me:s3cret@db.example/shop?schema=eu",
        "postgres://me:other@db.example/shop?schema=eu",
        "postgres://me@db.example/shop?schema=eu&password=s3cret",
        "postgres://me@db.example/shop?access_token=s3cret&schema=eu",
    ]

    assert len({_of_server(url) for url in urls}) == 1


def test_a_file_in_whose_place_another_one_was_put_is_read_again(project: Path) -> None:
    path = project / "data" / "a.csv"
    before, state = _print(project), path.stat()
    other = path.with_name("other")
    other.write_text(GOOD.replace("1", "2"))
    os.utime(other, ns=(state.st_atime_ns, state.st_mtime_ns))
    other.replace(path)

    assert (path.stat().st_size, path.stat().st_mtime_ns) == (state.st_size, state.st_mtime_ns)
    assert _print(project) != before


def test_a_file_that_was_changed_with_its_time_put_back_is_read_again(project: Path) -> None:
    path = project / "data" / "a.csv"
    before, state = _print(project), path.stat()
    path.write_text(GOOD.replace("1", "2"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))

    assert path.stat().st_ino == state.st_ino
    assert _print(project) != before


def test_a_file_that_changes_while_it_is_read_is_not_remembered(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = module._sha256

    def _while_written(path: Path) -> str:
        digest = read(path)
        if path.name == "a.csv":
            path.write_text(GOOD.replace("1", "3"))
        return digest

    monkeypatch.setattr(module, "_sha256", _while_written)
    _print(project)

    known = json.loads((project / ".workbench" / "fingerprints.json").read_text())
    assert [Path(name).name for name in known] == ["b.csv"]


def test_fingerprints_of_files_load_no_engine(project: Path) -> None:
    script = (
        "import sys; from workbench.tables.fingerprint import fingerprints; "
        f"fingerprints({str(project / 'data' / 'catalog.yaml')!r}, ['exposures']); "
        "print([name for name in ('ibis', 'pandas', 'duckdb', 'pyarrow', 'numpy') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_what_need_not_be_readable_has_the_fingerprint_of_the_reason(tmp_path):
    (tmp_path / "catalog.yaml").write_text(
        "connection: duckdb\ntables:\n  orders: {source: orders.csv}\n  users: {source: users.csv}\n"
    )
    (tmp_path / "orders.csv").write_text("order_id,user_id\n1,1\n")
    with pytest.raises(DataError, match="users"):
        fingerprints(tmp_path / "catalog.yaml", ["orders", "users"])
    with pytest.raises(DataError, match="users"):
        fingerprints(tmp_path / "catalog.yaml", ["users"], if_readable=["users"])
    before = fingerprints(tmp_path / "catalog.yaml", ["orders"], if_readable=["orders", "users"])
    assert list(before) == ["orders", "users"]
    assert before == fingerprints(tmp_path / "catalog.yaml", ["orders"], if_readable=["users"])
    (tmp_path / "users.csv").write_text("user_id\n1\n")
    after = fingerprints(tmp_path / "catalog.yaml", [], if_readable=["orders", "users"])
    assert after["orders"] == before["orders"]
    assert after["users"] == fingerprints(tmp_path / "catalog.yaml", ["users"])["users"] != before["users"]
