"""Has a guardrail lost more than its margin allows?  Non-inferiority, on a linear contrast of the arms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from scipy.special import stdtr

from workbench.abtest.linear import CannotEstimate, Quantity, linearise
from workbench.stats import Moments


@dataclass(frozen=True, slots=True)
class MarginTest:
    """How far an arm stays on the acceptable side of a guardrail's margin.

    Attributes:
        status: "kept" if the whole interval is on the acceptable side, "breached" if it is on the harmful
            side, "open" if it reaches both.
        room: Distance to the margin in the quantity's unit; negative beyond it.
        std_error, degrees_of_freedom: Of `room`, by Welch.
        low, high: Interval of `room` at `level`.
        p_value: One-sided, of a loss as large as the margin or larger; small when the guardrail is kept.
        margin: Largest acceptable relative loss, a fraction of the control's level.
        level: Confidence level of the interval.
    """

    status: Literal["kept", "breached", "open"]
    room: float
    std_error: float
    degrees_of_freedom: float
    low: float
    high: float
    p_value: float
    margin: float
    level: float


def loss_beyond(
    control: Moments,
    treatment: Moments,
    outcome: Quantity,
    covariates: Sequence[Quantity] = (),
    *,
    margin: float,
    better: Literal["up", "down"],
    level: float = 0.95,
) -> MarginTest:
    """Test a guardrail against its margin.

    With `better` up the question is whether treatment − (1 − margin) × control is above zero, with `better` down
    whether (1 + margin) × control − treatment is.  Both are linear in the means, so no ratio of two uncertain
    numbers is formed (Rothmann, Wiens & Chan (2012), "Design and analysis of non-inferiority trials", fixed
    fraction margins).  A treatment that loses exactly the margin is called "kept" with probability (1 − level) / 2.

    Raises:
        CannotEstimate: As in `compare`; also a control that is not above zero, of which no share can be lost.
        ValueError: A margin outside [0, 1).
    """
    if not 0 <= margin < 1:
        raise ValueError(f"a margin is a share of the control's level, from 0 to below 1; found {margin}")
    arms = linearise(control, treatment, outcome, covariates)
    if margin > 0 and arms.control.level <= 0:
        raise CannotEstimate("the margin is a share of the control's level, and that level is not above zero")
    sign = 1.0 if better == "up" else -1.0
    contrast = arms.contrast(sign * margin)
    room = sign * contrast.value
    half = contrast.half_width(level)
    low, high = room - half, room + half
    return MarginTest(
        status="kept" if low > 0 else "breached" if high < 0 else "open",
        room=room,
        std_error=contrast.std_error,
        degrees_of_freedom=contrast.degrees_of_freedom,
        low=low,
        high=high,
        p_value=float(stdtr(contrast.degrees_of_freedom, -room / contrast.std_error)),
        margin=margin,
        level=level,
    )
