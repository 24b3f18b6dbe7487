"""Small exports, written by the tests."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
import pytest

from workbench.tables import collect, examine, open_catalog
from workbench.tables.importers import import_export

_NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{{overrides}}</Types>'
)
# Style 1 is a time: number format 22, m/d/yy h:mm.
_STYLES = (
    f'<styleSheet {_NS}><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/>'
    '</borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/>'
    '<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>'
)


class Import:
    """What an import wrote: its account, and its tables as the catalogue presents them."""

    def __init__(self, name: str, path: Path, out: Path) -> None:
        self.account = import_export(name, path, out)
        self.catalog = open_catalog(out / "catalog.yaml")

    def rows(self, table: str, *columns: str) -> list[list[Any]]:
        """The rows as the file has them, these columns; missing values as None."""
        frame = self.frame(table)[list(columns)].astype(object)
        return frame.where(frame.notna(), None).to_numpy().tolist()

    def frame(self, table: str) -> pd.DataFrame:
        """A table as the catalogue presents it."""
        return collect(self.catalog.table(table))

    def fates(self) -> list[list[tuple[int, str, str]]]:
        """Per source: rows, where to and why."""
        return [[(fate.rows, fate.into, fate.why) for fate in read.fates] for read in self.account.reads]

    def failures(self) -> list[str]:
        """What the wider contracts find wrong; warnings are what an export may well have."""
        breaches = (breach for name in self.catalog.names for breach in examine(self.catalog, name).breaches)
        return [breach.detail for breach in breaches if breach.severity == "fail"]


@pytest.fixture
def imported(tmp_path: Path) -> Callable[[str, Path], Import]:
    """Import an export and open what was written."""
    return lambda name, path: Import(name, path, tmp_path / "out")


@pytest.fixture
def write_workbook(tmp_path: Path) -> Callable[..., Path]:
    """Write an Excel workbook: sheet → rows of text, numbers, times and None."""

    def _write(name: str, sheets: Mapping[str, Iterable[Iterable[Any]]]) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w") as file:
            for part, text in _parts(sheets):
                file.writestr(part, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{text}')
        return path

    return _write


def _parts(sheets: Mapping[str, Iterable[Iterable[Any]]]) -> Iterable[tuple[str, str]]:
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for i in numbers
    )
    yield "[Content_Types].xml", _TYPES.format(overrides=overrides)
    yield (
        "_rels/.rels",
        _relationships(f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'),
    )
    listed = "".join(f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(sheets, 1))
    yield "xl/workbook.xml", f'<workbook {_NS} xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'
    related = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in numbers
    )
    styles = f'<Relationship Id="rId99" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    yield "xl/_rels/workbook.xml.rels", _relationships(related + styles)
    yield "xl/styles.xml", _STYLES
    for i, rows in zip(numbers, sheets.values(), strict=True):
        lines = "".join(
            f'<row r="{at}">{"".join(_cell(chr(65 + c) + str(at), value) for c, value in enumerate(row))}</row>'
            for at, row in enumerate(rows, 1)
        )
        yield f"xl/worksheets/sheet{i}.xml", f"<worksheet {_NS}><sheetData>{lines}</sheetData></worksheet>"


def _relationships(listed: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _cell(place: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        days = (value - datetime(1899, 12, 30)).total_seconds() / 86_400  # noqa: DTZ001  Excel knows no zones
        return f'<c r="{place}" s="1"><v>{days!r}</v></c>'
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'
