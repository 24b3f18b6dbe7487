"""What an A/B study asks: which experiment, which metrics in which role, and the rule set beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from workbench.errors import StudyError
from workbench.tables.metrics import Metric, read_metrics

Role = Literal["goal", "guardrail", "secondary"]
TAKEN = ("variant", "day", "user_id", "exposed_at")  # what every user has already


@dataclass(frozen=True, slots=True)
class Design:
    """The words of one A/B study, checked against the declared metrics.

    Attributes:
        experiment: Value of `exposures.experiment`.
        control: The variant that every other one is compared with.
        metrics: Goals first, then guardrails, then secondary metrics; the first goal sizes the decision.
        roles: Role of each metric, by its name.
        breakdowns: Columns of `exposures` to break the first goal down by; several in one breakdown are crossed.
        only: Restriction to exposures with one of these values, by column.
        shares: Declared share of users per variant; equal when empty.
        level: Confidence level of every interval; 1 − level is the error rate shared by goals × arms.
        split_level: Error rate of the check of the split.
        early_level: Level at which a guardrail may stop a test that is still running.
        planned_end: First day on which the test may be decided; None if it may always.
        data_until: Last day that the data cover; None to take it from their latest times.
        smallest_effect: Smallest relative change worth acting on, as a fraction.
    """

    experiment: str
    control: str
    metrics: tuple[Metric, ...]
    roles: Mapping[str, Role]
    breakdowns: tuple[tuple[str, ...], ...]
    only: Mapping[str, tuple[str, ...]]
    shares: Mapping[str, float]
    level: float
    split_level: float
    early_level: float
    planned_end: date | None
    data_until: date | None
    smallest_effect: float

    def with_role(self, role: Role) -> tuple[Metric, ...]:
        """The metrics in one role, in the order of the study."""
        return tuple(metric for metric in self.metrics if self.roles[metric.name] == role)

    @property
    def segments(self) -> tuple[str, ...]:
        """Every column that a breakdown uses, once."""
        return tuple(dict.fromkeys(column for breakdown in self.breakdowns for column in breakdown))


def design(
    metrics: str,
    *,
    experiment: str,
    control: str,
    goals: Sequence[str],
    guardrails: Sequence[str] = (),
    secondary: Sequence[str] = (),
    segments: Sequence[str | Sequence[str]] = (),
    only: Mapping[str, str | Sequence[str]] | None = None,
    split: Mapping[str, float] | None = None,
    level: float = 0.95,
    srm_level: float = 0.001,
    early_level: float = 0.999,
    planned_end: str = "",
    data_until: str = "",
    smallest_effect: float = 0.05,
) -> Design:
    """Check the words of a study against the metrics declared in the file `metrics`.

    Raises:
        StudyError: A metric is unknown, stands in two roles, lacks what its role needs; no goal; a bad split.
    """
    declared = read_metrics(metrics)
    roles: dict[str, Role] = {}
    named: tuple[tuple[Role, Sequence[str]], ...] = (
        ("goal", goals),
        ("guardrail", guardrails),
        ("secondary", secondary),
    )
    for role, names in named:
        for name in names:
            metric = declared.get(name)
            if name in roles:
                raise StudyError(f"the metric {name!r} stands twice, as {roles[name]} and as {role}; name it once")
            if role != "secondary" and metric.better is None:
                raise StudyError(
                    f"{name!r} can't be a {role}: its definition doesn't say `better: up` or `better: down`"
                )
            if role == "guardrail" and metric.margin is None:
                raise StudyError(
                    f"{name!r} can't be a guardrail: its definition has no `margin`, the largest acceptable relative "
                    "loss; add for example `margin: 0.01`"
                )
            roles[name] = role
    if not goals:
        raise StudyError("the study names no goal; set `goals` to at least one metric")
    _check_shares(split or {}, control)
    if early_level < level:
        raise StudyError(
            f"`early_level` is {early_level:g}, less than `level`, {level:g}: what stops a running test must be surer "
            "than what decides a finished one; raise it, to 0.999 for example"
        )
    metrics_named = tuple(declared.get(name) for name in roles)
    _check_labels(metrics_named)
    return Design(
        experiment=experiment,
        control=control,
        metrics=metrics_named,
        roles=roles,
        breakdowns=_breakdowns(segments),
        only={column: (v,) if isinstance(v, str) else tuple(v) for column, v in (only or {}).items()},
        shares=dict(split or {}),
        level=level,
        split_level=srm_level,
        early_level=early_level,
        planned_end=_day(planned_end) if planned_end else None,
        data_until=_day(data_until) if data_until else None,
        smallest_effect=smallest_effect,
    )


def _check_shares(split: Mapping[str, float], control: str) -> None:
    if not split:
        return
    if control not in split:
        raise StudyError(f"`split` doesn't name the control {control!r}; it names {', '.join(map(repr, split))}")
    if sum(share > 0 for share in split.values()) < 2 or min(split.values()) < 0:
        raise StudyError(f"`split` needs at least two variants with a share above zero, found {dict(split)}")


def _check_labels(metrics: Sequence[Metric]) -> None:
    """A report tells metrics apart by their labels."""
    for i, metric in enumerate(metrics):
        for other in metrics[:i]:
            if metric.label == other.label:
                raise StudyError(
                    f"the metrics {other.name!r} and {metric.name!r} have the same label, {metric.label!r}; "
                    "give each its own"
                )


def _breakdowns(segments: Sequence[str | Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    found = tuple((s,) if isinstance(s, str) else tuple(dict.fromkeys(s)) for s in segments)
    for breakdown in found:
        if not breakdown:
            raise StudyError("`segments` holds an empty list; name the columns to break down by")
        for column in breakdown:
            if column.casefold() in TAKEN:
                raise StudyError(
                    f"`segments` names {column!r}, which says who, when or in which variant, not what kind of user; "
                    "name another column"
                )
    return tuple(dict.fromkeys(found))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StudyError(f"`planned_end` must be a day like 2026-12-01, found {text!r}") from None
