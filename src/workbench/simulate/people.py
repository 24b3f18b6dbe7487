"""The users of the platform and everything about them that no table shows: persona, tastes, rates, hazards."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.simulate import draws
from workbench.simulate.goods import CATEGORIES, TASTES
from workbench.simulate.world import BLOCK, DAYS, World

PERSONAS = ("bargain hunter", "loyal", "explorer", "gift buyer")
COUPON_TYPES = ("always-buyer", "persuadable", "lost cause", "sleeping dog")
COUNTRIES = ("CN", "SG", "JP")
DEVICES = ("app", "mobile web", "desktop")
REGIONS = (
    ("Guangdong", "Zhejiang", "Jiangsu", "Shanghai", "Beijing", "Sichuan"),
    ("Central", "East", "North", "North-East", "West", "Sentosa"),
    ("Tokyo", "Osaka", "Aichi", "Fukuoka", "Hokkaido", "Kyoto"),
)

PERSONA_SHARES = np.array([0.30, 0.20, 0.30, 0.20])
COUNTRY_SHARES = np.array([0.70, 0.18, 0.12])
DEVICE_SHARES = np.array([0.50, 0.30, 0.20])
REGION_SHARES = np.array([0.30, 0.20, 0.18, 0.14, 0.10, 0.08])
ACQUISITION_SHARES = np.array(  # (personas, channels)
    [
        [0.22, 0.18, 0.20, 0.02, 0.20, 0.12, 0.06],
        [0.14, 0.08, 0.04, 0.04, 0.30, 0.22, 0.18],
        [0.14, 0.30, 0.08, 0.02, 0.28, 0.10, 0.08],
        [0.28, 0.14, 0.08, 0.02, 0.30, 0.12, 0.06],
    ]
)
COUPON_SHARES = np.array(  # (personas, coupon types)
    [
        [0.35, 0.45, 0.15, 0.05],
        [0.55, 0.15, 0.15, 0.15],
        [0.20, 0.35, 0.35, 0.10],
        [0.20, 0.20, 0.50, 0.10],
    ]
)
RESPONSIVENESS = np.array(  # (personas, paid channels): to the stimulus of a channel, 1 on the whole
    [[1.2, 0.9, 1.5, 1.1], [0.7, 0.6, 0.5, 1.3], [1.0, 1.5, 0.9, 0.8], [1.1, 1.0, 0.9, 0.7]]
)
VISITS_PER_DAY = np.array([0.047, 0.073, 0.047, 0.030])  # of the personas, on the whole
RATE_SHAPE = 1.3  # of the gamma numbers within a persona
ONE_RATE = 0.04  # visits per day where users leave after orders: rates are then one gamma, as BG/NBD has it
PRICE_FACTOR = np.array([1.3, 0.7, 1.0, 0.8])  # of a category's elasticity

HAZARD = 1 / 320  # per day, for the first of each list
HAZARD_OF_PERSONA = np.array([0.0, -0.7, -0.1, 0.2])  # logs of hazard ratios
HAZARD_OF_CHANNEL = np.array([0.0, 0.25, 0.45, -0.2, -0.15, -0.3, -0.35])
HAZARD_OF_COUNTRY = np.array([0.0, 0.15, -0.1])
LEAVING_BETA = (1.0, 4.0)  # of the chance to leave after an order

_TASTE_OF_PERSONA = np.array(
    [
        [0.8, 0.0, -0.4, 0.0, 0.3, 0.0, -0.2, 0.0],
        [0.0, 0.7, 0.0, 0.3, -0.3, 0.2, 0.0, 0.0],
        [-0.5, 0.0, 0.6, 0.0, 0.0, 0.5, 0.0, 0.3],
        [0.0, -0.4, 0.0, 0.7, 0.0, 0.0, 0.5, -0.3],
    ]
)
_TASTE_SPREAD, _CATEGORY_SPREAD = 0.6, 0.9


@dataclass(frozen=True, slots=True)
class Users:
    """The users of one block; every array has shape (users,) unless said.

    Attributes:
        block: Its number.
        first: Number of its first user, from 0; `user_id` is the number + 1.
        persona, acquisition, country, device, region, coupon_type: Indices into `PERSONAS`, `marketing.CHANNELS`,
            `COUNTRIES`, `DEVICES`, `REGIONS` (of the country), `COUPON_TYPES`.
        birth_year: Calendar year.
        joined: Days since the first day; the first visit is then.
        hazard: Of leaving, per day; 0 where users leave after orders.
        leaves: Days since the first day, also beyond the horizon; infinite where users leave after orders.
        leaving: Chance to leave after each order but the first; 0 where users leave on any day.
        rate: Own visits per day at a season of 1.
        price_factor: Of a category's elasticity.
        taste: Shape (users, tastes).
        interest: Which category is looked at: cumulative shares, shape (users, categories).
    """

    block: int
    first: int
    persona: NDArray[np.int64]
    acquisition: NDArray[np.int64]
    country: NDArray[np.int64]
    device: NDArray[np.int64]
    region: NDArray[np.int64]
    coupon_type: NDArray[np.int64]
    birth_year: NDArray[np.int64]
    joined: NDArray[np.float64]
    hazard: NDArray[np.float64]
    leaves: NDArray[np.float64]
    leaving: NDArray[np.float64]
    rate: NDArray[np.float64]
    price_factor: NDArray[np.float64]
    taste: NDArray[np.float64]
    interest: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.persona)

    def ids(self, index: NDArray[np.integer]) -> NDArray[np.int64]:
        """The `user_id` of users by their index within the block."""
        return self.first + 1 + index.astype(np.int64)


def make_users(world: World, block: int) -> Users:
    """The users of one block of `BLOCK`; the last block may have fewer."""
    first = block * BLOCK
    count = min(BLOCK, world.users - first)

    def drawn(what: str, each: int = 1) -> draws.Uniforms:
        return draws.uniforms(world.seed, f"users.{what}", first * each, count * each)

    persona = draws.choice(drawn("persona"), PERSONA_SHARES)
    acquisition = draws.choice(drawn("acquisition"), ACQUISITION_SHARES[persona])
    country = draws.choice(drawn("country"), COUNTRY_SHARES)
    joined = DAYS * _growing(drawn("joined"))
    any_day = world.leaving == "any_day"
    hazard = np.where(any_day, hazard_of(persona, acquisition, country), 0.0)
    life = draws.exponential(drawn("life"))
    mean_rate = VISITS_PER_DAY[persona] if any_day else np.full(count, ONE_RATE)
    taste = _TASTE_OF_PERSONA[persona] + _TASTE_SPREAD * draws.normal(drawn("taste", TASTES)).reshape(count, TASTES)
    weights = np.exp(_CATEGORY_SPREAD * draws.normal(drawn("interest", CATEGORIES)).reshape(count, CATEGORIES))
    interest = np.cumsum(weights, axis=1)
    return Users(
        block=block,
        first=first,
        persona=persona,
        acquisition=acquisition,
        country=country,
        device=draws.choice(drawn("device"), DEVICE_SHARES),
        region=draws.choice(drawn("region"), REGION_SHARES),
        coupon_type=draws.choice(drawn("coupon_type"), COUPON_SHARES[persona]),
        birth_year=np.floor(1960 + 47 * drawn("birth_year") ** 0.8).astype(np.int64),
        joined=joined,
        hazard=hazard,
        leaves=joined + life / hazard if any_day else np.full(count, np.inf),
        leaving=np.zeros(count) if any_day else draws.beta(drawn("leaving"), *LEAVING_BETA),
        rate=mean_rate / RATE_SHAPE * draws.gamma(drawn("rate"), RATE_SHAPE),
        price_factor=PRICE_FACTOR[persona],
        taste=taste,
        interest=interest / interest[:, -1:],
    )


def hazard_of(
    persona: NDArray[np.int64], channel: NDArray[np.int64], country: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Hazard of leaving per day, proportional in persona, acquisition channel and country (Cox 1972)."""
    logs = HAZARD_OF_PERSONA[persona] + HAZARD_OF_CHANNEL[channel] + HAZARD_OF_COUNTRY[country]
    return np.asarray(HAZARD * np.exp(logs))


def _growing(u: draws.Uniforms) -> NDArray[np.float64]:
    """When users join, as a share of the horizon: the density rises in a straight line from 0.6 to 1.4."""
    return np.asarray((np.sqrt(0.36 + 1.6 * u) - 0.6) / 0.8)
