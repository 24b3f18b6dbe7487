"""The engine's moments against the same numbers worked out from the rows, one user after the other."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from workbench.abtest.effects import MetricMoments
from workbench.errors import DataError, StudyError
from workbench.stats import Moments

FIRST, LAST = pd.Timestamp("2026-01-01"), pd.Timestamp("2026-03-10 18:00")  # of the orders
DAY, TICK = pd.Timedelta(days=1), pd.Timedelta(microseconds=1)
METRICS = {
    "bought": {"table": "orders", "aggregate": "any", "window_days": 14, "pre_days": 28, "better": "up"},
    "on_app": {"table": "orders", "aggregate": "count", "where": {"channel": ["app", "tablet"]}, "window_days": 7, "better": "up"},
    "large": {"table": "orders", "aggregate": "count", "where": {"subtotal": [10, 20.5], "channel": "app"}, "window_days": 14, "better": "up"},
    "paid": {"table": "orders", "aggregate": "sum", "value": "subtotal", "window_days": 14, "pre_days": 28, "better": "up"},
    "orders": {"table": "orders", "aggregate": "count", "window_days": 14, "pre_days": 28, "better": "up"},
    "basket": {"table": "orders", "aggregate": "mean", "value": "subtotal", "window_days": 14, "pre_days": 28, "better": "up"},
    "largest": {"table": "orders", "aggregate": "max", "value": "subtotal", "window_days": 3, "better": "up"},
    "returned": {"table": "orders", "aggregate": "max", "value": "refunded", "window_days": 14, "better": "down"},
    "order_value": {"numerator": "paid", "denominator": "orders", "better": "up"},
    "visits": {"table": "exposures", "value": "visits", "covariates": ["past", "member"], "better": "up"},
    "spend": {"table": "exposures", "value": "spend", "better": "up"},
    "spend_per_visit": {"numerator": "spend", "denominator": "visits", "better": "up"},
}  # fmt: skip
FOLDS = {
    "any": lambda values: float(len(values) > 0),
    "count": lambda values: float(len(values)),
    "sum": lambda values: float(np.nansum(values)),
    "mean": lambda values: float(np.nanmean(values)) if np.isfinite(values).any() else None,
    "max": lambda values: float(np.nanmax(values)) if np.isfinite(values).any() else None,
}


def people(users: int = 480, seed: int = 1) -> pd.DataFrame:
    """Users exposed from January (their time before is cut off) to March (their time after is)."""
    rng = np.random.default_rng(seed)
    exposed = pd.Series(FIRST + pd.to_timedelta(rng.uniform(20, 66, users).round(3), unit="D")).astype("datetime64[us]")
    exposed.iloc[:4] = [FIRST + 28 * DAY, FIRST + 28 * DAY - TICK, LAST - 14 * DAY, LAST - 14 * DAY + TICK]
    return pd.DataFrame(
        {
            "experiment": "e",
            "user_id": rng.permutation(users) + 1,
            "variant": rng.choice(["A", "B", "C"], users, p=[0.5, 0.3, 0.2]),
            "exposed_at": exposed,
            "country": rng.choice(np.array(["CN", "JP", None], dtype=object), users),
            "visits": rng.poisson(2.0, users),
            "spend": rng.gamma(2.0, 10.0, users),
            "past": rng.normal(3.0, 1.0, users),
            "member": rng.random(users) < 0.4,
        }
    )


def bought(exposures: pd.DataFrame, seed: int = 2) -> pd.DataFrame:
    """Orders around the exposures: exactly on every edge of the windows, one tick beside it, and anywhere."""
    rng = np.random.default_rng(seed)
    edges = [0 * DAY, -TICK, 14 * DAY, 14 * DAY - TICK, -28 * DAY, -28 * DAY - TICK, 7 * DAY, 7 * DAY - TICK]
    some = exposures.iloc[:160]
    on_edges = pd.DataFrame(
        {"user_id": some["user_id"], "ordered_at": [t + edges[i % 8] for i, t in enumerate(some["exposed_at"])]}
    )
    who = exposures.iloc[rng.integers(0, len(exposures) * 3 // 4, 2500)]  # a quarter never buys
    anywhere = pd.DataFrame(
        {
            "user_id": who["user_id"],
            "ordered_at": who["exposed_at"] + pd.to_timedelta(rng.uniform(-40, 25, 2500), unit="D").round("us"),
        }
    )
    strangers = pd.DataFrame({"user_id": [9_999_999, 9_999_999], "ordered_at": [FIRST, LAST]})
    frame = pd.concat([strangers, on_edges, anywhere])
    frame = frame[frame["ordered_at"].between(FIRST, LAST)].reset_index(drop=True)
    count = len(frame)
    return frame.assign(
        ordered_at=frame["ordered_at"].astype("datetime64[us]"),
        order_id=np.arange(count),
        channel=rng.choice(np.array(["app", "tablet", "web", None], dtype=object), count),
        subtotal=np.where(rng.random(count) < 0.3, rng.choice([10.0, 20.5], count), rng.gamma(3.0, 20.0, count).round(2)),
        status=rng.choice(["delivered", "returned"], count, p=[0.9, 0.1]),
    )  # fmt: skip


def by_hand(name: str, exposures: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Outcome and time before of one metric of facts per user; None where the user leaves it."""
    said = METRICS[name]
    window, pre = said["window_days"] * DAY, said.get("pre_days", 0) * DAY
    kept = pd.Series(True, index=orders.index)
    for column, values in said.get("where", {}).items():
        kept &= orders[column].isin(values if isinstance(values, list) else [values])
    value = (
        (orders["status"] == "returned") if said.get("value") == "refunded" else orders[said.get("value") or "subtotal"]
    )
    times, values, users = (c[kept].to_numpy() for c in (orders["ordered_at"], value.astype(float), orders["user_id"]))
    fold = FOLDS[said["aggregate"]]
    rows = []
    for user, t in zip(exposures["user_id"], exposures["exposed_at"], strict=True):
        own = users == user
        when, what = times[own], values[own]
        after = what[(when >= t.to_datetime64()) & (when < (t + window).to_datetime64())]
        before = what[(when >= (t - pre).to_datetime64()) & (when < t.to_datetime64())]
        rows.append(
            {"after": fold(after) if t + window <= LAST else None, "before": fold(before) if t - pre >= FIRST else None}
        )
    return pd.DataFrame(rows, index=exposures.index, dtype=float)


def assert_equal(found: Moments, rows: pd.DataFrame) -> None:
    values = rows.to_numpy(dtype=float)
    assert found.n == len(values)
    if len(values):
        apart = values - values[0]  # so that equal values leave no rounding
        apart -= apart.mean(axis=0)
        scale = np.sqrt((apart**2).sum(axis=0))
        assert found.mean == pytest.approx(values.mean(axis=0), rel=1e-9, abs=1e-12)
        off = np.abs(found.comoment - apart.T @ apart) / np.where(
            np.outer(scale, scale) > 0, np.outer(scale, scale), 1.0
        )
        assert off.max() < 1e-9


def assert_identical(metric: MetricMoments, exposures: pd.DataFrame, columns: dict[str, pd.Series]) -> None:
    """Every group, every variant and everybody: the moments of the users who are in the metric."""
    frame = pd.DataFrame(columns)
    frame = frame.dropna(subset=[name for name in columns if name.startswith("outcome")]).fillna(0.0)
    assert len(frame) > 100
    keys = exposures.loc[frame.index].assign(
        day=exposures["exposed_at"].dt.normalize(), country=exposures["country"].fillna("(missing)")
    )
    assert [len(metric.table.columns)] == [frame.shape[1]]
    groups = dict(keys.groupby(["variant", "country", "day"]).groups.items())
    for i, (variant, country, day) in enumerate(
        metric.table.keys[["variant", "country", "day"]].itertuples(index=False)
    ):
        found = Moments(int(metric.table.n[i]), metric.table.mean[i], metric.table.comoment[i])
        assert_equal(found, frame.loc[groups.pop((variant, country, day), [])])
    assert not groups
    for variant, index in keys.groupby("variant").groups.items():
        assert_equal(metric.table.where(variant=variant).merged(), frame.loc[index])
    assert_equal(metric.table.merged(), frame)
    left = (exposures["variant"].value_counts() - keys["variant"].value_counts()).to_dict()
    assert metric.left_out == left


@pytest.fixture(scope="module")
def exposures() -> pd.DataFrame:
    return people()


@pytest.fixture(scope="module")
def orders(exposures) -> pd.DataFrame:
    return bought(exposures)


@pytest.fixture(scope="module")
def facts(exposures, orders):
    return {name: by_hand(name, exposures, orders) for name, said in METRICS.items() if said.get("table") == "orders"}


@pytest.fixture
def full(shop, exposures, orders):
    shop.write(METRICS, exposures=exposures, orders=orders)
    return shop


def test_facts_of_every_kind(full, exposures, facts):
    names = ["bought", "on_app", "large", "paid", "basket", "largest", "returned"]
    measured = full.measure(*names, segments=["country"])
    for name in names:
        columns = {"outcome": facts[name]["after"]}
        if METRICS[name].get("pre_days"):
            known = facts[name]["before"].notna().astype(float)
            assert 50 < known.sum() < 430
            columns |= {"before": facts[name]["before"], "known": known}
        assert_identical(measured.metrics[name], exposures, columns)
        open_windows = (exposures["exposed_at"] + METRICS[name]["window_days"] * DAY > LAST).sum()
        assert 0 < sum(measured.metrics[name].open_windows.values()) == open_windows
    assert dict(measured.users) == exposures["variant"].value_counts().sort_index().to_dict()
    assert (measured.first, measured.last) == (
        exposures["exposed_at"].min().date(),
        exposures["exposed_at"].max().date(),
    )
    assert measured.as_of == LAST.date()


def test_a_user_without_facts_counts_zero_or_leaves(full, exposures, facts):
    measured = full.measure("paid", "basket")
    closed = exposures["exposed_at"] + 14 * DAY <= LAST
    never = closed & (facts["basket"]["after"].isna())
    assert never.sum() > 40
    assert (facts["paid"]["after"][never] == 0).all()
    assert measured.metrics["paid"].table.n.sum() == closed.sum()
    assert measured.metrics["basket"].table.n.sum() == closed.sum() - never.sum()


def test_a_ratio_counts_the_users_of_both_and_knows_the_time_before(full, exposures, facts):
    metric = full.measure("order_value", segments=["country"]).metrics["order_value"]
    before = facts["paid"]["before"], facts["orders"]["before"]
    known = before[0].notna().astype(float)
    columns = {"outcome 1": facts["paid"]["after"], "outcome 2": facts["orders"]["after"]}
    assert_identical(metric, exposures, columns | {"1": before[0], "2": before[1], "k1": known, "k2": known})


def test_a_time_before_that_is_there_for_everybody_needs_no_mark(shop, exposures, orders):
    late = exposures[exposures["exposed_at"] >= FIRST + 28 * DAY]
    shop.write(METRICS, exposures=late, orders=orders)
    metrics = shop.measure("paid", "order_value", segments=["country"]).metrics
    paid, count = by_hand("paid", late, orders), by_hand("orders", late, orders)
    assert paid["before"].notna().all()
    assert_identical(metrics["paid"], late, {"outcome": paid["after"], "before": paid["before"]})
    ratio = metrics["order_value"]
    columns = {"outcome 1": paid["after"], "outcome 2": count["after"], "1": paid["before"], "2": count["before"]}
    assert_identical(ratio, late, columns)
    assert [(q.numerator, q.denominator) for q in ratio.covariates] == [(2, 3)]


COLUMNS = ["visits", "spend", "spend_per_visit"]


@pytest.mark.parametrize("with_nulls", [False, True])
def test_columns(shop, exposures, with_nulls):
    frame = exposures.copy()
    if with_nulls:
        rng = np.random.default_rng(3)
        frame["spend"] = frame["spend"].mask(rng.random(len(frame)) < 0.2)
        frame["past"] = frame["past"].mask(rng.random(len(frame)) < 0.3)
        frame["visits"] = frame["visits"].mask(rng.random(len(frame)) < 0.1).astype("Int64")
    shop.write(METRICS, exposures=frame)
    metrics = shop.measure(*COLUMNS, segments=["country"]).metrics
    visits, member = frame["visits"].astype(float), frame["member"].astype(float)

    # A missing covariate stands near the others' mean; any constant would do, since a column marks it.
    def past(of: pd.Series, metric: str, column: int) -> pd.Series:
        told, known = metrics[metric].table.merged().mean[column], frame["past"][of.notna()]
        if known.isna().any():
            constant = (told * len(known) - known.sum()) / known.isna().sum()
            assert constant == pytest.approx(frame["past"].mean(), rel=1e-6)
            return frame["past"].fillna(constant)
        return frame["past"]

    columns = {"outcome": visits, "past": past(visits, "visits", 1), "member": member}
    if with_nulls:
        columns |= {"k1": frame["past"].notna().astype(float), "k2": pd.Series(1.0, index=frame.index)}
    assert_identical(metrics["visits"], frame, columns)
    assert_identical(metrics["spend"], frame, {"outcome": frame["spend"]})
    both = frame["spend"] + visits
    ratio = {
        "outcome 1": frame["spend"],
        "outcome 2": visits,
        "past": past(both, "spend_per_visit", 2),
        "member": member,
    }
    if with_nulls:
        ratio |= {"k1": frame["past"].notna().astype(float), "k2": pd.Series(1.0, index=frame.index)}
    assert_identical(metrics["spend_per_visit"], frame, ratio)


def test_a_second_metric_changes_nothing(full, exposures, orders, shop):
    """Facts are counted with care; columns beside them give what they give alone, missing covariates included."""
    frame = exposures.assign(past=exposures["past"].mask(exposures["user_id"] % 3 == 0))
    full.write(METRICS, exposures=frame, orders=orders)
    alone, beside = (shop.analyse("visits", secondary=more, split={"A": 5, "B": 3, "C": 2}) for more in ([], ["paid"]))
    one, other = (analysis.comparison("visits", "B").effect for analysis in (alone, beside))
    assert (other.absolute, other.std_error) == pytest.approx((one.absolute, one.std_error), rel=1e-9)
    assert one.variance_reduction > 0
    assert len(beside.measured.metrics["visits"].covariates) == 4


def offset(moments: Moments, values: np.ndarray) -> float:
    """Largest relative error of the variance against sums that are exact, since the values are dyadic."""
    centred = values - values[0]
    exact = (centred**2).sum() - centred.sum() ** 2 / len(values)
    return abs(moments.comoment[0, 0] / exact - 1)


@pytest.mark.parametrize("with_nulls", [False, True])
def test_a_large_offset_of_a_column_costs_no_digits(shop, with_nulls):
    rng = np.random.default_rng(5)
    frame = people(20_000).assign(spend=1e8 + rng.integers(-64, 64, 20_000) / 64, past=1e8 + rng.normal(size=20_000))
    frame["visits"] = frame["spend"] + 1.0
    if with_nulls:
        frame["spend"] = frame["spend"].mask(frame.index % 7 == 0)
    shop.write(METRICS, exposures=frame)
    measured = shop.measure("spend", "visits", "spend_per_visit")
    for variant in "ABC":
        arm = frame[frame["variant"] == variant]
        assert (
            offset(measured.metrics["spend"].table.where(variant=variant).merged(), arm["spend"].dropna().to_numpy())
            < 1e-9
        )
        assert offset(measured.metrics["visits"].table.where(variant=variant).merged(), arm["visits"].to_numpy()) < 1e-9


def test_first_rows_unlike_the_rest_cost_no_digits(shop):
    """A thousand users without spend stand first; the others spend about 1e8 on many days, whose means end at 1e-8."""
    rng = np.random.default_rng(8)
    frame = people(20_000).assign(spend=1e8 + rng.integers(-64, 64, 20_000) / 64, country="CN")
    frame.loc[frame.index < 1000, ["spend", "country"]] = [0.0, "JP"]
    shop.write(METRICS, exposures=frame)
    found = shop.measure("spend", segments=["country"]).metrics["spend"].table
    for variant in "ABC":
        arm = frame[(frame["variant"] == variant) & (frame["country"] == "CN")]
        assert offset(found.where(variant=variant, country="CN").merged(), arm["spend"].to_numpy()) < 1e-8


@pytest.mark.parametrize(("days", "error"), [(0.9, 1e-9), (3, 1e-8)])
def test_a_large_offset_of_facts_costs_no_digits(shop, days, error):
    """Three orders of 1e8 each per user: sums of 3e8 that differ by less than 1.

    With several days the means of the days, whose last digit is 6e-8 here, add the little that is known of them.
    """
    rng = np.random.default_rng(6)
    frame = people(5_000)
    frame["exposed_at"] = (FIRST + 30 * DAY + pd.to_timedelta(rng.uniform(0, days, 5_000), unit="D")).astype(
        "datetime64[us]"
    )
    orders = pd.concat([frame[["user_id"]].assign(ordered_at=frame["exposed_at"] + k * DAY) for k in range(3)])
    orders["subtotal"] = 1e8 + rng.integers(-16, 16, len(orders)) / 64
    ends = pd.DataFrame({"user_id": 0, "ordered_at": [FIRST, LAST], "subtotal": 1.0})
    orders = pd.concat([orders, ends], ignore_index=True).assign(order_id=lambda o: o.index)
    shop.write(METRICS, exposures=frame, orders=orders.assign(ordered_at=orders["ordered_at"].astype("datetime64[us]")))
    measured = shop.measure("paid", "order_value")
    sums = orders.groupby("user_id")["subtotal"].sum()
    for variant in "ABC":
        values = sums.loc[frame.loc[frame["variant"] == variant, "user_id"]].to_numpy()
        found = measured.metrics["paid"].table.where(variant=variant).merged()
        assert offset(found, values) < error
        assert found.mean[0] == pytest.approx(values.mean(), rel=1e-15)


def test_order_of_rows_and_splitting_of_files_change_nothing(shop, exposures, orders):
    names = ("paid", "order_value", "visits")
    shop.write(METRICS, exposures=exposures, orders=orders)
    whole = shop.measure(*names, segments=["country"])
    mixed, bought_mixed = exposures.sample(frac=1, random_state=1), orders.sample(frac=1, random_state=2)
    shop.write(METRICS, exposures=mixed, orders=bought_mixed)
    for name, frame in (("exposures", mixed), ("orders", bought_mixed)):
        (shop.root / f"{name}.parquet").unlink()
        for i in range(3):
            frame.iloc[i::3].to_parquet(shop.root / f"{name}-{i}.parquet", index=False)
    catalog = shop.root / "catalog.yaml"
    catalog.write_text(catalog.read_text().replace(".parquet", "-*.parquet"))
    parted = shop.measure(*names, segments=["country"])
    assert parted.users == whole.users
    for name in names:
        for variant in "ABC":
            one, other = (m.metrics[name].table.where(variant=variant).merged() for m in (whole, parted))
            assert other.n == one.n
            assert other.mean == pytest.approx(one.mean, rel=1e-12)
            assert other.comoment == pytest.approx(one.comoment, rel=1e-9)


def test_names_of_metrics_columns_and_segments_may_be_the_same(shop, exposures, orders):
    """A metric called like a column of exposures, like a segment, and like the covariate of another metric."""
    same = {
        "country": METRICS["paid"],
        "past": {"table": "exposures", "value": "spend", "better": "up"},
        "user_id": {"table": "exposures", "value": "visits", "covariates": ["past"], "better": "up"},
        "variant": METRICS["bought"],
    }
    shop.write(METRICS, exposures=exposures, orders=orders)
    expected = shop.measure("paid", "spend", "bought", segments=["country"]).metrics
    shop.write(same, exposures=exposures, orders=orders)
    found = shop.measure(*same, segments=["country"]).metrics
    for ours, theirs in (("country", "paid"), ("past", "spend"), ("variant", "bought")):
        one, other = found[ours].table.merged(), expected[theirs].table.merged()
        assert (one.n, one.mean[0]) == (other.n, pytest.approx(other.mean[0], rel=1e-12))
        assert one.comoment == pytest.approx(other.comoment, rel=1e-9)
    assert found["user_id"].table.merged().mean[:2] == pytest.approx(
        [exposures["visits"].mean(), exposures["past"].mean()]
    )


def test_a_covariate_may_be_a_segment_too(shop, exposures):
    shop.write(METRICS, exposures=exposures.assign(past=exposures["past"].round().clip(1, 4)))
    apart = shop.measure("visits", segments=["country"]).metrics["visits"].table.merged()
    both = shop.measure("visits", segments=["past", "member"]).metrics["visits"].table
    assert set(both.keys["member"]) == {"true", "false"}
    assert both.merged().comoment == pytest.approx(apart.comoment, rel=1e-9)


def test_only_keeps_the_users_who_have_the_value(shop, exposures, orders):
    shop.write(METRICS, exposures=exposures, orders=orders)
    chosen = exposures[(exposures["country"] == "JP") & exposures["member"]]
    measured = shop.measure("visits", only={"country": "JP", "member": ["true"]})
    assert sum(measured.users.values()) == len(chosen)
    assert measured.metrics["visits"].table.merged().mean[0] == pytest.approx(chosen["visits"].mean())


def test_other_experiments_stay_out(shop, exposures, orders):
    twice = pd.concat([exposures, exposures.assign(experiment="other", variant="A")], ignore_index=True)
    shop.write(METRICS, exposures=twice, orders=orders)
    assert dict(shop.measure("paid").users) == exposures["variant"].value_counts().sort_index().to_dict()


@pytest.mark.parametrize(
    ("ours", "theirs", "fits"),
    [("str", "str", True), ("int64", "int32", True), ("str", "int64", False), ("int64", "str", False)],
)
def test_ids_of_two_kinds(shop, exposures, orders, ours, theirs, fits):
    expected = None
    if fits:
        shop.write(METRICS, exposures=exposures, orders=orders)
        expected = shop.measure("paid").metrics["paid"].table.merged().mean
    shop.write(
        METRICS,
        exposures=exposures.assign(user_id=exposures["user_id"].astype(ours)),
        orders=orders.assign(user_id=orders["user_id"].astype(theirs)),
    )
    if fits:
        assert shop.measure("paid").metrics["paid"].table.merged().mean == pytest.approx(expected, rel=1e-12)
    else:
        words = {"str": "text", "int64": "whole numbers"}
        said = f"user_id holds {words[ours]} in the table exposures and {words[theirs]} in the table orders"
        with pytest.raises(DataError, match=said):
            shop.measure("paid")


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ({"chanel": "app"}, "the table orders: unknown column 'chanel'; nearest: 'channel'"),
        ({"channel": 1}, "channel holds text, which 1 is not"),
        ({"subtotal": "10"}, "subtotal holds numbers, which '10' is not"),
        ({"subtotal": True}, "subtotal holds numbers, which True is not"),
        ({"refunded": 1}, "refunded holds true or false, which 1 is not"),
        ({"ordered_at": "2026-01-01"}, "ordered_at holds timestamp.*, which cannot be listed"),
    ],
)
def test_conditions_on_facts_that_cannot_be_meant(shop, exposures, orders, where, says):
    shop.write({"x": {**METRICS["orders"], "where": where}}, exposures=exposures, orders=orders)
    with pytest.raises((StudyError, DataError), match=says):
        shop.measure("x")


def test_the_end_of_the_data_may_be_declared(shop, exposures, orders):
    """A declared end closes the windows that are over by then, and says how far the data go."""
    shop.write(METRICS, exposures=exposures, orders=orders)
    seen = shop.measure("paid")
    until = (LAST - 20 * DAY).date()
    declared = shop.measure("paid", data_until=until.isoformat())
    end = pd.Timestamp(until) + DAY
    window = METRICS["paid"]["window_days"] * DAY
    assert sum(declared.metrics["paid"].open_windows.values()) == (exposures["exposed_at"] + window > end).sum()
    assert sum(seen.metrics["paid"].open_windows.values()) < sum(declared.metrics["paid"].open_windows.values())
    assert declared.as_of == until + timedelta(days=1)


@pytest.mark.parametrize(("last", "first_missing"), [("2026-03-09 23:40", 10), ("2026-03-09 05:59", 9)])
def test_a_day_is_covered_when_its_last_hour_has_begun(shop, exposures, orders, last, first_missing):
    times = orders["ordered_at"].clip(upper=pd.Timestamp(last))
    times.iloc[0] = pd.Timestamp(last)
    shop.write(METRICS, exposures=exposures, orders=orders.assign(ordered_at=times.astype("datetime64[us]")))
    assert shop.measure("paid").as_of == date(2026, 3, first_missing)
