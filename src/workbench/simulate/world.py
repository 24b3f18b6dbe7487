"""What kind of world is made: its size, its calendar, and a knob for each thing that goes wrong in real data."""

from __future__ import annotations

from dataclasses import dataclass
from types import UnionType
from typing import Literal, get_args

import numpy as np

from workbench.errors import StudyError, unknown

DAYS = 728  # 104 weeks, so that every season comes twice
FIRST_DAY = np.datetime64("2024-10-14", "D")  # a Monday on the business clock
UTC_OFFSET_HOURS = 8
BLOCK = 2**14  # users that are made together; part of the world, since visits are numbered within a block
MOST_USERS = 10**8  # ids of bots begin far above

Leaving = Literal["any_day", "after_order"]
WHOLE = {"users": (1, MOST_USERS), "seed": (0, 2**64 - 1)}  # knobs that are whole numbers, and their bounds
SHARES = ("split_bias", "endogenous_prices", "late", "bots", "duplicates", "missing_ids")  # from 0 to 1


@dataclass(frozen=True, slots=True)
class World:
    """A simulated platform; the same values make the same world, and more users leave the others as they were.

    Each value of a knob that could not be is refused with a `StudyError`.

    Attributes:
        users: How many there are, at most `MOST_USERS`.
        seed: Of every random number.
        leaving: How users leave: "any_day" at a constant hazard of their own (Kaplan–Meier and Cox are exactly right),
            or "after_order", with a probability of their own after each order but the first (BG/NBD is exactly right:
            orders come at constant rates, which neither season, nor marketing, nor any experiment changes).
        seasonal: Whether demand follows weeks, seasons and sales days, and categories rise or have their season.
        split_bias: Share of the treated mobile users that the broken experiment loses.
        novelty: How much more often the new home page makes users put what they see into the basket, relative to
            before, at the first visit; it halves every four days.  Chances leave room for about 0.3: what is more
            than the goods of a world allow is refused when they are made.
        endogenous_prices: How strongly prices follow demand: the share of a demand shock that the price takes up.
        late: Share of facts of the last day that have not arrived yet; it halves with each day before.
        bots: Bots per user, at most 1; each makes hundreds of visits and buys nothing.
        duplicates: Share of rows of facts that stand twice.
        missing_ids: Share of orders without a user and without the visit that they were made on.
    """

    users: int = 20_000
    seed: int = 11
    leaving: Leaving = "any_day"
    seasonal: bool = True
    split_bias: float = 0.25
    novelty: float = 0.3
    endogenous_prices: float = 0.0
    late: float = 0.0
    bots: float = 0.0
    duplicates: float = 0.0
    missing_ids: float = 0.0

    def __post_init__(self) -> None:
        for name, (least, most) in WHOLE.items():
            self._hold(name, int, least, most)
        for name in SHARES:
            self._hold(name, int | float, 0, 1)
        self._hold("novelty", int | float, -1, 1)
        if self.leaving not in get_args(Leaving):
            raise StudyError(unknown("way of leaving", self.leaving, get_args(Leaving)))
        if not isinstance(self.seasonal, bool):
            raise StudyError(f"a world is seasonal or not: True or False, not {self.seasonal!r}")

    def _hold(self, name: str, kind: type[int] | UnionType, least: float, most: float) -> None:
        """Hold one knob against its bounds."""
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, kind) or not least <= value <= most:
            number = "a whole number" if kind is int else "a number"
            raise StudyError(f"a world's {name} must be {number} from {least:,} to {most:,}, not {value!r}")
