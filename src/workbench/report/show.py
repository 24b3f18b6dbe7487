"""What a notebook says to its reader: figures, tables, checks, and the finding it ends in."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import StudyError
from workbench.report import blocks, figures
from workbench.report.blocks import Tile
from workbench.report.finding import Check, Finding, Source
from workbench.report.languages import ENGLISH
from workbench.stats import Estimate

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FINDING_MIME = "application/vnd.workbench.finding+json"
ARTIFACTS = "WORKBENCH_ARTIFACTS"
MOST_CSV_ROWS = 100_000


def conclude(
    *,
    headline: str,
    decision: str,
    rule: str,
    next_step: str,
    estimates: Sequence[Estimate],
    checks: Sequence[Check],
    data: Sequence[Source],
    tables: Mapping[str, pd.DataFrame] | None = None,
    tiles: Sequence[Tile] = (),
    labels: Mapping[str, str] | None = None,
) -> None:
    """End a notebook: show the decision card with its tiles, and carry the finding in the same output.

    Args:
        headline: One sentence that a manager repeats, with the number, its unit and interval.
        decision: "ship", "hold", "stop", "inconclusive", or a field's own word.
        rule: The rule, set beforehand, that led from the estimates to the decision.
        next_step: What to do now, or what would settle the question; "" if nothing.
        estimates: The first is the main one: index and history follow it from run to run.
        checks: Reasons to believe or to distrust the numbers, in sentences.
        data: The tables that were read.
        tables: Lists to act on, by name; a run keeps them under `artifacts/` (Parquet, and CSV below 100,000 rows).
        tiles: The numbers that matter, three if possible.
        labels: Words for the names of tables and estimates, where the name itself is not fit for a reader.
    """
    if not headline.strip() or not decision.strip():
        raise ValueError("a finding needs a headline and a decision")
    written = _write_tables(tables or {})
    finding = Finding(headline, decision, rule, next_step, tuple(estimates), tuple(checks), written, tuple(data))
    html = blocks.card(finding, ENGLISH) + blocks.tiles(tiles, ENGLISH)
    carried = {
        "finding": finding.to_json(),
        "tiles": [asdict(tile) for tile in tiles],
        "labels": dict(labels or {}),
        "rows": {name: len(frame) for name, frame in (tables or {}).items()},
    }
    _display("finding", html, f"{decision.upper()}: {headline}", {FINDING_MIME: carried})


def show_figure(figure: Figure, *, title: str, alt: str, lead: str = "", caption: str = "") -> None:
    """Show a matplotlib figure as SVG, and close it.

    Args:
        figure: Drawn under `house_style()`.
        title: The claim it supports: "The Men's e-mail works twice as well on spend".
        alt: What it shows, for those who do not see it, with its numbers.
        lead: What is drawn, in what unit, with which interval.
        caption: What to conclude.
    """
    if not alt.strip():
        raise ValueError(f"the figure {title!r} needs a text for those who do not see it: alt")
    html = blocks.figure(title, lead, caption, figures.drawing(figure, alt=alt))
    import matplotlib.pyplot as plt

    plt.close(figure)
    _display("figure", html, f"{title}. {alt}")


def show_table(frame: pd.DataFrame, *, title: str, lead: str = "", caption: str = "") -> None:
    """Show a table of ready texts; its first column heads the rows, its index is not shown.

    Empty cells (None, NaN) show a dash, whole numbers get thousands separators; every other number should come
    as text, written by `workbench.report.numbers`.
    """
    if frame.shape[1] == 0:
        raise ValueError(f"the table {title!r} has no columns")
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    html = blocks.table(title, lead, caption, [str(name) for name in frame.columns], rows)
    _display("table", html, f"{title}\n{frame.to_string(index=False)}")


def show_checks(checks: Sequence[Check]) -> None:
    """Show checks before the notebook concludes; a report shows those of the finding instead."""
    html = f'<section class="wb-section">{blocks.checks(checks, ENGLISH)}</section>'
    _display("checks", html, "\n".join(f"{check.status}: {check.detail}" for check in checks))


def _display(kind: str, html: str, text: str, carried: Mapping[str, Any] | None = None) -> None:
    from IPython.display import display

    bundle = {"text/html": blocks.alone(html), "text/plain": text, **(carried or {})}
    display(bundle, raw=True, metadata={"workbench": kind})  # type: ignore[no-untyped-call]


def _cell(value: object) -> str:
    if value is None or value != value:  # noqa: PLR0124 (NaN and NaT are the values that differ from themselves)
        return "—"
    if hasattr(value, "__index__") and not isinstance(value, bool):
        return f"{value:,}".replace("-", "\N{MINUS SIGN}")
    return str(value)


def _write_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Write each table into the run's artifacts; outside a run write nothing and say so."""
    folder = os.environ.get(ARTIFACTS)
    for name in tables:
        if not name.replace("-", "_").isidentifier():
            raise StudyError(f"a table's name becomes a file's name: letters, digits, - and _; found {name!r}")
    if not folder:
        if tables:
            print(f"Not inside a run, so these tables are not written: {', '.join(tables)}.")  # noqa: T201
        return {}
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        frame.to_parquet(place / f"{name}.parquet", index=False)
        if len(frame) < MOST_CSV_ROWS:
            frame.to_csv(place / f"{name}.csv", index=False, encoding="utf-8-sig")
    return {name: f"artifacts/{name}.parquet" for name in tables}
