"""A run's page: the report of one that concluded, or the short report of one that could not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from workbench.report import blocks
from workbench.report.clean import markdown
from workbench.report.facts import Refusal, ReportFacts, RunParameter
from workbench.report.finding import Source
from workbench.report.languages import texts_in
from workbench.report.sections import Piece, Taken, take_apart
from workbench.report.show import MOST_CSV_ROWS
from workbench.report.texts import Language, Texts

_ROOM_KIB = 100  # for all outputs; the whole page's budget is 150 KiB
_MOST_MESSAGES, _MOST_TRACEBACK, _MOST_MESSAGE, _MOST_VALUE = 4000, 20_000, 2000, 600  # characters


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} …"


@dataclass(frozen=True, slots=True)
class File:
    """A list to act on: its words, its files relative to the page, how long it is."""

    label: str
    parquet: str
    csv: str
    rows: str


def render_report(notebook: Mapping[str, Any], facts: ReportFacts) -> str:
    """The page of a run that ended.

    Args:
        notebook: The executed notebook, as nbformat 4 has it.
        facts: What the runner knows of the run.

    Returns:
        A whole HTML page without script and without any address that loads.
    """
    texts = texts_in(facts.lang)
    taken = take_apart(notebook, no_description=texts.no_description, too_large=texts.too_large, room_kib=_ROOM_KIB)
    finding = taken.finding
    sources = facts.sources or (finding.data if finding else ())
    return (
        blocks.pages()
        .get_template("report.html.j2")
        .render(
            t=texts,
            facts=facts,
            style=_style(),
            title=" — ".join([_title(facts), *([texts.word(finding.decision)] if finding else [])]),
            apart=_apart(facts),
            finding=finding,
            meta=_meta(facts, sources, texts),
            card=blocks.card(finding, texts, link="#checks" if finding.checks else "") if finding else "",
            tiles=blocks.tiles(taken.tiles, texts),
            evidence=taken.at("evidence"),
            shown_checks=taken.at("checks"),
            checks=blocks.checks(finding.checks, texts) if finding and finding.checks else "",
            robustness=taken.at("robustness"),
            appendix=taken.at("appendix"),
            question=taken.at("question"),
            lists=_files(taken, texts),
            run=_what_was_run(facts, sources, texts),
            messages=taken.messages[-_MOST_MESSAGES:],
            demoted=_demoted,
        )
    )


def render_refusal(refusal: Refusal, facts: ReportFacts) -> str:
    """The short page of a run that left no finding: what happened, what to do, what was run."""
    texts = texts_in(facts.lang)
    said = _short(refusal.message, _MOST_MESSAGE)
    happened = {"timed_out": texts.happened_timed_out, "killed": texts.happened_killed, "lost": texts.happened_lost}
    if refusal.kind == "cell" and refusal.cell is not None:  # who made a mistake in a study need not know of cells
        happened["cell"] = texts.in_cell.format(n=refusal.cell)
    return (
        blocks.pages()
        .get_template("refusal.html.j2")
        .render(
            t=texts,
            facts=facts,
            style=_style(),
            title=f"{_title(facts)} — {texts.state_word(facts.state)}",
            apart=_apart(facts),
            meta=_meta(facts, facts.sources, texts),
            happened=[text for text in (happened.get(refusal.kind, ""), said) if text],
            todo=markdown(getattr(texts, f"do_{refusal.kind}")),
            traceback=refusal.traceback[-_MOST_TRACEBACK:] if refusal.kind == "cell" else "",
            run=_what_was_run(facts, facts.sources, texts),
        )
    )


def _style() -> Markup:
    return Markup(blocks.style("blocks") + blocks.style("page"))  # noqa: S704 (our own files)


def _apart(facts: ReportFacts) -> str:
    """What tells this run from the study's others."""
    return " · ".join(in_words(parameter, facts.lang) for parameter in facts.combination)


def _title(facts: ReportFacts) -> str:
    return facts.question + (f" ({_apart(facts)})" if facts.combination else "")


def _meta(facts: ReportFacts, sources: Sequence[Source], texts: Texts) -> list[str]:
    """State, data as of and time of the run, for the line under the title."""
    last = max((source.last for source in sources if source.last), default=None)
    said = [texts.state_word(facts.state)]
    if last:
        said.append(texts.data_to.format(day=texts.day(last)))
    said.append(texts.run_at.format(moment=texts.moment(facts.started)))
    return said


def _what_was_run(facts: ReportFacts, sources: Sequence[Source], texts: Texts) -> list[tuple[str, str, str]]:
    """(word, value, note) of everything that makes this run again."""
    commit = facts.commit[:12]
    said = [
        (texts.study, facts.study_file or facts.study, ""),
        (texts.notebook, facts.notebook, ""),
        *(
            (parameter.name, _short(shown(parameter.value, texts), _MOST_VALUE), parameter.comment)
            for parameter in facts.parameters
        ),
        *((f"{texts.data}: {source.table}", _source(source, texts), "") for source in sources),
        (texts.started, texts.moment(facts.started), ""),
        (texts.took, texts.span(facts.finished - facts.started) if facts.finished else "", ""),
        (texts.code_version, commit, texts.uncommitted if commit and facts.dirty else ""),
        (texts.lock, facts.lock[:12], ""),
        (texts.versions, ", ".join(f"{name} {version}" for name, version in facts.versions), ""),
        (texts.run, f"{facts.study}/{facts.run}", ""),
    ]
    return [(word, value, note) for word, value, note in said if value]


def _source(source: Source, texts: Texts) -> str:
    said = [texts.rows_count(source.rows)]
    if source.first and source.last:
        said.append(f"{texts.day(source.first)} – {texts.day(source.last)}")
    if source.fingerprint:
        said.append(texts.fingerprint.format(code=source.fingerprint[:12]))
    return texts.separator.join(said)


def shown(value: Any, texts: Texts) -> str:
    """A parameter's JSON value in words.

    >>> from workbench.report.languages import ENGLISH
    >>> [shown(value, ENGLISH) for value in (["a", "b"], {"A": 0.5}, "", None, True, 0.95)]
    ['a, b', 'A: 0.5', '(empty)', '(empty)', 'true', '0.95']
    """
    if value is None or value in ("", [], {}):
        return texts.empty
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return texts.separator.join(shown(item, texts) for item in value)
    if isinstance(value, dict):
        return texts.separator.join(f"{key}: {shown(item, texts)}" for key, item in value.items())
    return str(value)


def in_words(parameter: RunParameter, lang: Language) -> str:
    """A parameter and its value, short enough for a title.

    >>> in_words(RunParameter("only", {"city": "Beijing", "device": ["app", "web"]}), "en")
    'only city Beijing, device app, web'
    >>> in_words(RunParameter("planned_end", "2026-10-10"), "en")
    'planned end 2026-10-10'
    """
    texts, value = texts_in(lang), parameter.value
    if isinstance(value, dict) and value:
        said = texts.separator.join(f"{key} {shown(item, texts)}" for key, item in value.items())
    else:
        said = shown(value, texts)
    return f"{parameter.name.replace('_', ' ')} {said}"


def _files(taken: Taken, texts: Texts) -> list[File]:
    """The lists to act on."""
    if not taken.finding:
        return []
    files = []
    for name, path in taken.finding.tables.items():
        rows = taken.rows.get(name)
        if rows == 0:  # nothing to act on
            continue
        csv = path.removesuffix(".parquet") + ".csv" if rows is not None and rows < MOST_CSV_ROWS else ""
        label = taken.labels.get(name, name.replace("_", " ").capitalize())
        files.append(File(label, path, csv, "" if rows is None else texts.rows_count(rows)))
    return files


def _demoted(piece: Piece) -> Markup:
    """A titled piece inside a section that has a heading of its own: without its card, one heading level down."""
    html = piece.html
    opening = '<section class="wb-section"><h2 class="wb-title">'
    if not html.startswith(opening):
        return Markup('<div class="block">{}</div>').format(html)
    title, _, rest = html.removeprefix(opening).partition("</h2>")
    within = rest.removesuffix("</section>")
    return Markup('<div class="block"><h3 class="wb-title">{}</h3>{}</div>').format(title, within)
