"""What kind of world is made: its size, its calendar, and a knob for each thing that goes wrong in real data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

DAYS = 728  # 104 weeks, so that every season comes twice
FIRST_DAY = np.datetime64("2024-10-14", "D")  # a Monday on the business clock
UTC_OFFSET_HOURS = 8
BLOCK = 2**14  # users that are made together; part of the world, since visits are numbered within a block


@dataclass(frozen=True, slots=True)
class World:
    """A simulated platform; the same values make the same world, and more users leave the others as they were.

    Attributes:
        users: How many there are.
        seed: Of every random number.
        leaving: How users leave: "any_day" at a constant hazard of their own (Kaplan–Meier and Cox are exactly right),
            or "after_order", with a probability of their own after each order but the first (BG/NBD is exactly right:
            orders come at constant rates, so neither season, nor marketing, nor any experiment has an effect).
        seasonal: Whether demand follows weeks, seasons and sales days, and categories rise or have their season.
        split_bias: Share of the treated mobile users that the broken experiment loses.
        novelty: How much more often the new home page makes users put what they see into the basket, relative to
            before, at the first visit; it halves every four days.
        endogenous_prices: How strongly prices follow demand: the share of a demand shock that the price takes up.
        late: Share of facts of the last day that have not arrived yet; it halves with each day before.
        bots: Bots per user; each makes hundreds of visits and buys nothing.
        duplicates: Share of rows of facts that stand twice.
        missing_ids: Share of orders without a user.
    """

    users: int = 20_000
    seed: int = 11
    leaving: Literal["any_day", "after_order"] = "any_day"
    seasonal: bool = True
    split_bias: float = 0.25
    novelty: float = 0.3
    endogenous_prices: float = 0.0
    late: float = 0.0
    bots: float = 0.0
    duplicates: float = 0.0
    missing_ids: float = 0.0
