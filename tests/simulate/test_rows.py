"""Rows about visits: raw events tell the same story as sessions and orders do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.simulate.block import Maker
from workbench.simulate.marketing import CHANNELS
from workbench.simulate.rows import EVENTS, seen_channels
from workbench.simulate.visits import OWN, joins
from workbench.simulate.world import World

WORLD = World(users=2_000, seed=11)


@pytest.fixture(scope="module", params=["any_day", "after_order"])
def tables(request, stage) -> dict[str, pd.DataFrame]:
    world = World(users=2_000, seed=11, leaving=request.param)
    made = stage(world)
    rows = Maker(world, made.goods, made.marketing, events=True).make(0).tables
    return {name: table.to_pandas() for name, table in rows.items()}


def test_each_visit_has_as_many_events_as_it_says(tables):
    counts = tables["events"].groupby("session_id").size()
    sessions = tables["sessions"].set_index("session_id")
    assert (counts == sessions["events"]).all()
    assert set(tables["events"]["event_name"]) == set(EVENTS)
    users = sessions.loc[tables["events"]["session_id"], "user_id"]
    assert (users.to_numpy() == tables["events"]["user_id"]).all()


def test_events_come_in_order(tables):
    events = tables["events"]
    assert events["event_id"].tolist() == list(range(1, len(events) + 1))
    gaps = events.groupby("session_id")["event_at"].diff().dropna()
    assert (gaps >= pd.Timedelta(0)).all()
    begins = events.groupby("session_id").head(1)
    assert (begins["event_name"] == "session_start").all()
    started = tables["sessions"].set_index("session_id")["started_at"]
    assert (begins.set_index("session_id")["event_at"] == started).all()


def test_purchases_are_the_orders(tables):
    bought = tables["events"].query("event_name == 'purchase'")
    orders = tables["orders"]
    assert bought["session_id"].tolist() == orders["session_id"].tolist()
    assert (bought["event_at"].to_numpy() == orders["ordered_at"].to_numpy()).all()
    assert bought["value"].to_numpy() == pytest.approx((orders["subtotal"] - orders["discount"]).to_numpy())
    assert tables["events"]["value"].notna().sum() == len(orders)


def test_what_is_bought_was_looked_at_and_put_into_the_basket(tables):
    events = tables["events"]
    items = tables["order_items"].merge(tables["orders"][["order_id", "session_id"]], on="order_id")
    wanted = items.groupby(["session_id", "product_id"]).size()
    for name in ("view_item", "add_to_cart"):
        of = events[events["event_name"] == name].groupby(["session_id", "product_id"]).size()
        assert (of.reindex(wanted.index, fill_value=0) >= wanted).all(), name
    steps = events["event_name"].isin(["view_item", "add_to_cart"])
    assert (events["product_id"].notna() == steps).all()


def test_channels_are_recorded_as_marketing_says(stage, lives):
    """Own and stirred-up visits by the declared shares; joining as acquired, mails of experiments as e-mail."""
    made, life = stage(WORLD), lives(WORLD, 0)
    visits, seen = life.browsing.visits, seen_channels(made, life)
    joining, mailed = joins(visits), visits.stream > 0
    assert (seen[joining] == life.users.acquisition).all()
    assert (seen[mailed] == CHANNELS.index("email")).all()
    shares = {OWN: made.marketing.own_shares} | dict(enumerate(made.marketing.seen_as[:4]))
    for cause, wanted in shares.items():
        mine = (visits.cause == cause) & ~joining & ~mailed
        counts = np.bincount(seen[mine], minlength=len(CHANNELS))
        assert np.all(np.abs(counts - mine.sum() * wanted) <= 3.5 * np.sqrt(mine.sum() * wanted * (1 - wanted)))
