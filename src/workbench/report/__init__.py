"""What notebooks show and what runs leave: the finding, figures and tables, the report and the index page."""

from workbench.report import numbers
from workbench.report.blocks import Tile
from workbench.report.facts import Refusal, ReportFacts, RunParameter
from workbench.report.figures import COLOURS, MARKERS, WIDTH, house_style
from workbench.report.finding import Check, Finding, Source, finding_from_json
from workbench.report.index import HistoryRow, IndexRow, render_history, render_index
from workbench.report.page import in_words, render_refusal, render_report
from workbench.report.show import FINDING_MIME, conclude, show_checks, show_figure, show_table

__all__ = [
    "COLOURS",
    "FINDING_MIME",
    "MARKERS",
    "WIDTH",
    "Check",
    "Finding",
    "HistoryRow",
    "IndexRow",
    "Refusal",
    "ReportFacts",
    "RunParameter",
    "Source",
    "Tile",
    "conclude",
    "finding_from_json",
    "house_style",
    "in_words",
    "numbers",
    "render_history",
    "render_index",
    "render_refusal",
    "render_report",
    "show_checks",
    "show_figure",
    "show_table",
]
