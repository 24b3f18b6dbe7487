"""Bad data and wrong words in an A/B study: what the user reads, and what is left behind.

Most cases go from tables to the finding in this process; a handful go through the runner, which turns the class of an
error into an exit code.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench import abtest, report
from workbench.abtest import conclusion, story
from workbench.errors import DataError, StudyError

DAY = pd.Timedelta(days=1)
START = pd.Timestamp("2026-01-01")
METRICS = {
    "bought": {"table": "orders", "aggregate": "any", "window_days": 14, "pre_days": 28, "better": "up", "margin": 0.05},
    "paid": {"table": "orders", "aggregate": "sum", "value": "subtotal", "window_days": 14, "pre_days": 28, "better": "up", "unit": "CNY"},
    "orders": {"table": "orders", "aggregate": "count", "window_days": 14, "better": "up"},
    "largest": {"table": "orders", "aggregate": "max", "value": "subtotal", "window_days": 14, "better": "up"},
    "order_value": {"numerator": "paid", "denominator": "orders", "better": "up"},
    "spend": {"table": "exposures", "value": "spend", "covariates": ["past"], "better": "up", "unit": "CNY", "margin": 0.02},
    "visits": {"table": "exposures", "value": "visits", "better": "up", "margin": 0.02},
    "visit_value": {"numerator": "spend", "denominator": "visits", "better": "up"},
}  # fmt: skip


def exposed(users: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "experiment": "e",
            "user_id": np.arange(1, users + 1),
            "variant": np.where(np.arange(users) % 2, "B", "A"),
            "exposed_at": START + 30 * DAY + pd.to_timedelta(rng.integers(0, 10 * 86_400, users), unit="s"),
            "country": rng.choice(["CN", "JP"], users),
            "spend": rng.gamma(2.0, 10.0, users),
            "visits": rng.poisson(2.0, users),
            "past": rng.normal(size=users),
        }
    ).astype({"exposed_at": "datetime64[us]"})


def ordered(users: int = 400) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    count = 5 * users
    times = START + pd.to_timedelta(rng.integers(0, 60 * 86_400, count), unit="s")
    return pd.DataFrame(
        {
            "order_id": np.arange(count),
            "user_id": rng.integers(1, users + 1, count),
            "ordered_at": times.astype("datetime64[us]"),
            "subtotal": rng.gamma(3.0, 20.0, count),
        }
    )


def written(shop, *, exposures=None, orders=None):
    """The shop with good tables, but for those that are given."""
    tables = {
        "exposures": exposed() if exposures is None else exposures,
        "orders": ordered() if orders is None else orders,
    }
    shop.write(METRICS, **tables)
    return shop


def refused(kind, says: str, shop, *goals, **words) -> str:
    with pytest.raises(kind, match=says) as caught:
        shop.analyse(*(goals or ("spend",)), **words)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 400
    return text


def cells() -> list[str]:
    """The notebook's cells after the analysis: everything that it shows and concludes."""
    written = json.loads((Path(__file__).parents[2] / "notebooks" / "ab_test.ipynb").read_text())["cells"]
    sources = ["".join(cell["source"]) for cell in written if cell["cell_type"] == "code"]
    (made,) = (i for i, source in enumerate(sources) if "test = abtest.analyse(" in source)
    assert len(sources) - made > 4
    return sources[made + 1 :]


def walk(analysis) -> None:
    """What the notebook does with an analysis, and that its sentences hold no hole."""
    for source in cells():
        exec(source, {"abtest": abtest, "report": report, "test": analysis})
    for text in (story.headline(analysis), story.rule(analysis), story.next_step(analysis), *said(analysis)):
        assert "nan" not in text.lower().replace(",", " ").replace(".", " ").split(), text
        assert "None" not in text, text


def said(analysis) -> list[str]:
    return [check.detail for check in abtest.checks(analysis)]


# ---- The study's words ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"experiment": "ee"}, "the table exposures: unknown experiment 'ee'; nearest: 'e'"),
        ({"control": "a"}, "the experiment 'e': unknown variant 'a'; nearest: 'A'; set `control` to one of them"),
        ({"segments": ["county"]}, "segments: the table exposures: unknown column 'county'; nearest: 'country'"),
        ({"segments": [["country", "devise"]]}, "segments: the table exposures: unknown column 'devise'"),
        ({"segments": [[]]}, "`segments` holds an empty list"),
        ({"segments": ["variant"]}, "`segments` names 'variant', which says who, when or in which variant"),
        ({"segments": [["country", "exposed_at"]]}, "`segments` names 'exposed_at'"),
        ({"segments": ["past"]}, "segments: there are 400 of past, more than the 60 that can be looked at; group them"),
        ({"only": {"county": "CN"}}, "only: the table exposures: unknown column 'county'; nearest: 'country'"),
        ({"secondary": ["payd"]}, "unknown metric 'payd'; nearest: 'paid'"),
        ({"secondary": ["spend"]}, "the metric 'spend' stands twice, as goal and as secondary"),
        ({"guardrails": ["paid"]}, "'paid' can't be a guardrail: its definition has no `margin`"),
        ({"split": {"B": 1, "C": 1}}, "`split` doesn't name the control 'A'"),
        ({"split": {"A": 1, "B": 0}}, "at least two variants with a share above zero"),
        ({"split": {"A": 1, "B": -1}}, "`split` needs at least two variants with a share above zero"),
        ({"planned_end": "1 March"}, "`planned_end` must be a day like 2026-12-01, found '1 March'"),
    ],
)
def test_words_that_name_nothing(shop, words, says):
    written(shop)
    refused(StudyError, says, shop, **words)


def test_no_goal(shop):
    written(shop)
    with pytest.raises(StudyError, match="names no goal"):
        shop.design()


def test_two_metrics_of_one_label(shop):
    METRICS_SAME = {**METRICS, "visits": {**METRICS["visits"], "label": "Spend"}}
    shop.write(METRICS_SAME, exposures=exposed())
    refused(StudyError, "'spend' and 'visits' have the same label, 'Spend'", shop, secondary=["visits"])


def test_only_matches_nobody(shop):
    written(shop)
    refused(
        DataError,
        r"nobody in the experiment 'e' has country in \(SG\); widen or correct `only`",
        shop,
        only={"country": "SG"},
    )


def test_a_planned_end_without_a_clock(shop):
    written(shop, exposures=exposed().drop(columns="exposed_at"))
    refused(
        StudyError,
        "planned_end is 2026-03-01, but the table exposures has no exposed_at",
        shop,
        planned_end="2026-03-01",
    )


def test_facts_after_exposure_without_a_clock(shop):
    written(shop, exposures=exposed().drop(columns="exposed_at"))
    refused(DataError, "count orders after exposure, but the table exposures has no exposed_at; map it", shop, "paid")


# ---- The tables ----------------------------------------------------------------------------------------------------


def test_a_file_that_is_not_there(shop):
    written(shop)
    (shop.root / "orders.parquet").unlink()
    refused(DataError, r"table 'orders': there is no file orders.parquet", shop, "paid")


@pytest.mark.parametrize(
    ("table", "column", "goal", "says"),
    [
        ("exposures", "variant", "spend", "table 'exposures': the source lacks the column 'variant'"),
        ("exposures", "spend", "spend", "a metric reads the table exposures: unknown column 'spend'"),
        ("exposures", "past", "spend", "a metric reads the table exposures: unknown column 'past'"),
        ("orders", "subtotal", "paid", "table 'orders': unknown column 'subtotal'"),
        ("orders", "user_id", "paid", "table 'orders': the source lacks the column 'user_id'"),
        ("orders", "ordered_at", "paid", "table 'orders': the source lacks the column 'ordered_at'"),
    ],
)
def test_a_column_that_is_not_there(shop, table, column, goal, says):
    written(shop, **{table: (exposed() if table == "exposures" else ordered()).drop(columns=column)})
    refused(DataError, says, shop, goal)


def test_facts_without_users(shop):
    items = pd.DataFrame({"order_id": [1], "line_no": [1], "product_id": [5], "quantity": [1], "unit_price": [2.0]})
    metrics = {
        "pieces": {"table": "order_items", "aggregate": "sum", "value": "quantity", "window_days": 7, "better": "up"}
    }
    shop.write(metrics, exposures=exposed(), order_items=items)
    refused(DataError, "order_items is empty or has no time", shop, "pieces")
    shop.write(metrics, exposures=exposed(), order_items=items.assign(ordered_at=START))
    refused(DataError, "reads the table order_items: unknown column 'user_id'", shop, "pieces")


def test_nobody_was_exposed(shop):
    written(shop, exposures=exposed().iloc[:0])
    refused(DataError, "the table exposures is empty; there is nobody to compare", shop)


def test_nothing_was_ordered(shop):
    written(shop, orders=ordered().iloc[:0])
    refused(DataError, "table 'orders' has no rows; there is nothing to count", shop, "paid")


def test_users_that_stand_twice(shop):
    frame = exposed()
    written(shop, exposures=pd.concat([frame, frame.iloc[[0, 2, 4, 6]], frame.iloc[[2]]]))
    says = "experiment 'e': 4 of 400 users stand more than once in the table exposures \\(for example user 3, 1, 5\\)"
    refused(DataError, says, shop)


def test_users_in_two_variants(shop):
    frame = exposed()
    twice = frame.iloc[[0, 3]].assign(variant=["B", "A"])
    written(shop, exposures=pd.concat([frame, twice, frame.iloc[[10, 10, 10]]]))
    refused(DataError, r"2 of 400 users are in more than one variant \(for example user 1, 4\)", shop)


@pytest.mark.parametrize("column", ["user_id", "variant", "exposed_at"])
def test_missing_ids_variants_and_times(shop, column):
    frame = exposed()
    frame[column] = frame[column].astype("Int64" if column == "user_id" else frame[column].dtype).mask(frame.index < 7)
    written(shop, exposures=frame)
    refused(DataError, f"7 of 400 exposures of 'e' have no {column}; complete them or leave them out", shop)


BAD = {"nan": np.nan, "inf": np.inf, "-inf": -np.inf}


def no_number(frame: pd.DataFrame, column: str, value: float, where) -> pd.DataFrame:
    """A copy with this value there; as float64 of DuckDB, where NaN is a value and not a gap."""
    import pyarrow as pa

    values = frame[column].to_numpy(dtype=float, copy=True)
    values[np.asarray(where)] = value
    frame = frame.copy()
    frame[column] = pd.arrays.ArrowExtensionArray(pa.array(values, from_pandas=False))
    return frame


@pytest.mark.parametrize("value", BAD)
@pytest.mark.parametrize(
    ("goal", "column", "named"),
    [("spend", "spend", "spend"), ("spend", "past", "past"), ("visit_value", "spend", "spend")],
)
def test_columns_with_values_that_are_no_numbers(shop, goal, column, named, value):
    written(shop, exposures=no_number(exposed(), column, BAD[value], [4, 9]))
    text = refused(DataError, f"'{named}': 2 users have a value that is no number or infinite", shop, goal)
    assert "user 5: " in text
    assert "user 10: " in text


def test_values_that_are_no_numbers_beside_missing_ones(shop):
    frame = no_number(exposed(), "spend", np.nan, [4])
    frame.loc[7, "spend"] = pd.NA
    written(shop, exposures=frame)
    refused(DataError, r"'spend': 1 users have a value that is no number or infinite \(for example user 5: nan\)", shop)


@pytest.mark.parametrize("value", BAD)
@pytest.mark.parametrize("goal", ["paid", "largest", "order_value"])
def test_facts_with_values_that_are_no_numbers(shop, goal, value):
    orders = ordered()
    written(shop, orders=no_number(orders, "subtotal", BAD[value], [9]))
    text = refused(DataError, "1 of 2,000 orders has a subtotal that is infinite or no number", shop, goal)
    assert "for example order 9: " in text


def test_text_where_numbers_are_wanted(shop):
    written(shop, exposures=exposed().assign(spend="a lot"))
    refused(DataError, "reads the column 'spend' of exposures as a number, but it holds string", shop)
    written(shop, orders=ordered().assign(subtotal="a lot"))
    refused(DataError, "column 'subtotal': 2,000 of 2,000 values are no amount of money", shop, "paid")


@pytest.mark.parametrize("split", [{}, {"A": 1, "B": 1}])
def test_everybody_in_one_variant(shop, split):
    written(shop, exposures=exposed().assign(variant="A"))
    refused(
        DataError,
        "everybody in the experiment 'e' is in the variant 'A'; there is nobody to compare with",
        shop,
        split=split,
    )


# ---- Data that allow no answer: inconclusive, with its reason --------------------------------------------------------


@pytest.mark.parametrize("goal", ["spend", "orders"])
def test_a_constant_goal(shop, goal):
    exposures, orders = exposed().assign(spend=5.0), ordered()
    orders["user_id"] += 10_000  # orders of others: zero for everybody
    written(shop, exposures=exposures, orders=orders)
    analysis = shop.analyse(goal, segments=["country"])
    walk(analysis)
    assert analysis.decision.word == "inconclusive"
    assert "the values do not vary in either arm" in analysis.decision.reason
    assert "cannot be compared" in story.headline(analysis)
    assert any("cannot be estimated: there is no variation" in text for text in said(analysis))
    assert not [e for e in conclusion.estimates(analysis) if e.scale == "absolute"]


def test_a_constant_goal_with_a_large_offset(shop):
    written(shop, exposures=exposed().assign(spend=1e8 + 0.1))
    analysis = shop.analyse("spend")
    assert analysis.decision.word == "inconclusive"
    assert "do not vary" in analysis.decision.reason


def test_a_constant_guardrail_beside_a_goal(shop):
    frame = exposed()
    frame["spend"] += np.where(frame["variant"] == "B", 20.0, 0.0)
    written(shop, exposures=frame.assign(visits=1))
    analysis = shop.analyse("spend", guardrails=["visits"])
    walk(analysis)
    assert analysis.decision.word == "inconclusive"
    assert "Visits: cannot be judged" in analysis.decision.reason


def test_one_user_in_an_arm(shop):
    frame = exposed()
    frame["variant"] = np.where(frame.index == 3, "B", "A")
    written(shop, exposures=frame)
    walk(shop.analyse("spend"))
    analysis = shop.analyse("spend", "paid", split={"A": 399, "B": 1}, segments=["country"])
    walk(analysis)
    assert analysis.decision.word == "inconclusive"
    assert "each arm needs at least 2 units; found 399 in control and 1 in treatment" in analysis.decision.reason


def test_two_users(shop):
    written(shop, exposures=exposed(2))
    analysis = shop.analyse("spend", segments=["country"])
    walk(analysis)
    assert analysis.decision.word == "inconclusive"


def test_negative_revenue(shop):
    frame = exposed()
    written(shop, exposures=frame.assign(spend=-frame["spend"]))
    analysis = shop.analyse("spend", guardrails=["visits"])
    walk(analysis)
    effect = analysis.comparison("spend", "B").effect
    assert effect.relative is None
    assert effect.low < effect.absolute < effect.high
    assert any("has no relative change: a percentage needs a control above zero" in text for text in said(analysis))
    assert not [e for e in conclusion.estimates(analysis) if e.name == "spend" and e.scale == "relative"]


def test_a_goal_that_nobody_in_control_reached(shop):
    frame = exposed()
    written(shop, exposures=frame.assign(spend=np.where(frame["variant"] == "A", 0.0, frame["spend"])))
    analysis = shop.analyse("spend", segments=["country"])
    walk(analysis)
    assert analysis.decision.word == "ship"
    assert analysis.comparison("spend", "B").effect.control == 0
    assert any("has no relative change" in text for text in said(analysis))


def test_a_ratio_whose_denominator_is_zero(shop):
    written(shop, exposures=exposed().assign(visits=0))
    analysis = shop.analyse("visit_value", segments=["country"])
    walk(analysis)
    assert analysis.decision.word == "inconclusive"
    assert "its denominator is zero" in analysis.decision.reason


@pytest.mark.parametrize(
    ("change", "split", "says"),
    [
        (lambda f: f[(f["variant"] == "A") | (f["user_id"] % 4 == 0)], {}, "do not agree with the planned split"),
        (lambda f: f, {"A": 1, "B": 1, "C": 1}, "C has no users"),
        (lambda f: f.assign(variant=f["variant"].mask(f.index < 20, "C")), {"A": 1, "B": 1, "C": 0}, "20 users are in C, which should have none"),
    ],
)  # fmt: skip
def test_a_split_that_is_not_the_declared_one(shop, change, split, says):
    written(shop, exposures=change(exposed()))
    analysis = shop.analyse("spend", "paid", guardrails=["visits"], split=split, segments=["country"])
    walk(analysis)
    assert analysis.decision.word == "inconclusive"
    assert says in analysis.decision.reason
    assert list(conclusion.estimates(analysis)) == []
    assert (conclusion.tiles(analysis), analysis.by_day, analysis.segments) == ([], (), ())
    assert "No result of this test can be believed" in story.headline(analysis)


@pytest.mark.parametrize(
    ("split", "says"),
    [
        ({"A": 1, "b1": 1}, "split: unknown variant 'b1'; nearest: 'B'"),
        ({"A": 1, "X": 0, "Y": 1}, "split: unknown variant 'X'; there are: 'B', 'C'"),
        ({"A": 1, "B": 1}, "split: it doesn't name 'C', which has users"),
    ],
)
def test_a_split_with_other_names_is_a_slip_of_the_pen(shop, split, says):
    frame = exposed()
    written(shop, exposures=frame.assign(variant=frame["variant"].mask(frame.index < 20, "C")))
    refused(StudyError, says, shop, split=split)


@pytest.mark.parametrize("end", [START + 25 * DAY, START + 41 * DAY])
def test_orders_that_end_before_any_window_does(shop, end):
    orders = ordered()
    written(shop, orders=orders[orders["ordered_at"] < end])
    analysis = shop.analyse("bought", "order_value", guardrails=["bought"][:0], segments=["country"])
    walk(analysis)
    assert analysis.decision.word == "inconclusive"
    assert "each arm needs at least 2 units; found 0 in control and 0 in treatment" in analysis.decision.reason
    assert analysis.measured.metrics["bought"].open_windows == {"A": 200, "B": 200}
    assert any("400 of 400 users are left out" in text for text in said(analysis))
    assert list(conclusion.estimates(analysis)) == []


def test_orders_that_begin_after_every_exposure(shop):
    orders = ordered()
    written(shop, orders=orders[orders["ordered_at"] > START + 40 * DAY])
    analysis = shop.analyse("paid", segments=["country"])
    walk(analysis)
    assert analysis.comparison("paid", "B").effect.variance_reduction == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("years", "says"), [(-200, "are dated before 1990"), (500, "lie in the future")])
def test_times_far_away(shop, years, says):
    orders = ordered()
    far = orders["ordered_at"].to_numpy().astype("datetime64[s]") + np.timedelta64(years * 365, "D")
    orders.loc[7, "ordered_at"] = far.astype("datetime64[us]")[7]
    written(shop, orders=orders)
    refused(DataError, f"1 of 2,000 orders {says.replace('are', 'is').replace('lie ', 'lies ')}", shop, "paid")


def test_missing_values_are_counted_per_variant(shop):
    frame = exposed()
    frame["spend"] = frame["spend"].mask(frame.index < 10)
    written(shop, exposures=frame)
    analysis = shop.analyse("spend")
    walk(analysis)
    assert any("users without a value are left out, 5 in A and 5 in B" in text for text in said(analysis))


# ---- Through the runner --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "spoil", "code", "says"),
    [
        ({"experiment": "ee"}, None, 2, "unknown experiment 'ee'"),
        ({}, "twice", 3, "1 of 400 users stand more than once"),
    ],
)
def test_the_runner_says_it_and_leaves_no_result(root, shop, parameters, spoil, code, says):
    frame = exposed()
    if spoil == "twice":
        frame = pd.concat([frame, frame.iloc[[0]]])
    written(shop, exposures=frame)
    done, folder = run(root, shop, {"segments": ["country"], **parameters})
    record = json.loads((folder / "run.json").read_text())
    assert done.returncode == code == record["exit_code"]
    assert record["state"] == "failed"
    assert says in record["cause"]
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "result.json").exists()
    assert says.split("'")[0] in (folder / "report.html").read_text()


def test_the_runner_lists_all_that_is_wrong_with_all_tables(root, shop):
    frame, orders = exposed(), ordered()
    frame["variant"] = frame["variant"].mask(frame.index < 7)
    orders.loc[3, "subtotal"] = np.inf
    written(shop, exposures=pd.concat([frame, frame.iloc[[20]]]), orders=pd.concat([orders, orders.iloc[[0]]]))
    done, folder = run(root, shop, {"goals": ["paid"], "segments": ["country"]})
    faults = json.loads((folder / "run.json").read_text())["cause"].split(";\n")
    assert done.returncode == 3
    assert [fault.split(" (for")[0].split(", for")[0] for fault in faults] == [
        "7 of 401 exposures of 'e' have no variant; complete them or leave them out of the table",
        "experiment 'e': 1 of 400 users stand more than once in the table exposures",
        "1 of 2,001 orders has a subtotal that is infinite or no number",
        "1 of 2,001 orders repeats the order id of another row",
    ]
    assert all(fault in done.stderr for fault in faults)
    items = re.findall("<li>(.*?)</li>", (folder / "report.html").read_text())
    assert [html.unescape(re.sub("<[^>]*>", "", item)).replace("\xa0", " ") for item in items[:4]] == faults


def test_the_runner_concludes_what_cannot_be_known(root, shop):
    written(shop, exposures=exposed().assign(spend=5.0))
    done, folder = run(root, shop, {"segments": ["country"], "guardrails": ["visits"]})
    assert done.returncode == 0, done.stderr
    result = json.loads((folder / "result.json").read_text())
    assert result["decision"] == "inconclusive"
    assert "do not vary" in result["headline"]


def run(root, shop, parameters):
    """A study over the shop's tables, through the runner: the process and the run's folder."""
    said = {
        "catalog": str(shop.root / "catalog.yaml"), "metrics": str(shop.root / "metrics.yaml"), "experiment": "e",
        "goals": ["spend"], "guardrails": [], "secondary": [], **parameters,
    }  # fmt: skip
    study = {"question": "Does it pay?", "notebook": "ab_test", "owner": "the team", "parameters": said}
    (shop.root / "study.yaml").write_text(json.dumps(study))
    command = [sys.executable, "-c", "from workbench.cli import main; main()", "run", str(shop.root / "study.yaml")]
    done = subprocess.run(
        [*command, "--runs", str(shop.root / "runs")],
        cwd=root,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    (record,) = (shop.root / "runs").glob("study/*/run.json")
    return done, record.parent
