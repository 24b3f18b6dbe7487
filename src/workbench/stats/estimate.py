"""A number with its interval, unit and sample size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal

Better = Literal["up", "down"] | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """One estimated quantity, as it stands in `result.json`.

    Attributes:
        name: What is estimated; for A/B tests the metric's name.
        value: Point estimate, in `unit` (a relative change is a fraction: 0.05 is 5 %).
        unit: A currency code ("CNY"), "share" for a proportion, another unit in words, or "".
        n: Number of units (users, products, …) that the estimate rests on.
        group: What it is estimated for, e.g. `{"variant": "B", "country": "CN"}`.
        scale: "mean" (the level of one group), "absolute" (difference to the reference),
            "relative" (difference over the reference), or a field's own word.
        low, high: Unadjusted interval at `level`; both None when it is withheld.
        level: Confidence level of the interval, None when there is no interval.
        std_error: Standard error of `value`.
        p_value: Unadjusted, two-sided, of the hypothesis of no difference.
        p_adjusted: `p_value` adjusted over the family that the decision rule names.
        better: Which direction is good news; None if neither is.
        role: "goal", "guardrail", "secondary", "segment", or a field's own word.
    """

    name: str
    value: float
    unit: str
    n: int
    group: Mapping[str, str] = field(default_factory=dict)
    scale: str = "absolute"
    low: float | None = None
    high: float | None = None
    level: float | None = None
    std_error: float | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    better: Better = None
    role: str = "goal"

    def __post_init__(self) -> None:
        """Refuse a number that should not be believed: not finite, or outside its own interval."""
        if not isfinite(self.value):
            raise ValueError(f"the estimate of {self.name!r} is {self.value}, not a finite number")
        if (self.low is None) != (self.high is None):
            raise ValueError(f"the interval of {self.name!r} has one end only")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise ValueError(f"{self.name!r}: {self.value} lies outside its interval {self.low} to {self.high}")
