"""The index page: the latest run of each study; and the history of one study."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from workbench.report import blocks
from workbench.report.facts import RunParameter, State
from workbench.report.languages import texts_in
from workbench.report.page import in_words
from workbench.report.texts import Language, Texts
from workbench.report.trend import sparkline, written, written_interval
from workbench.stats import Estimate

_UNFINISHED = ("failed", "timed_out", "killed", "lost")


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One study on the index page.

    `state`, `problem` and `started` are of its latest run; `decision`, `headline` and `decided` of its
    latest run that concluded, which may be an earlier one.

    Attributes:
        study: Its name.
        question: Its question.
        owner: Who acts on it; "" if nobody is named.
        state: Of the latest run.
        started: When the latest run started, time-zone aware.
        report: Link to the page of the latest run that has one, relative to the index; "" while there is none.
        history: Link to the study's history; "" without.
        runs: How many runs it has.
        problem: One sentence, if the latest run did not finish; else "".
        decision: The latest decision, "" if there was none yet.
        headline: The latest finding's headline.
        decided: When the run that found it started; None without a decision.
        stale: One sentence, true once `due` has passed (now without one): what is overdue; "" if nothing can be.
        due: When the study's next success is due at the latest, time-zone aware; the page itself watches for it.
        trend: Main estimate (the finding's first) of the runs that concluded, oldest first.
    """

    study: str
    question: str
    owner: str
    state: State
    started: datetime
    report: str = ""
    history: str = ""
    runs: int = 1
    problem: str = ""
    decision: str = ""
    headline: str = ""
    decided: datetime | None = None
    stale: str = ""
    due: datetime | None = None
    trend: tuple[Estimate, ...] = ()


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One run in a study's history.

    Attributes:
        run: Name of its folder.
        report: Link to its page, relative to the history page; "" without.
        state: The run's state.
        started, finished: Time-zone aware; `finished` None if unknown.
        decision, headline: Of its finding, "" without.
        problem: One sentence if it did not finish.
        estimate: Its main estimate, None without.
        parameters: All of them; those that differ between the runs are shown.
        combination: Those that tell it from the study's others; only runs with the same are joined in a trend.
        overrides: Names of the parameters that were set for this run alone.
    """

    run: str
    report: str
    state: State
    started: datetime
    finished: datetime | None = None
    decision: str = ""
    headline: str = ""
    problem: str = ""
    estimate: Estimate | None = None
    parameters: tuple[RunParameter, ...] = ()
    combination: tuple[RunParameter, ...] = ()
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """One row as the templates want it."""

    row: IndexRow | HistoryRow
    tone: str
    word: str
    moment: str
    said: str
    late: bool = False
    before: Markup | None = None
    trend: Markup | None = None
    differing: str = ""
    estimate: str = ""
    interval: str = ""


@dataclass(frozen=True, slots=True)
class _Trend:
    """A line of the history: what it shows, and its drawing."""

    said: str
    drawing: Markup


def render_index(rows: Sequence[IndexRow], *, now: datetime, lang: Language = "en") -> str:
    """The index page: what needs attention first, then the newest.

    Args:
        rows: One per study, in any order.
        now: The time that decides what is overdue, time-zone aware; the page looks again whenever it is open.
        lang: Language of the fixed texts.
    """
    texts = texts_in(lang)
    urgent = [row for row in rows if row.state in _UNFINISHED or _late(row, now)]
    ordered = sorted(rows, key=lambda row: (row not in urgent, -row.started.timestamp(), row.study))
    lines = [_index_line(row, texts, now) for row in ordered]
    unfinished = [line for line in lines if line.row.state in _UNFINISHED]
    overdue = [line for line, row in zip(lines, ordered, strict=True) if row.stale and line not in unfinished]
    script = _script()
    return (
        blocks.pages()
        .get_template("index.html.j2")
        .render(
            t=texts,
            style=_style(),
            title=texts.studies,
            lines=lines,
            urgent=urgent,
            unfinished=unfinished,
            overdue=overdue,
            ages=json.dumps([texts.just_now, texts.minutes_ago, texts.hours_ago, texts.one_day_ago, texts.days_ago]),
            last=texts.moment(max(row.started for row in rows)) if rows else "",
            words=sorted({line.word for line in lines}),
            owners=sorted({row.owner for row in rows if row.owner}),
            script=Markup(script),  # noqa: S704 (our own file)
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )
    )


def render_history(
    rows: Sequence[HistoryRow],
    *,
    question: str,
    owner: str,
    lang: Language = "en",
    index_link: str = "../index.html",
) -> str:
    """The page of all runs of one study: decision, main estimate, and what was set differently.

    Args:
        rows: In any order; the newest is shown first.
        question: The study's question.
        owner: Who acts on it.
        lang: Language of the fixed texts.
        index_link: Where the index page is, relative to the history.
    """
    texts = texts_in(lang)
    ordered = sorted(rows, key=lambda row: (row.started, row.run), reverse=True)
    differing = _differing(ordered)
    lines = [_history_line(row, differing, texts) for row in ordered]
    return (
        blocks.pages()
        .get_template("history.html.j2")
        .render(
            t=texts,
            style=_style(),
            title=f"{texts.history_of}: {question}",
            question=question,
            owner=owner,
            index_link=index_link,
            lines=lines,
            differing=any(line.differing for line in lines),
            trends=_trends(ordered, texts),
        )
    )


def _index_line(row: IndexRow, texts: Texts, now: datetime) -> _Line:
    tone, word = _verdict(row.state, row.decision, texts)
    before = None
    if row.state != "succeeded" and row.decision and row.decided:
        last = Markup('<time datetime="{}">{}</time>').format(row.decided.isoformat(), texts.moment(row.decided))
        when = Markup(texts.last_decision).format(age=last)  # noqa: S704 (our own text)
        before = when + f"{texts.colon}{texts.word(row.decision)} — " + blocks.together(row.headline)
    said = row.headline if row.state == "succeeded" else row.problem
    moment, trend = texts.moment(row.started), sparkline(row.trend, texts)
    return _Line(row, tone, word, moment, said, late=_late(row, now), before=before, trend=trend)


def _late(row: IndexRow, now: datetime) -> bool:
    return bool(row.stale) and (row.due is None or row.due <= now)


def _history_line(row: HistoryRow, differing: Sequence[str], texts: Texts) -> _Line:
    tone, word = _verdict(row.state, row.decision, texts)
    return _Line(
        row,
        tone,
        word,
        texts.moment(row.started),
        row.headline or row.problem,
        differing=_set(row, differing, texts),
        estimate=written(row.estimate) if row.estimate else "—",
        interval=written_interval(row.estimate) if row.estimate else "",
    )


def _verdict(state: State, decision: str, texts: Texts) -> tuple[str, str]:
    """Tone and word: the decision of a run that succeeded, the state of any other."""
    if state == "succeeded":
        return (blocks.tone(decision), texts.word(decision)) if decision else ("idle", texts.no_decision)
    return "bad" if state in _UNFINISHED else "own", texts.state_word(state)


def _differing(rows: Sequence[HistoryRow]) -> list[str]:
    """Names of the parameters that were not the same in all runs, in their order."""
    names = list(dict.fromkeys(parameter.name for row in rows for parameter in row.parameters))
    values = [{parameter.name: parameter.value for parameter in row.parameters} for row in rows if row.parameters]
    return [name for name in names if any(known.get(name) != values[0].get(name) for known in values)]


def _set(row: HistoryRow, names: Sequence[str], texts: Texts) -> str:
    """What was set in this run and not in all; a run that was refused may know no more than its combination."""
    unknown = {parameter.name for parameter in row.combination} - {parameter.name for parameter in row.parameters}
    wanted = {*names, *row.overrides, *unknown}
    known = {one.name: one for one in (*row.parameters, *row.combination) if one.name in wanted}
    said = [("--set " if name in row.overrides else "") + in_words(one, texts.code) for name, one in known.items()]
    return " · ".join(said)


def _trends(rows: Sequence[HistoryRow], texts: Texts) -> list[_Trend]:
    """The main estimate from run to run, for each combination by itself; `rows` are the newest first."""
    same: dict[str, list[HistoryRow]] = {}
    for row in rows:
        if row.estimate:
            same.setdefault(repr(row.combination), []).append(row)
    made = []
    for group in same.values():
        estimates = [row.estimate for row in reversed(group) if row.estimate]
        apart = [in_words(parameter, texts.code) for parameter in group[0].combination]
        if drawn := sparkline(estimates, texts):
            made.append(_Trend(" · ".join([_name(estimates[-1]), *apart]), drawn))
    return made


def _name(estimate: Estimate) -> str:
    """What is estimated, and for whom."""
    groups = ", ".join(estimate.group.values())
    return estimate.name.replace("_", " ") + (f" ({groups})" if groups else "")


def _style() -> Markup:
    return Markup(blocks.style("blocks") + blocks.style("page") + blocks.style("index"))  # noqa: S704 (our own files)


@cache
def _script() -> str:
    return files("workbench.report").joinpath("templates", "index.js").read_text(encoding="utf-8")
