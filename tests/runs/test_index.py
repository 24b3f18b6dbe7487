"""The index: what stands on it, and that it stays true while runs come and go."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from workbench.runs.alive import this_process
from workbench.runs.folder import RunFolder, runs_of
from workbench.runs.index import write_index
from workbench.runs.listing import list_studies
from workbench.runs.record import Record, now, write_record

FINDING = {
    "schema": 1, "headline": "B wins", "decision": "ship", "rule": "r", "next_step": "n",
    "estimates": [], "checks": [], "tables": {}, "data": [],
}  # fmt: skip
BLANK = Record(
    study="checkout",
    question="Does it pay?",
    owner="the team",
    lang="en",
    notebook="ab",
    study_file="experiments/checkout.yaml",
    state="succeeded",
    queued="2026-11-20T06:00:00.000Z",
    started="2026-11-20T06:00:01.000Z",
    ended="2026-11-20T06:00:09.000Z",
    exit_code=0,
    parameters={"level": 0.95},
    parent=this_process(),
)


@pytest.fixture
def leave(tmp_path):
    """Leave a run as the runner does."""

    def leave(hidden=False, **facts):
        record = replace(BLANK, **facts)
        folder = RunFolder.create(tmp_path, record.study, "0123456789")
        write_record(folder.work, record)
        if record.state == "succeeded":
            (folder.work / "result.json").write_text(json.dumps(FINDING))
        return folder.work if hidden else folder.publish()

    return leave


def page(runs):
    return write_index(runs).read_text()


def test_an_empty_folder_has_an_index(tmp_path):
    assert page(tmp_path / "runs").startswith("<!doctype html>")


def test_the_latest_run_stands_on_it_and_the_earlier_in_the_history(leave, tmp_path):
    first = leave()
    second = leave(queued="2026-11-21T06:00:00.000Z", state="failed", cause="no orders", exit_code=3)
    index = page(tmp_path)
    assert f"checkout/{second.name}/report.html" in index
    assert f"checkout/{first.name}/report.html" not in index
    assert "no orders" in index
    assert "B wins" in index  # the last decision, of the earlier run
    history = (tmp_path / "checkout" / "index.html").read_text()
    assert f'"{first.name}/report.html"' in history
    assert f'"{second.name}/report.html"' in history


def test_a_matrix_has_a_row_for_each_combination(leave, tmp_path):
    for country in ("CN", "JP", "CN"):
        leave(matrix={"country": ["CN", "JP"]}, combination={"country": country})
    index = page(tmp_path)
    assert index.count("(country CN)") == index.count("(country JP)") > 0


def test_a_combination_is_said_in_words_and_its_runs_are_a_trend_of_their_own(leave, tmp_path):
    for city in ("北京", "上海"):
        only = {"only": {"城市": city}}
        leave(matrix={"only": [{"城市": "北京"}, {"城市": "上海"}]}, combination=only, parameters=only)
    assert "Does it pay? (only 城市 北京)" in page(tmp_path)
    assert "only 城市 北京" in (tmp_path / "checkout" / "index.html").read_text()


DAILY = {"cron": "0 6 * * *", "time_zone": "Asia/Shanghai"}


def overdue(runs):
    """When each row is overdue, and whether it says so by itself."""
    row = BeautifulSoup(page(runs), "html.parser").select_one("#studies > li .head[data-due]")
    assert "“0 6 * * *” (Asia/Shanghai time), and the last two times brought no success" in row.get_text()
    return row["data-due"], not row.has_attr("hidden")


def test_a_study_that_missed_two_times_is_stale(leave, tmp_path):
    leave(schedule=DAILY)
    assert overdue(tmp_path) == ("2026-11-22T06:00:00+08:00", True)  # it ended on the 20th at 14:00 there


def test_a_success_that_was_confirmed_is_fresh_until_two_times_later(leave, tmp_path):
    leave(schedule=DAILY, confirmed=now())
    due, said = overdue(tmp_path)
    assert timedelta(days=1) < datetime.fromisoformat(due) - datetime.now(UTC) <= timedelta(days=2)
    assert not said


def test_a_run_under_way_is_shown_and_left_alone(leave, tmp_path):
    hidden = leave(hidden=True, state="running", ended="")
    assert "Running" in page(tmp_path)
    assert hidden.exists()


@pytest.mark.parametrize("facts", [{"pid": 2**22 + 1}, {"started": 1.0}, {"machine": "another"}])
def test_a_run_whose_parent_is_gone_is_lost(leave, tmp_path, facts):
    leave(hidden=True, state="running", ended="", parent=replace(this_process(), **facts))
    assert "Lost" in page(tmp_path)
    (run,) = runs_of(tmp_path / "checkout")
    assert (run.record.state, run.hidden) == ("lost", False)
    assert (run.folder / "report.html").exists()


def test_a_lost_run_keeps_no_result(leave, tmp_path):
    hidden = leave(hidden=True, parent=replace(this_process(), started=1.0))  # all was written but its place
    assert (hidden / "result.json").exists()
    assert "Lost" in page(tmp_path)
    (run,) = runs_of(tmp_path / "checkout")
    assert not (run.folder / "result.json").exists()


def test_a_run_of_another_machine_is_given_its_time(leave, tmp_path):
    elsewhere = replace(this_process(), machine="another", pid=2**22 + 1)
    hidden = leave(hidden=True, state="running", ended="", queued=now(), parent=elsewhere)
    page(tmp_path)
    assert hidden.exists()


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"schema": 1}', '{"schema": 99}'])
def test_a_folder_with_a_broken_record_does_not_break_the_page(leave, tmp_path, broken):
    leave()
    (leave(study="other") / "run.json").write_text(broken)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "todo.txt").write_text("mine")
    assert "Does it pay?" in page(tmp_path)
    assert (tmp_path / "notes" / "todo.txt").exists()


@pytest.mark.parametrize("result", ["", "{}", "[1]", '{"schema": 7}'])
def test_a_broken_result_does_not_break_the_page(leave, tmp_path, result):
    (leave() / "result.json").write_text(result)
    assert "Does it pay?" in page(tmp_path)


def test_names_are_links_that_hold(leave, tmp_path):
    leave(study="价格 50% & <b>")
    index = page(tmp_path)
    assert "%E4%BB%B7%E6%A0%BC%2050%25%20%26%20%3Cb%3E/" in index
    assert "<b>" not in index


def test_an_answer_that_was_taken_again_is_the_latest(leave, tmp_path):
    good = leave(confirmed="2026-11-22T06:00:00.000Z")
    leave(queued="2026-11-21T06:00:00.000Z", state="failed", cause="no orders", exit_code=3)
    index = page(tmp_path)
    assert f"checkout/{good.name}/report.html" in index
    assert "no orders" not in index


@pytest.mark.parametrize("facts", [{}, {"state": "failed", "cause": "no orders", "exit_code": 2}])
def test_a_run_that_was_set_otherwise_does_not_speak_for_the_study(leave, tmp_path, facts):
    official = leave()
    for _ in range(30):  # more than the index looks at
        tried = leave(queued="2026-11-21T06:00:00.000Z", overrides={"level": 0.8}, **facts)
    write_index(tmp_path)
    index = write_index(tmp_path, {"another study"}).read_text()
    assert f"checkout/{official.name}/report.html" in index
    assert tried.name not in index
    history = (tmp_path / "checkout" / "index.html").read_text()
    assert f'"{tried.name}/report.html"' in history
    assert "level 0.8" in history
    assert "failed" not in list_studies(tmp_path)[1]


def test_without_another_its_row_says_what_was_set(leave, tmp_path):
    leave(overrides={"level": 0.8})
    assert "Does it pay? (level 0.8)" in page(tmp_path)
