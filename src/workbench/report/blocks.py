"""The pieces that a notebook shows and a report shows again: card, tiles, checks, figures, tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from workbench.report.finding import Check, Finding
from workbench.report.texts import Texts

_OPEN = '<div class="wb wb-alone">'
_CLOSE = "</div>"
_TONES = {"ship": "good", "ready": "good", "hold": "warn", "mend": "warn", "stop": "bad", "inconclusive": "idle"}
_FIGURE_LIKE = re.compile(r"^[+\-−–—<>≤≥~±(]*\s*(?:[A-Z]{3}\s)?[¥$€£]?\s*[\d.]|^p [<=>]|^[—–-]?$")
_TOGETHER = re.compile(
    r"(?<=\d) (?=%|pts\b|min\b|s\b|: \d)|(?<=\d :) (?=\d)|(?<=\bp) (?=[<=>] )|(?<=\bp [<=>]) (?=\d)"
    r"|(?<=^[<>≤≥]) (?=\d)|(?<=\bto) (?=[+−]?[¥$€£]?\d)"
)
_WHOLE = re.compile(r"(?<![\w&#-])[^\W\d_]{1,4}-[^\W\d_]{1,8}(?![\w-])|[+−][¥$€£][\d.,]*\d")


@dataclass(frozen=True, slots=True)
class Tile:
    """One number that matters, large, with its interval.

    The texts are ready to show; the numbers only place the little drawing, which is left out without `low` and `high`.

    Attributes:
        label: What it is, in a manager's words: "Spend per customer".
        value: "+$0.77".
        range: Its interval, "+$0.49 to +$1.05"; "" without.
        note: What it is seen against, "from $0.65"; "" without.
        low, point, high: Interval and estimate, in one unit.
        reference: Where the dashed line stands (usually 0, or minus a guardrail's margin); None without.
        reference_label: What the dashed line is, in a word or two: "no change", "limit"; "" says nothing.
        good: True if this is clearly good news, False if clearly bad, None if neither is clear.
    """

    label: str
    value: str
    range: str = ""
    note: str = ""
    low: float | None = None
    point: float | None = None
    high: float | None = None
    reference: float | None = 0.0
    good: bool | None = None
    reference_label: str = ""

    @property
    def tone(self) -> str:
        """The tone of its colour."""
        return "idle" if self.good is None else "good" if self.good else "bad"

    @property
    def drawing(self) -> Drawing | None:
        """Where the interval, the point and the reference stand on a line of 200."""
        if self.low is None or self.high is None or self.point is None:
            return None
        seen = [self.low, self.high, *([] if self.reference is None else [self.reference])]
        left, width = min(seen), (max(seen) - min(seen)) or 1.0

        def place(value: float) -> float:
            return round(14 + 172 * (value - left) / width, 1)

        reference = None if self.reference is None else place(self.reference)
        return Drawing(place(self.low), place(self.point), place(self.high), reference)


@dataclass(frozen=True, slots=True)
class Drawing:
    """Places on a line of 200."""

    low: float
    point: float
    high: float
    reference: float | None


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column: its heading and the class that says how its cells are set."""

    name: str
    css: str


@cache
def pages() -> Environment:
    """The templates, escaping everything that is not marked as made here."""
    environment = Environment(
        loader=PackageLoader("workbench.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["together"] = together
    return environment


def together(text: str) -> Markup:
    r"""Keep a number with its sign and unit on one line, and a short hyphenated word.

    >>> together("10.6 % (p = 0.03)"), together("an <e-mail>")
    (Markup('10.6\xa0% (p\xa0=\xa00.03)'), Markup('an &lt;<span class="wb-whole">e-mail</span>&gt;'))
    """
    spaced = _TOGETHER.sub("\N{NO-BREAK SPACE}", str(text))
    return Markup(_WHOLE.sub(r'<span class="wb-whole">\g<0></span>', str(escape(spaced))))  # noqa: S704 (escaped)


@cache
def style(name: str) -> str:
    """A style sheet of this package."""
    return files("workbench.report").joinpath("styles", f"{name}.css").read_text(encoding="utf-8").replace("\n", "")


def alone(html: str) -> str:
    """A piece as a notebook shows it: with its style, on its own ground, so that a dark theme does not swallow it."""
    return f"<style>{style('blocks')}</style>{_OPEN}{html}{_CLOSE}"


def inside(html: str) -> str:
    """The piece within what `alone` made."""
    return html.partition(_OPEN)[2].removesuffix(_CLOSE)


def tone(decision: str) -> str:
    """The tone of a decision's colour; a field's own word has its own."""
    return _TONES.get(decision, "own")


def card(finding: Finding, texts: Texts, *, link: str = "") -> Markup:
    """The decision card; with `link`, its line on the checks leads there."""
    return _piece(
        "card",
        finding,
        texts,
        tone(finding.decision),
        texts.word(finding.decision),
        _tally(finding.checks, texts),
        link,
    )


def tiles(shown: Sequence[Tile], texts: Texts) -> Markup:
    """The tiles, in a row that wraps."""
    return _piece("tiles", shown, texts)


def checks(shown: Sequence[Check], texts: Texts) -> Markup:
    """The checks: what failed first, then what is to be noted."""
    order = {"fail": 0, "warn": 1, "pass": 2}
    return _piece("checks", sorted(shown, key=lambda check: order[check.status]), texts)


def figure(title: str, lead: str, caption: str, drawing: str) -> Markup:
    """A figure under a title that says what it shows; `drawing` is SVG made here."""
    return _piece("figure", title, lead, caption, Markup(drawing))  # noqa: S704 (cleaned by `figures.drawing`)


def table(title: str, lead: str, caption: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    """A table of ready texts; the first column heads the rows, columns of numbers stand right."""
    columns = [Column(name, _column_class([row[i] for row in rows], first=i == 0)) for i, name in enumerate(names)]
    return _piece("table", title, lead, caption, columns, rows)


def _column_class(cells: Sequence[str], *, first: bool) -> str:
    if first:
        return "wb-text wb-long" if any(len(cell) > 18 for cell in cells) else "wb-text"
    if all(_FIGURE_LIKE.match(cell) for cell in cells):
        return ""
    return "wb-text wb-long" if any(len(cell) > 40 for cell in cells) else "wb-text"


def _tally(shown: Sequence[Check], texts: Texts) -> str:
    said = (("fail", texts.checks_failed), ("warn", texts.checks_warned), ("pass", texts.checks_passed))
    counts = {status: sum(check.status == status for check in shown) for status, _ in said}
    return texts.separator.join(text.format(n=counts[status]) for status, text in said if counts[status])


def _piece(name: str, *arguments: object) -> Markup:
    macro = getattr(pages().get_template("blocks.html.j2").module, name)
    made: Markup = macro(*arguments)
    return made
