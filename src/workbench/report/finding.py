"""What one run concludes, in the words of `result.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from workbench.stats import Estimate
from workbench.tables.source import Source

__all__ = ["SCHEMA", "Check", "Decision", "Finding", "Source", "Status", "finding_from_json"]

SCHEMA = 1
Decision = str  # "ship", "hold", "stop", "inconclusive", or a field's own word ("reorder", …)
Status = Literal["pass", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """A reason to believe or to distrust the numbers, in a sentence that a manager understands."""

    name: str
    status: Status
    detail: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one run concludes.

    Attributes:
        headline: One sentence that a manager repeats, with the number, its unit and interval.
        decision: One word: "ship", "hold", "stop", "inconclusive", or a field's own ("reorder", …).
        rule: The rule, set beforehand, that led from the estimates to the decision.
        next_step: What to do now, or what would settle the question.
        tables: Name of each table under `artifacts/` → its path there.
    """

    headline: str
    decision: Decision
    rule: str
    next_step: str
    estimates: tuple[Estimate, ...]
    checks: tuple[Check, ...]
    tables: dict[str, str]
    data: tuple[Source, ...]

    def to_json(self) -> dict[str, Any]:
        """The content of `result.json`."""
        order = (
            "name",
            "group",
            "scale",
            "value",
            "low",
            "high",
            "level",
            "std_error",
            "p_value",
            "p_adjusted",
            "n",
            "unit",
            "better",
            "role",
        )
        return {
            "schema": SCHEMA,
            "headline": self.headline,
            "decision": self.decision,
            "rule": self.rule,
            "next_step": self.next_step,
            "estimates": [{key: asdict(estimate)[key] for key in order} for estimate in self.estimates],
            "checks": [asdict(check) for check in self.checks],
            "tables": dict(self.tables),
            "data": [
                {"table": s.table, "rows": s.rows, "from": s.first, "to": s.last, "fingerprint": s.fingerprint}
                for s in self.data
            ],
        }


def finding_from_json(content: Mapping[str, Any]) -> Finding:
    """Read the content of `result.json`."""
    if content["schema"] != SCHEMA:
        raise ValueError(f"a finding of schema {content['schema']}; this version reads schema {SCHEMA}")
    return Finding(
        headline=content["headline"],
        decision=content["decision"],
        rule=content["rule"],
        next_step=content["next_step"],
        estimates=tuple(Estimate(**estimate) for estimate in content["estimates"]),
        checks=tuple(Check(**check) for check in content["checks"]),
        tables=dict(content["tables"]),
        data=tuple(Source(s["table"], s["rows"], s["from"], s["to"], s["fingerprint"]) for s in content["data"]),
    )
