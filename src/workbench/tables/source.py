"""What was read: one table's size, span and fingerprint, as a finding and a run's record name it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One table that was read.

    Attributes:
        table: Its canonical name.
        rows: Number of rows.
        first, last: First and last time in the business clock (ISO 8601), None without a clock or rows.
        fingerprint: Of its content and its mapping; the same fingerprint means the same numbers.
    """

    table: str
    rows: int
    first: str | None
    last: str | None
    fingerprint: str
