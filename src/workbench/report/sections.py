"""An executed notebook taken apart: its finding, and what goes where in the report.

A Markdown cell that begins with a heading of the first or second level opens a section; the cell's tag says where the
section goes (no tag: evidence).  Code is never shown.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

from markupsafe import Markup

from workbench.report.blocks import Tile, inside
from workbench.report.clean import clean_html, markdown
from workbench.report.finding import Finding, finding_from_json
from workbench.report.show import FINDING_MIME

Place = Literal["question", "evidence", "setup", "checks", "robustness", "appendix"]
_TAGS: tuple[Place, ...] = ("setup", "checks", "robustness", "appendix")
_HEADING = re.compile(r"\s*(#{1,2})[ \t]+(.+?)[ \t#]*(?:\n|$)")
_PICTURES = ("image/svg+xml", "image/png", "image/jpeg")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a section, fit for a page.

    Attributes:
        html: Cleaned.
        titled: It brings its own card and title (a figure or a table of ours).
    """

    html: Markup
    titled: bool = False


@dataclass(slots=True)
class Section:
    """What stands under one heading of the notebook."""

    place: Place
    title: str = ""
    prose: list[Markup] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    concludes: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing of it is worth a reader's time: prose alone, about a conclusion or a robustness not shown."""
        return not self.pieces and (self.concludes or self.place == "robustness" or not self.prose)


@dataclass(frozen=True, slots=True)
class Taken:
    """An executed notebook, taken apart.

    Attributes:
        finding: None if the notebook did not conclude.
        tiles: The finding's tiles.
        labels: Words for names of tables and estimates.
        rows: Number of rows of each table.
        sections: In the notebook's order, without the empty ones.
        messages: What was written to the error stream.
    """

    finding: Finding | None
    tiles: tuple[Tile, ...]
    labels: Mapping[str, str]
    rows: Mapping[str, int]
    sections: tuple[Section, ...]
    messages: str

    def at(self, place: Place) -> list[Section]:
        """The sections that go to a place."""
        return [section for section in self.sections if section.place == place]


def take_apart(notebook: Mapping[str, Any], *, no_description: str, too_large: str, room_kib: int) -> Taken:
    """Take an executed notebook apart.

    Args:
        notebook: As nbformat 4 has it.
        no_description: The `alt` of a picture that brings none.
        too_large: What stands instead of an output for which no room is left; `{kib}` is filled with its size.
        room_kib: How much the page takes of all outputs together.
    """
    sections = [Section("evidence")]
    carried: Mapping[str, Any] = {}
    messages: list[str] = []
    room = 1024 * room_kib
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            _read_prose(cell, sections)
        for output in cell.get("outputs", ()):
            if output["output_type"] == "stream" and output["name"] == "stderr":
                messages.append(_text(output["text"]))
            elif FINDING_MIME in output.get("data", ()):
                carried, sections[-1].concludes = output["data"][FINDING_MIME], True
            elif piece := _piece(output, no_description):
                fitting = _fitting(piece, too_large, room)
                room -= len(fitting.html.encode())
                sections[-1].pieces.append(fitting)
    return Taken(
        finding=finding_from_json(carried["finding"]) if carried else None,
        tiles=tuple(Tile(**tile) for tile in carried.get("tiles", ())),
        labels=carried.get("labels", {}),
        rows=carried.get("rows", {}),
        sections=tuple(section for section in sections if not section.empty),
        messages="".join(messages).strip(),
    )


def _read_prose(cell: Mapping[str, Any], sections: list[Section]) -> None:
    text = _text(cell["source"])
    tags = cell.get("metadata", {}).get("tags", ())
    place = next((tag for tag in _TAGS if tag in tags), None)
    heading = _HEADING.match(text)
    if heading:
        text = text[heading.end() :]
        first: Place = "question" if len(heading[1]) == 1 else "evidence"
        sections.append(Section(place or first, title=_plain(heading[2])))
    if text.strip():
        sections[-1].prose.append(markdown(text))


def _plain(heading: str) -> str:
    return re.sub(r"[*_`]{1,3}(\S(?:.*?\S)?)[*_`]{1,3}", r"\1", heading)


def _piece(output: Mapping[str, Any], no_description: str) -> Piece | None:
    if output["output_type"] == "stream":
        return _preformatted(_text(output["text"]))
    if output["output_type"] == "error":
        return _preformatted(f"{output['ename']}: {output['evalue']}")
    data = {kind: _text(content) for kind, content in output["data"].items() if isinstance(content, str | list)}
    if output.get("metadata", {}).get("workbench"):
        return Piece(clean_html(inside(data["text/html"])), titled=True)
    html = _best(data, no_description)
    return Piece(html) if html else _preformatted(data.get("text/plain", ""))


def _best(data: Mapping[str, str], no_description: str) -> Markup | None:
    if "text/html" in data:
        return clean_html(data["text/html"])
    for kind in _PICTURES:
        if kind in data:
            return _picture(kind, data[kind], no_description)
    return markdown(data["text/markdown"]) if "text/markdown" in data else None


def _picture(kind: str, content: str, alt: str) -> Markup:
    coded = base64.b64encode(content.encode()).decode() if kind == "image/svg+xml" else "".join(content.split())
    return clean_html(f'<img src="data:{kind};base64,{coded}" alt="{escape(alt)}">')


def _preformatted(text: str) -> Piece | None:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text).strip("\n")
    return Piece(Markup("<pre>{}</pre>").format(plain)) if plain.strip() else None


def _fitting(piece: Piece, too_large: str, room: int) -> Piece:
    size = len(piece.html.encode())
    if size <= room:
        return piece
    return Piece(Markup('<p class="wb-lead">{}</p>').format(too_large.format(kib=size // 1024)))


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)
