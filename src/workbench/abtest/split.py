"""Sample-ratio mismatch: do the arms hold the users that the declared split would give them?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

from scipy.special import chdtrc

from workbench.errors import DataError, StudyError


@dataclass(frozen=True, slots=True)
class ArmCount:
    """Users of one variant: found, and expected under the declared split."""

    variant: str
    users: int
    expected: float


@dataclass(frozen=True, slots=True)
class SplitCheck:
    """Pearson's chi-square test of the users per arm against the declared split.

    Attributes:
        chi2, degrees_of_freedom, p_value: Over the arms with a share above zero.
        arms: Every arm that was declared or found.
        broken: The test fails, or users are where there should be none, or none where there should be some.
        detail: What is wrong, or that nothing is, in words.
    """

    chi2: float
    degrees_of_freedom: int
    p_value: float
    arms: tuple[ArmCount, ...]
    broken: bool
    detail: str


def check_split(counts: Mapping[str, int], shares: Mapping[str, float] | None, *, level: float = 0.001) -> SplitCheck:
    """Test users per variant against the declared split.

    Args:
        counts: Variant → users found.
        shares: Variant → declared share or weight (only their proportions count); None for equal shares of
            the variants found.
        level: The split is called broken below this p-value.

    Raises:
        StudyError: Shares that are negative or not finite, or fewer than two above zero.
        DataError: No users, or users in one variant only while no split is declared.
    """
    if not 0 < level < 0.5:
        raise ValueError(f"level is the p-value below which a split is broken, e.g. 0.001; found {level}")
    declared = _declared(counts, shares)
    total_share = sum(declared.values())
    total = sum(counts.get(variant, 0) for variant, share in declared.items() if share > 0)
    if total == 0:
        raise DataError("a split needs users; found none in the declared variants")
    arms = tuple(
        ArmCount(variant, int(counts.get(variant, 0)), total * declared.get(variant, 0.0) / total_share)
        for variant in dict.fromkeys((*declared, *counts))
    )
    tested = [arm for arm in arms if arm.expected > 0]
    chi2 = sum((arm.users - arm.expected) ** 2 / arm.expected for arm in tested)
    p_value = float(chdtrc(len(tested) - 1, chi2))
    faults = _misplaced(arms, declared)
    if p_value < level:
        faults.append(_uneven(tested))
    detail = "; ".join(faults) or "the users per arm agree with the planned split"
    return SplitCheck(chi2, len(tested) - 1, p_value, arms, bool(faults), detail[0].upper() + detail[1:] + ".")


def _declared(counts: Mapping[str, int], shares: Mapping[str, float] | None) -> Mapping[str, float]:
    if not shares:
        if len(counts) < 2:
            raise DataError(f"a test needs users in at least two variants; found {', '.join(counts) or 'none'}")
        return dict.fromkeys(counts, 1.0)
    for variant, share in shares.items():
        if not (isfinite(share) and share >= 0):
            raise StudyError(f"split: the share of {variant!r} should be zero or more; found {share}")
    if sum(share > 0 for share in shares.values()) < 2:
        raise StudyError("split: at least two variants need a share above zero")
    return shares


def _misplaced(arms: tuple[ArmCount, ...], declared: Mapping[str, float]) -> list[str]:
    """Arms that hold users and should not, or hold none and should."""
    faults = []
    for arm in arms:
        if arm.users > 0 and arm.variant not in declared:
            faults.append(f"{arm.users:,} users are in {arm.variant}, which the split does not name")
        elif arm.users > 0 and arm.expected == 0:
            faults.append(f"{arm.users:,} users are in {arm.variant}, which should have none")
        elif arm.users == 0 and arm.expected > 0:
            faults.append(f"{arm.variant} has no users")
    return faults


def _uneven(arms: list[ArmCount]) -> str:
    found = ", ".join(f"{arm.variant} has {arm.users:,} users instead of about {arm.expected:,.0f}" for arm in arms)
    return f"the users per arm do not agree with the planned split: {found}"
