"""The folders of runs: on the disk before they are seen."""

from __future__ import annotations

import os

from workbench.runs.folder import RunFolder


def test_a_run_is_on_the_disk_before_it_has_its_place(tmp_path, monkeypatch):
    folder = RunFolder.create(tmp_path, "checkout", "0123456789")
    artifacts = folder.work / "artifacts"
    artifacts.mkdir()
    whole = [folder.work / "result.json", folder.work / "executed.ipynb", artifacts / "list.csv"]
    for path in whole:
        path.write_text("{}")
    synced = []
    monkeypatch.setattr(os, "fsync", lambda one: synced.append((os.fstat(one).st_ino, folder.place.exists())))
    before = {path.stat().st_ino for path in (*whole, artifacts, folder.work)}
    folder.publish()
    assert {number for number, there in synced if not there} == before
    assert synced[-1] == (folder.place.parent.stat().st_ino, True)
