"""The seam to `workbench.report`: which facts of a record a page shows."""

from __future__ import annotations

from html import escape
from typing import Any

from workbench.runs.record import Record


def report_page(notebook: Any, record: Record) -> str:
    """The report of a run that concluded."""
    del notebook
    return refusal_page(record)


def refusal_page(record: Record) -> str:
    """The short report of a run that did not conclude."""
    return (
        f'<!doctype html><html lang="{record.lang}"><meta charset="utf-8"><title>{escape(record.study)}</title>'
        f"<h1>{escape(record.question)}</h1><p>{escape(record.state)}</p><p>{escape(record.cause)}</p></html>\n"
    )
