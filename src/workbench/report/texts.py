"""Which fixed texts a page has, and how days, times and ages are said; `languages` holds the words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Language = Literal["en", "zh"]
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Texts:
    """The fixed texts of one language; `{…}` are filled when a page is made."""

    code: Language
    ship: str
    hold: str
    stop: str
    inconclusive: str
    queued: str
    running: str
    succeeded: str
    failed: str
    timed_out: str
    killed: str
    lost: str
    passed: str
    warned: str
    broke: str
    better: str
    worse: str
    decision: str
    no_decision: str
    rule: str
    next_step: str
    checks_passed: str
    checks_warned: str
    checks_failed: str
    all_studies: str
    history_link: str
    data_to: str
    run_at: str
    checks: str
    robustness: str
    question: str
    method: str
    files: str
    what_was_run: str
    study: str
    notebook: str
    owner: str
    started: str
    took: str
    data: str
    rows: str
    one_row: str
    fingerprint: str
    code_version: str
    uncommitted: str
    lock: str
    versions: str
    run: str
    empty: str
    messages: str
    too_large: str
    no_description: str
    what_to_do: str
    in_cell: str
    traceback: str
    do_study: str
    do_data: str
    do_machine: str
    do_cell: str
    do_timed_out: str
    do_killed: str
    do_lost: str
    happened_timed_out: str
    happened_killed: str
    happened_lost: str
    studies: str
    studies_count: str
    last_run: str
    need_attention: str
    count_failed: str
    count_stale: str
    stale: str
    search: str
    all_decisions: str
    all_owners: str
    none_match: str
    no_runs: str
    no_runs_do: str
    trend: str
    trend_reading: str
    last_decision: str
    history_of: str
    runs_count: str
    date: str
    finding: str
    main_estimate: str
    nothing_differs: str
    just_now: str
    minutes_ago: str
    hours_ago: str
    days_ago: str
    one_day_ago: str
    separator: str
    colon: str
    one_run: str
    one_study: str
    composed: str
    set_differently: str

    def word(self, decision: str) -> str:
        """The word shown for a decision; a field's own word is shown as it is."""
        if decision in ("ship", "hold", "stop", "inconclusive"):
            return str(getattr(self, decision))
        return decision.replace("_", " ").capitalize()

    def state_word(self, state: str) -> str:
        """The word shown for a run's state."""
        if state in ("queued", "running", "succeeded", "failed", "timed_out", "killed", "lost"):
            return str(getattr(self, state))
        return state.replace("_", " ").capitalize()

    def status_word(self, status: str) -> str:
        """The word shown for a check's status."""
        return {"pass": self.passed, "warn": self.warned, "fail": self.broke}[status]

    def day(self, moment: str) -> str:
        """A day, from an ISO date or time."""
        parsed = datetime.fromisoformat(moment)
        if self.code == "zh":
            return f"{parsed.year} 年 {parsed.month} 月 {parsed.day} 日"
        return f"{parsed.day} {_MONTHS[parsed.month - 1]} {parsed.year}"

    def moment(self, moment: datetime) -> str:
        """A day and a time, with the clock it is of."""
        clock = moment.tzname() or ""
        return f"{self.day(moment.isoformat())}{', ' if self.code == 'en' else ' '}{moment:%H:%M} {clock}".rstrip()

    def rows_count(self, n: int) -> str:
        """A number of rows.

        >>> from workbench.report.languages import ENGLISH
        >>> ENGLISH.rows_count(1), ENGLISH.rows_count(64000)
        ('1 row', '64,000 rows')
        """
        return self.one_row if n == 1 else self.rows.format(n=f"{n:,}")

    def span(self, span: timedelta) -> str:
        """A length of time, short.

        >>> from workbench.report.languages import ENGLISH
        >>> [ENGLISH.span(timedelta(seconds=s)) for s in (4.24, 185, 7200)]
        ['4.2 s', '3 min', '2 h 0 min']
        """
        seconds = span.total_seconds()
        if seconds < 60:
            return f"{seconds:.1f} s"
        minutes = round(seconds / 60)
        return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
