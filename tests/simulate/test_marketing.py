"""Marketing: spend wears off and saturates as the formula says, and touches tell of it what data would."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.simulate.marketing import (
    CHANNELS,
    DAILY_SPEND_CENTS,
    EMAIL,
    GAIN,
    HALF,
    HOLDOUT_SHARE,
    MAILING_DAYS,
    PAID,
    RETENTION,
    SLOPE,
    SOCIAL,
    is_held_out,
    mailing_names,
    make_marketing,
    spend_table,
    stimulate,
    truth_of_channels,
    truth_of_marketing,
)
from workbench.simulate.touches import SEEN_BEFORE, touches_table
from workbench.simulate.world import DAYS, FIRST_DAY, World

WORLD = World(users=5_000)


@pytest.mark.parametrize("channel", range(PAID))
def test_stimulus_is_adstock_and_hill_of_what_was_spent(channel):
    marketing = make_marketing(WORLD)
    level = marketing.spend_cents[channel] / (DAILY_SPEND_CENTS[channel] * WORLD.users)
    stored, expected = 0.0, []
    for spent in level:
        stored = spent + RETENTION[channel] * stored
        power = stored ** SLOPE[channel]
        expected.append(GAIN[channel] * power / (power + HALF[channel] ** SLOPE[channel]))
    # Spend is in whole cents, of some thousands a day.
    assert marketing.stimulus[channel] == pytest.approx(np.array(expected), abs=2e-4)


def test_steady_spend_reaches_its_own_level():
    """Stored spend tends to 1 / (1 − retention); at the half point the stimulus is half the gain."""
    steady = stimulate(np.full(DAYS, HALF[SOCIAL] * (1 - RETENTION[SOCIAL])), SOCIAL)
    assert steady[-1] == pytest.approx(GAIN[SOCIAL] / 2, rel=1e-12)
    assert stimulate(np.zeros(DAYS), SOCIAL).tolist() == [0.0] * DAYS


def test_spend_grows_with_users_and_what_it_does_to_one_does_not():
    small, large = make_marketing(World(users=1_000)), make_marketing(World(users=1_000_000))
    assert np.array_equal(small.stimulus, large.stimulus)
    assert np.abs(large.spend_cents - 1000 * small.spend_cents).max() <= 500 + 1


def test_what_data_say_of_a_visit_are_shares():
    marketing = make_marketing(WORLD)
    assert marketing.own_shares.sum() == pytest.approx(1, abs=1e-12)
    assert marketing.seen_as.sum(axis=1) == pytest.approx(np.ones(len(CHANNELS)), abs=1e-12)
    assert (marketing.spend_cents[PAID:] == 0).all()
    assert (marketing.stimulus[PAID:] == 0).all()


def test_the_spend_table_holds_what_was_spent_to_the_cent():
    marketing = make_marketing(WORLD)
    frame = spend_table(WORLD, marketing).to_pandas()
    assert not frame.duplicated(["spend_date", "channel", "campaign", "geo"]).any()
    by_channel = frame.groupby("channel", observed=True)["spend"].sum()
    for channel in range(PAID):
        assert by_channel[CHANNELS[channel]] == pytest.approx(marketing.spend_cents[channel].sum() / 100, abs=0.005)
    mails = frame[frame["channel"] == "email"]
    assert mails["campaign"].tolist() == list(mailing_names())
    assert mails["clicks"].isna().all()
    assert len(set(mailing_names())) == len(MAILING_DAYS)


def test_the_truth_of_marketing_is_one_row_per_channel_and_day():
    marketing = make_marketing(WORLD)
    frame = truth_of_marketing(marketing).to_pandas()
    wide = frame.pivot_table(index="channel", columns="date", values="stimulus", observed=True, sort=False)
    assert np.array_equal(wide.to_numpy(), marketing.stimulus[:PAID].astype(float))


def test_the_constants_of_a_channel_give_its_stimulus_from_its_spend():
    marketing = make_marketing(WORLD)
    spend = spend_table(WORLD, marketing).to_pandas()
    for name, channel in truth_of_channels(WORLD, marketing).items():
        mine = spend[spend["channel"] == name]
        assert mine["spend"].sum() == pytest.approx(channel["spend"], abs=0.005)
        daily = mine.set_index(pd.to_datetime(mine["spend_date"]))["spend"]
        daily = daily.reindex(pd.date_range(str(FIRST_DAY), periods=DAYS), fill_value=0.0)
        stored = daily.ewm(alpha=1 - channel["retention"], adjust=False).mean()  # ewm's first weight is 1
        stored = (stored - daily.iloc[0] * channel["retention"] ** (np.arange(DAYS) + 1)) / (1 - channel["retention"])
        power = stored ** channel["slope"]
        expected = channel["gain"] * power / (power + channel["half"] ** channel["slope"])
        assert marketing.stimulus[CHANNELS.index(name)] == pytest.approx(expected.to_numpy(), abs=2e-4)


def test_a_tenth_is_never_mailed_and_who_does_not_depend_on_the_others():
    held = is_held_out(WORLD, 0, 20_000)
    assert held.mean() == pytest.approx(HOLDOUT_SHARE, abs=3 * np.sqrt(0.09 / 20_000))
    assert np.array_equal(held[7_000:9_000], is_held_out(WORLD, 7_000, 2_000))


@pytest.fixture(scope="module")
def touched():
    """Of 4 000 users, all there for all of the time, with ten visits each."""
    users, visits = 4_000, 40_000
    rng = np.random.default_rng(5)
    given = {
        "user": np.repeat(np.arange(users), 10),
        "at": np.sort(rng.integers(0, DAYS * 86_400, (users, 10)), axis=1).ravel(),
        "cause": rng.integers(-1, PAID, visits),
        "seen": rng.integers(0, len(CHANNELS), visits),
    }
    joined, leaves = np.zeros(users), np.full(users, np.inf)
    table = touches_table(WORLD, block=0, first=0, joined=joined, leaves=leaves, **given)
    return given, table.to_pandas()


def test_every_visit_that_a_paid_channel_shows_begins_with_its_click(touched):
    given, frame = touched
    clicks = frame[frame["kind"] == "click"]
    for channel in range(PAID):
        assert (clicks["channel"] == CHANNELS[channel]).sum() == (given["seen"] == channel).sum()
    assert not clicks["channel"].isin(CHANNELS[PAID:]).any()


def test_mailings_go_to_all_who_are_there_and_are_withheld_from_the_holdout(touched):
    _, frame = touched
    sends = frame[frame["kind"] == "send"]
    assert len(sends) == 4_000 * len(MAILING_DAYS)
    assert sends.groupby("campaign", observed=True).size().to_dict() == dict.fromkeys(mailing_names(), 4_000)
    held = is_held_out(WORLD, 0, 4_000)
    assert np.array_equal(sends["is_holdout"].to_numpy(), held[sends["user_id"] - 1])
    assert set(sends["channel"]) == {CHANNELS[EMAIL]}


def test_impressions_come_before_visits_that_social_stirred_up_more_often_than_before_others(touched):
    given, frame = touched
    shown = (frame["kind"] == "impression").sum()
    stirred = (given["cause"] == SOCIAL).sum()
    expected = SEEN_BEFORE[1] * stirred + SEEN_BEFORE[0] * (40_000 - stirred)
    assert shown == pytest.approx(expected, abs=3 * np.sqrt(expected))


def test_touches_run_user_by_user_and_by_time(touched):
    _, frame = touched
    assert frame["touch_id"].tolist() == list(range(1, len(frame) + 1))
    assert frame["user_id"].is_monotonic_increasing
    assert frame.groupby("user_id")["touched_at"].is_monotonic_increasing.all()


def test_later_users_leave_the_touches_of_those_before_as_they_were(touched):
    given, frame = touched
    fewer = {name: values[:30_000] for name, values in given.items()}
    part = touches_table(WORLD, block=0, first=0, joined=np.zeros(3_000), leaves=np.full(3_000, np.inf), **fewer)
    pd.testing.assert_frame_equal(part.to_pandas(), frame.head(part.num_rows))


def test_nobody_is_mailed_before_joining_or_after_leaving():
    none = {name: np.zeros(0, dtype=np.int64) for name in ("user", "at", "cause", "seen")}
    joined, leaves = np.array([0.0, 100.0, 24.5]), np.array([59.0, 130.0, 24.9])
    frame = touches_table(WORLD, block=0, first=0, joined=joined, leaves=leaves, **none).to_pandas()
    assert frame["user_id"].tolist() == [1, 2]
    assert frame["campaign"].tolist() == ["singles_day_2024", "spring_2025"]
    assert frame["touched_at"].tolist() == [pd.Timestamp("2024-11-07 02:00"), pd.Timestamp("2025-02-13 02:00")]
