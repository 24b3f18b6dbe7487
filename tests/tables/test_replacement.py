"""A folder that takes its place whole: nobody's files are lost, whatever ends the making of it."""

from __future__ import annotations

import fcntl
from pathlib import Path

import pytest

from workbench.errors import StudyError
from workbench.tables.replacement import Contents, refuse_foreign, replace_folder

OWN = Contents("a sample", "truth.json", ("catalog.yaml", "truth/*.parquet", "orders/orders.parquet"))
HELD = ("truth.json", "catalog.yaml", "truth/users.parquet", "truth/products.parquet", "orders/orders.parquet")


def fill(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"old {name}")
    return folder


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def make(out: Path) -> None:
    with replace_folder(out, OWN) as making:
        (making.folder / "truth.json").write_text("new")
        (making.scratch / "spilled").write_text("much")


@pytest.mark.parametrize("names", [(), HELD, ("truth.json",)])
def test_what_is_new_takes_the_place_of_the_old(tmp_path, names):
    out = fill(tmp_path / "deep" / "out", *names)

    make(out)

    assert files(tmp_path) == ["deep/out/truth.json"]
    assert (out / "truth.json").read_text() == "new"


@pytest.mark.parametrize(
    ("foreign", "named"),
    [
        ("thesis.txt", "thesis.txt"),
        ("orders/mine.parquet", "orders/mine.parquet"),
        ("orders/deeper/orders.parquet", "orders/deeper"),
        ("truth/deeper/users.parquet", "truth/deeper"),
        ("notes/orders.parquet", "notes"),
        ("orders.parquet", "orders.parquet"),
        (".hidden", ".hidden"),
    ],
)
def test_a_folder_with_any_other_file_is_left_as_it_is(tmp_path, foreign, named):
    out = fill(tmp_path / "out", *HELD, foreign)

    with pytest.raises(StudyError) as caught:
        make(out)

    assert str(caught.value) == (
        f"{out} holds other files than a sample ({named}), which would be lost; name a new or an empty folder"
    )
    assert files(tmp_path) == sorted(f"out/{name}" for name in (*HELD, foreign))
    assert (out / foreign).read_text() == f"old {foreign}"


def test_a_link_in_the_folder_and_an_empty_folder_are_somebody_s(tmp_path):
    out = fill(tmp_path / "out", "truth.json")
    (out / "orders").symlink_to(fill(tmp_path / "mine", "orders.parquet"))
    with pytest.raises(StudyError, match=r"than a sample \(orders\)"):
        make(out)
    (out / "orders").unlink()
    (out / "empty").mkdir()
    with pytest.raises(StudyError, match=r"than a sample \(empty\)"):
        make(out)
    assert files(tmp_path) == ["mine/orders.parquet", "out/truth.json"]


def test_without_its_mark_a_folder_is_somebody_s(tmp_path):
    out = fill(tmp_path / "out", "orders/orders.parquet")

    with pytest.raises(StudyError, match=r"than a sample \(orders\)"):
        make(out)

    assert files(out) == ["orders/orders.parquet"]


def test_what_comes_in_meanwhile_is_not_lost(tmp_path):
    out = fill(tmp_path / "out", *HELD)

    with pytest.raises(StudyError, match=r"than a sample \(thesis\.txt\)"), replace_folder(out, OWN):
        fill(out, "thesis.txt")

    assert files(tmp_path) == sorted(f"out/{name}" for name in (*HELD, "thesis.txt"))


def test_a_file_is_refused(tmp_path):
    fill(tmp_path, "out")
    with pytest.raises(StudyError, match=r"out is a file; name a new or an empty folder$"):
        refuse_foreign(tmp_path / "out", OWN)


def test_a_link_stays_one_and_the_folder_behind_it_is_replaced(tmp_path):
    fill(tmp_path / "disk" / "sample", *HELD)
    (tmp_path / "out").symlink_to(tmp_path / "disk" / "sample")

    make(tmp_path / "out")

    assert (tmp_path / "out").is_symlink()
    assert files(tmp_path / "disk") == ["sample/truth.json"]
    assert (tmp_path / "out" / "truth.json").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["disk", "out"]


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit, OSError])
@pytest.mark.parametrize("at", ["making", "first rename", "second rename"])
def test_whatever_ends_it_the_former_folder_is_there(tmp_path, monkeypatch, end, at):
    out = fill(tmp_path / "out", *HELD)
    rename = Path.rename

    def ended(self, target):
        if (at, self.name) in {("first rename", "out"), ("second rename", "made")}:
            raise end
        return rename(self, target)

    def made() -> None:
        with replace_folder(out, OWN) as making:
            (making.folder / "truth.json").write_text("new")
            if at == "making":
                raise end

    monkeypatch.setattr(Path, "rename", ended)
    with pytest.raises(end):
        made()

    assert files(tmp_path) == sorted(f"out/{name}" for name in HELD)
    assert (out / "truth.json").read_text() == "old truth.json"


def test_what_a_killed_command_left_goes_and_what_is_in_use_stays(tmp_path):
    killed = fill(tmp_path / ".out-killed", "in_use", "made/truth.json")
    used = fill(tmp_path / ".out-used", "in_use", "made/truth.json")
    mine = fill(tmp_path / ".out-mine", "thesis.txt")
    other = fill(tmp_path / ".outer-killed", "in_use")
    with (used / "in_use").open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        make(tmp_path / "out")

    assert not killed.exists()
    assert files(used) == ["in_use", "made/truth.json"]
    assert files(mine) == ["thesis.txt"]
    assert files(other) == ["in_use"]


def test_two_at_a_time_leave_each_other_alone(tmp_path):
    with replace_folder(tmp_path / "out", OWN) as first:
        make(tmp_path / "out")
        (first.folder / "truth.json").write_text("first")
    assert (tmp_path / "out" / "truth.json").read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_former_folder_that_a_killed_command_had_put_aside_comes_back(tmp_path):
    fill(tmp_path / ".out-killed", "in_use", "before/truth.json")

    with pytest.raises(RuntimeError), replace_folder(tmp_path / "out", OWN):
        raise RuntimeError

    assert files(tmp_path) == ["out/truth.json"]
