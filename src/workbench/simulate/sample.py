"""A small seeded shop with five experiments: orders, exposures and the truth beside them.

Every user buys at an own rate, by a Poisson process thinned by what the user's variants do to it.  The same
draws serve every variant, so the truth (the expected outcome of each arm) is exact for the users at hand.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from workbench.errors import StudyError

DAYS_BEFORE, DAYS_ENROLLING, DAYS_AFTER = 35, 21, 18
START = pd.Timestamp("2026-08-01")  # midnight on the business clock
UTC_OFFSET = pd.Timedelta(hours=8)
WINDOW_DAYS = 14
LEAST_BASKET, DISCOUNTED, DISCOUNT = 9.9, 0.3, 0.1  # CNY, share of orders, share of the subtotal
COUNTRIES = ("CN", "SG", "JP")
DEVICES = ("app", "mobile web", "desktop")


@dataclass(frozen=True, slots=True)
class Experiment:
    """What an experiment does to the rate of orders of its arm B, relative to A, by device.

    Attributes:
        name: As in `exposures.experiment`.
        effect: Relative change of the order rate per device, in the order of `DEVICES`.
        share_of_users: Which part of the users is exposed.
        lost_mobile: Share of arm B's mobile-web users whose exposure is never logged: a broken split.
    """

    name: str
    effect: tuple[float, float, float]
    share_of_users: float = 1.0
    lost_mobile: float = 0.0


EXPERIMENTS = (
    Experiment("one_page_checkout", (0.20, 0.34, 0.08)),
    Experiment("delivery_fee_upfront", (-0.16, -0.22, -0.14)),
    Experiment("personal_greeting", (0.03, 0.03, 0.03), share_of_users=0.08),
    Experiment("new_search_ranking", (0.0, 0.0, 0.0), lost_mobile=0.25),
    Experiment("assignment_check", (0.0, 0.0, 0.0)),
)


@dataclass(frozen=True, slots=True)
class Users:
    """The platform's users; every array has shape (users,).

    Attributes:
        rate: Orders per day without any experiment.
        basket: Mean order value, CNY.
        country, device: Index into `COUNTRIES` and `DEVICES`.
    """

    rate: np.ndarray
    basket: np.ndarray
    country: np.ndarray
    device: np.ndarray


def write_sample(*, users: int = 20_000, seed: int = 11, out: Path) -> None:
    """Write `exposures/`, `orders/` (Parquet, times in UTC, money in CNY) and `truth.json` under `out`.

    The folder is replaced as a whole: a reader never sees half of it, and a failure leaves the one before.

    Raises:
        StudyError: `out` holds something else than a sample, which would be lost.
    """
    out = out.absolute()
    if out.is_dir() and any(out.iterdir()) and not (out / "truth.json").is_file():
        raise StudyError(f"{out} holds other files than a sample, which would be lost; name a new or an empty folder")
    people = _users(users, seed)
    arms = {e.name: _exposures(e, people, np.random.default_rng([seed, 1, i])) for i, e in enumerate(EXPERIMENTS)}
    orders = _orders(people, arms, np.random.default_rng([seed, 2]))
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        made = Path(folder) / "sample"
        exposures = pd.concat([_exposure_rows(name, rows, people) for name, rows in arms.items()], ignore_index=True)
        for table, frame in (("exposures", exposures), ("orders", orders)):
            (made / table).mkdir(parents=True)
            frame.to_parquet(made / table / f"{table}.parquet", index=False)
        truth = {e.name: asdict(_truth(e, people, arms)) for e in EXPERIMENTS}
        (made / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
        before = Path(folder) / "before"
        if out.exists():
            out.rename(before)
        try:
            made.rename(out)
        except OSError:
            if before.exists():
                before.rename(out)
            raise


def _users(users: int, seed: int) -> Users:
    rng = np.random.default_rng([seed, 0])
    return Users(
        rate=rng.gamma(1.2, 0.03 / 1.2, users),
        basket=np.exp(rng.normal(5.0, 0.35, users)),
        country=rng.choice(len(COUNTRIES), users, p=[0.7, 0.18, 0.12]),
        device=rng.choice(len(DEVICES), users, p=[0.5, 0.3, 0.2]),
    )


def _exposures(experiment: Experiment, users: Users, rng: np.random.Generator) -> pd.DataFrame:
    """Who is exposed to what, and when: columns user (index), treated, day (days since `START`)."""
    count = len(users.rate)
    frame = pd.DataFrame(
        {
            "user": np.arange(count),
            "treated": rng.random(count) < 0.5,
            "day": DAYS_BEFORE + DAYS_ENROLLING * rng.random(count) ** 1.3,
            "enrolled": rng.random(count) < experiment.share_of_users,
            "lost": rng.random(count) < experiment.lost_mobile,
        }
    )
    lost = frame["lost"] & frame["treated"] & (users.device == DEVICES.index("mobile web"))
    kept: pd.DataFrame = frame[frame["enrolled"] & ~lost]
    return kept.reset_index(drop=True)


def _orders(users: Users, arms: dict[str, pd.DataFrame], rng: np.random.Generator) -> pd.DataFrame:
    days = DAYS_BEFORE + DAYS_ENROLLING + DAYS_AFTER
    ceiling = float(np.prod([1 + max(0.0, *e.effect) for e in EXPERIMENTS]))
    candidates = rng.poisson(users.rate * days * ceiling)
    user = np.repeat(np.arange(len(users.rate)), candidates)
    day = rng.random(len(user)) * days
    factor = np.ones(len(user))
    for experiment in EXPERIMENTS:
        begins, change = _change(experiment, users, arms[experiment.name])
        factor *= np.where(day >= begins[user], change[user], 1.0)
    kept = rng.random(len(user)) < factor / ceiling
    user, day = user[kept], day[kept]
    subtotal = np.round(users.basket[user] * rng.gamma(4.0, 0.25, len(user)) + LEAST_BASKET, 2)
    discount = np.round(subtotal * np.where(rng.random(len(user)) < DISCOUNTED, DISCOUNT, 0.0), 2)
    cost = np.round(subtotal * rng.uniform(0.55, 0.7, len(user)), 2)
    returned = rng.random(len(user)) < 0.06
    frame = pd.DataFrame(
        {
            "user_id": user + 1,
            "ordered_at": _utc(day),
            "status": np.where(returned, "returned", "delivered"),
            "subtotal": subtotal,
            "discount": discount,
            "cost": cost,
        }
    ).sort_values(["ordered_at", "user_id"], ignore_index=True)
    frame.insert(0, "order_id", np.arange(1, len(frame) + 1))
    return frame


def _exposure_rows(name: str, rows: pd.DataFrame, users: Users) -> pd.DataFrame:
    who = rows["user"].to_numpy()
    return pd.DataFrame(
        {
            "experiment": name,
            "user_id": who + 1,
            "variant": np.where(rows["treated"], "B", "A"),
            "exposed_at": _utc(rows["day"].to_numpy()),
            "country": np.array(COUNTRIES)[users.country[who]],
            "device": np.array(DEVICES)[users.device[who]],
        }
    )


def _utc(day: np.ndarray) -> pd.Series:
    seconds = pd.to_timedelta(np.floor(day * 86_400), unit="s")
    return pd.Series(START - UTC_OFFSET + seconds).astype("datetime64[us]")


@dataclass(frozen=True, slots=True)
class Truth:
    """Expected outcomes per user of an experiment's users within `WINDOW_DAYS` of exposure.

    Attributes:
        conversion_a, conversion_b: Share of users with at least one order, were all in that arm.
        revenue_a, revenue_b: Subtotal less discount per user, CNY, were all in that arm.
    """

    conversion_a: float
    conversion_b: float
    revenue_a: float
    revenue_b: float


def _change(experiment: Experiment, users: Users, rows: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """From which day on the experiment changes each user's rate (never: inf), and by which factor; shapes (users,)."""
    begins = np.full(len(users.rate), np.inf)
    treated = rows[rows["treated"]]
    begins[treated["user"]] = treated["day"]
    return begins, 1 + np.array(experiment.effect)[users.device]


def _truth(experiment: Experiment, users: Users, arms: dict[str, pd.DataFrame]) -> Truth:
    """Means over the exposed users, given what the other experiments do to them at the time."""
    rows = arms[experiment.name]
    who, start = rows["user"].to_numpy(), rows["day"].to_numpy()
    end = start + WINDOW_DAYS
    others = [_change(e, users, arms[e.name]) for e in EXPERIMENTS if e is not experiment]
    begins = np.column_stack([np.clip(begin[who], start, end) for begin, _ in others])
    change = np.column_stack([factor[who] for _, factor in others])
    order = np.argsort(begins, axis=1)
    edges = np.column_stack([start, np.take_along_axis(begins, order, axis=1), end])
    level = np.cumprod(np.column_stack([np.ones(len(who)), np.take_along_axis(change, order, axis=1)]), axis=1)
    expected = users.rate[who] * (np.diff(edges, axis=1) * level).sum(axis=1)
    lifted = expected * (1 + np.array(experiment.effect)[users.device[who]])
    value = (users.basket[who] + LEAST_BASKET) * (1 - DISCOUNTED * DISCOUNT)
    return Truth(
        conversion_a=float(np.mean(1 - np.exp(-expected))),
        conversion_b=float(np.mean(1 - np.exp(-lifted))),
        revenue_a=float(np.mean(expected * value)),
        revenue_b=float(np.mean(lifted * value)),
    )
