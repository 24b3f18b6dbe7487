from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from page_reading import loads, read

from workbench.report import HistoryRow, IndexRow, RunParameter, render_history, render_index
from workbench.report.languages import ENGLISH
from workbench.report.trend import sparkline
from workbench.stats import Estimate

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>\"'&"


def row(study="a", hours=1, **changes):
    known = {
        "study": study,
        "question": f"What about {study}?",
        "owner": "Growth",
        "state": "succeeded",
        "started": NOW - timedelta(hours=hours),
        "report": f"{study}/1/report.html",
        "history": f"{study}/history.html",
        "decision": "ship",
        "headline": f"{study} pays",
    }
    return IndexRow(**{**known, **changes})


def items(html):
    return read(html).select("#studies > li")


def test_what_needs_attention_comes_first_then_the_newest():
    rows = [
        row("old", 50),
        row("new", 1),
        row("stale", 90, stale="data are 4 days old"),
        row("broken", 70, state="failed", problem="no column"),
    ]
    html = render_index(rows, now=NOW)
    assert [item.find("h2").get_text() for item in items(html)] == [
        f"What about {s}?" for s in ("broken", "stale", "new", "old")
    ]
    alert = read(html).find(class_="alert").get_text()
    assert "1 did not finish" in alert
    assert "1 out of date" in alert
    assert "no column" in alert
    assert "data are 4 days old" in alert
    assert "What about new?" not in alert


@pytest.mark.parametrize("state", ["queued", "running", "failed", "timed_out", "killed", "lost"])
def test_every_state_is_a_word_and_the_last_decision_stays(state):
    html = render_index([row(state=state, problem="why it broke", decided=NOW - timedelta(days=3))], now=NOW)
    text = items(html)[0].get_text()
    assert items(html)[0].find(class_="wb-pill").get_text() == ENGLISH.state_word(state)
    assert "Last decision, 19 Nov 2026, 12:00 UTC: Ship — a pays" in text
    assert bool(read(html).find(class_="alert")) == (state not in ("queued", "running"))


def test_all_is_well_needs_no_alert():
    assert not read(render_index([row()], now=NOW)).find(class_="alert")


def test_times_are_dates_which_stay_true_and_the_words_for_ages_lie_beside():
    html = render_index([row(hours=2)], now=NOW)
    time = items(html)[0].find("time")
    assert time.get_text() == "22 Nov 2026, 10:00 UTC"
    assert time["datetime"] == "2026-11-22T10:00:00+00:00"
    said = json.loads(read(html).find(id="studies")["data-ages"])
    assert said == ["just now", "{n} min ago", "{n} h ago", "1 day ago", "{n} days ago"]


@pytest.mark.parametrize(("hours", "late"), [(-1, True), (0, True), (1, False)])
def test_a_study_that_may_become_overdue_says_when(hours, late):
    due = NOW + timedelta(hours=hours)
    page = read(render_index([row(stale="should run daily", due=due)], now=NOW))
    watched = page.find_all(attrs={"data-due": due.isoformat()})
    assert [tag.get_text() for tag in watched] == [
        "What about a? — should run daily",
        ENGLISH.stale,
        "should run daily",
    ]
    assert [tag.has_attr("hidden") for tag in watched] == [not late] * 3
    assert page.find(id="alert").has_attr("hidden") == (not late)


def test_the_only_script_is_ours_and_the_policy_knows_its_hash():
    html = render_index(
        [row(question=HOSTILE, owner=HOSTILE, problem=HOSTILE, headline=HOSTILE, stale=HOSTILE, decision=HOSTILE)],
        now=NOW,
    )
    (script,) = read(html).find_all("script")
    digest = base64.b64encode(hashlib.sha256(script.string.encode()).digest()).decode()
    policy = read(html).find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.endswith(f"; script-src 'sha256-{digest}'")
    assert len(script.string) < 10 * 1024
    assert len(loads(html)) == 1
    assert HOSTILE in items(html)[0].get_text()


def test_it_is_a_plain_list_without_the_script():
    html = render_index([row()], now=NOW)
    assert read(html).find(id="bar").has_attr("hidden")
    assert items(html)[0].find("a")["href"] == "a/1/report.html"


def test_filters_offer_what_there_is():
    html = render_index([row("a", owner="Ops"), row("b", decision="hold"), row("c", owner="")], now=NOW)
    decision, owner = read(html).select("#bar select")
    assert [option.get_text() for option in decision.find_all("option")] == ["All decisions", "Hold", "Ship"]
    assert [option.get_text() for option in owner.find_all("option")] == ["All owners", "Growth", "Ops"]


def test_without_runs_it_says_what_to_type():
    page = read(render_index([], now=NOW))
    assert ENGLISH.no_runs in page.get_text()
    assert page.find("pre").get_text().startswith("workbench run")
    assert not page.find(id="studies")


def test_in_chinese():
    page = read(render_index([row(hours=2)], now=NOW, lang="zh"))
    assert page.html["lang"] == "zh-CN"
    assert "{n} 小时前" in json.loads(page.find(id="studies")["data-ages"])
    assert page.find(class_="wb-pill").get_text() == "上线"


def estimate(value, name="spend", **changes):
    return Estimate(name, value, "USD", 100, **{"low": value - 0.3, "high": value + 0.3, "level": 0.95, **changes})


def test_the_trend_says_from_where_to_where():
    drawn = read(str(sparkline([estimate(0.2), estimate(9, name="other"), estimate(0.77)], ENGLISH))).find("svg")
    assert drawn["aria-label"] == "Main estimate over the last 2 runs, from +$0.20 to +$0.77"
    points = [[float(part) for part in point.split(",")] for point in drawn.find("polyline")["points"].split()]
    assert points[0][0] < points[1][0]
    assert points[0][1] > points[1][1]


@pytest.mark.parametrize("values", [[], [0.5]])
def test_one_run_is_no_trend(values):
    assert sparkline([estimate(value) for value in values], ENGLISH) == ""


def test_a_flat_trend_without_intervals_is_drawn():
    flat = [estimate(0.0, low=None, high=None, level=None)] * 3
    assert "NaN" not in sparkline(flat, ENGLISH)
    assert "polyline" in sparkline(flat, ENGLISH)


def history(days, level, **changes):
    known = {
        "run": f"r{days}",
        "report": f"r{days}/report.html",
        "state": "succeeded",
        "started": NOW - timedelta(days=days),
        "decision": "ship",
        "headline": "pays",
        "estimate": estimate(1.0 - 0.1 * days),
        "parameters": (RunParameter("level", level), RunParameter("goals", ["spend"])),
    }
    return HistoryRow(**{**known, **changes})


def test_a_history_shows_what_differs_between_the_runs():
    html = render_history(
        [
            history(2, 0.9),
            history(0, 0.95),
            history(1, 0.95, state="killed", decision="", headline="", problem="out of memory", estimate=None),
        ],
        question="Does it?",
        owner="Growth",
    )
    page = read(html)
    assert [head.get_text() for head in page.find("thead").find_all("th")] == [
        "Date",
        "Decision",
        "Main estimate",
        "Set differently",
        "Finding",
    ]
    rows = [
        [cell.get_text(" ", strip=True) for cell in line.find_all(["th", "td"])]
        for line in page.find("tbody").find_all("tr")
    ]
    assert rows == [
        ["22 Nov 2026, 12:00 UTC", "Ship", "+$1.00 +$0.70 to +$1.30", "level 0.95", "pays"],
        ["21 Nov 2026, 12:00 UTC", "Killed", "—", "level 0.95", "out of memory"],
        ["20 Nov 2026, 12:00 UTC", "Ship", "+$0.80 +$0.50 to +$1.10", "level 0.9", "pays"],
    ]
    assert loads(html) == []
    assert len(page.find_all("h1")) == 1


def test_what_differs_is_said_in_words_in_one_cell():
    beijing = (RunParameter("level", 0.9), RunParameter("only", {"城市": "北京"}), RunParameter("goals", ["spend"]))
    refused = {"parameters": (), "combination": beijing[1:2], "state": "failed", "problem": "no orders"}
    rows = [history(0, 0.95), history(1, 0.9, parameters=beijing, overrides=("level",)), history(2, 0, **refused)]
    page = read(render_history(rows, question="Does it?", owner=""))
    said = [cell.get_text() for cell in page.select(".history .set")]
    assert said == ["level 0.95", "--set level 0.9 · only 城市 北京", "only 城市 北京"]


def test_different_combinations_are_not_joined_in_one_trend():
    north, south = ((RunParameter("city", city),) for city in ("north", "south"))
    rows = [history(day, 0.9, combination=north if day % 2 else south) for day in range(4)]
    page = read(render_history([*rows, history(9, 0.9)], question="Does it?", owner=""))
    drawn = {figure.find("figcaption").get_text(): figure.find("svg") for figure in page.select(".trends figure")}
    assert list(drawn) == ["spend · city south", "spend · city north"]
    assert drawn["spend · city south"]["aria-label"].endswith("last 2 runs, from +$0.80 to +$1.00")
    assert drawn["spend · city north"]["aria-label"].endswith("last 2 runs, from +$0.70 to +$0.90")


def test_a_history_of_equal_runs_says_so():
    html = render_history([history(1, 0.95), history(0, 0.95)], question=HOSTILE, owner=HOSTILE)
    assert ENGLISH.nothing_differs in read(html).get_text()
    assert loads(html) == []
