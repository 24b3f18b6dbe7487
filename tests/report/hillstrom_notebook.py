"""A notebook as it stands after a run, made by the same calls, on the numbers of a real e-mail test."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import matplotlib as mpl
import pandas as pd

from workbench import report
from workbench.report import Check, ReportFacts, RunParameter, Source, Tile, numbers
from workbench.stats import Estimate

CONTROL = "No E-Mail"
NAMES = {"Mens E-Mail": "Men's", "Womens E-Mail": "Women's"}
METRICS = {
    "spend": ("Spend per customer", "USD"),
    "conversion": ("Customers who bought", "share"),
    "visit": ("Customers who visited", "share"),
}


@dataclass(frozen=True)
class Level:
    n: int
    spend: float
    conversion: float
    visit: float


@dataclass(frozen=True)
class Effect:
    value: float
    low: float
    high: float
    std_error: float
    p_value: float


ARMS = {
    "Mens E-Mail": Level(21307, 1.4226, 0.012531, 0.182757),
    "No E-Mail": Level(21306, 0.6528, 0.005726, 0.106167),
    "Womens E-Mail": Level(21387, 1.0772, 0.008837, 0.1514),
}
EFFECTS = {
    "Mens E-Mail": {
        "visit": Effect(0.07659, 0.069953, 0.083226, 0.0033859, 1.36e-112),
        "conversion": Effect(0.006805, 0.005, 0.00861, 0.0009209, 1.5e-13),
        "spend": Effect(0.769827, 0.485149, 1.054505, 0.1452466, 1.16e-07),
    },
    "Womens E-Mail": {
        "visit": Effect(0.045233, 0.038894, 0.051573, 0.0032345, 2.43e-44),
        "conversion": Effect(0.003111, 0.001499, 0.004723, 0.0008227, 0.000156),
        "spend": Effect(0.424412, 0.168965, 0.67986, 0.1303329, 0.00113),
    },
}


class Notebook:
    """Cells gathered while the report's functions show what they show."""

    def __init__(self) -> None:
        self.cells: list[dict[str, Any]] = []

    def prose(self, source: str, *tags: str) -> None:
        self.cells.append({"cell_type": "markdown", "metadata": {"tags": list(tags)}, "source": source})

    def code(self, *calls: Any, outputs: tuple[dict[str, Any], ...] = ()) -> None:
        shown = list(outputs)

        def display(bundle: dict[str, Any], *, raw: bool, metadata: dict[str, Any]) -> None:
            assert raw
            shown.append({"output_type": "display_data", "data": json.loads(json.dumps(bundle)), "metadata": metadata})

        with patch("IPython.display.display", display):
            for call in calls:
                call()
        self.cells.append(
            {"cell_type": "code", "metadata": {}, "source": "SECRET_CODE = 1", "outputs": shown, "execution_count": 1}
        )

    def to_json(self) -> dict[str, Any]:
        return {"cells": self.cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def estimates() -> list[Estimate]:
    made = []
    for arm, effects in EFFECTS.items():
        for metric, (_, unit) in METRICS.items():
            effect = effects[metric]
            made.append(
                Estimate(
                    metric,
                    effect.value,
                    unit,
                    ARMS[arm].n + ARMS[CONTROL].n,
                    {"variant": arm},
                    "absolute",
                    effect.low,
                    effect.high,
                    0.95,
                    effect.std_error,
                    effect.p_value,
                    min(1.0, 4 * effect.p_value),
                    "up",
                    "goal" if metric != "visit" else "secondary",
                )
            )
    return made


def tiles() -> list[Tile]:
    made = []
    for metric, (label, unit) in METRICS.items():
        effect = EFFECTS["Mens E-Mail"][metric]
        low, high = effect.low, effect.high
        value = numbers.number(effect.value, unit, half_width=(high - low) / 2, signed=True)
        made.append(
            Tile(
                label,
                value,
                numbers.interval(low, high, unit, signed=True),
                f"from {numbers.number(getattr(ARMS[CONTROL], metric), unit)}",
                low,
                effect.value,
                high,
                0.0,
                True,
            )
        )
    return made


def forest() -> Any:
    import matplotlib.pyplot as plt

    with report.house_style():
        figure, axes = plt.subplots(figsize=(report.WIDTH / 72, 210 / 72))
        for row, arm in enumerate(NAMES):
            effect = EFFECTS[arm]["spend"]
            low, high = effect.low, effect.high
            axes.errorbar(
                effect.value,
                -row,
                xerr=[[effect.value - low], [high - effect.value]],
                fmt=report.MARKERS[row],
                color=report.COLOURS[row],
                elinewidth=4,
            )
            axes.annotate(
                numbers.number(effect.value, "USD"),
                (effect.value, -row),
                xytext=(0, 10),
                textcoords="offset points",
                ha="center",
            )
            axes.set_yticks([0, -1], list(NAMES.values()))
        axes.axvline(0, color="#8a94a3", linestyle=(0, (3, 4)), linewidth=1)
        axes.grid(axis="y", visible=False)
        axes.set_ylim(-1.5, 0.6)
        axes.xaxis.set_major_formatter(lambda value, _: f"${value:.2f}")
        axes.set_xlabel("more spend per customer in two weeks")
    return figure


def decision_table() -> pd.DataFrame:
    rows = []
    for arm, action in (("Mens E-Mail", "Ship"), ("Womens E-Mail", "Keep as second")):
        effect = EFFECTS[arm]["spend"]
        low, high = effect.low, effect.high
        rows.append(
            (
                NAMES[arm],
                action,
                ARMS[arm].n,
                numbers.number(effect.value, "USD", half_width=(high - low) / 2, signed=True),
                numbers.interval(low, high, "USD", signed=True),
                numbers.number(1e6 * effect.value, "USD", half_width=1e6 * (high - low) / 2, signed=True),
            )
        )
    rows.append(("None", "Stop", ARMS[CONTROL].n, None, None, None))
    return pd.DataFrame(
        rows, columns=["Arm", "Action", "Customers", "Gain per customer", "95 % interval", "Per 1 M customers"]
    )


CHECKS = (
    Check("split", "pass", "Arms have the sizes they were meant to have (p = 0.90 against the declared 1 : 1 : 1)."),
    Check("complete", "pass", "Every customer is in one arm; no missing outcomes."),
    Check("past", "warn", "No spend before the test is known, so nothing could be done to narrow the intervals."),
)


def made(tables: bool = False) -> dict[str, Any]:
    mpl.use("agg")
    notebook = Notebook()
    notebook.prose(
        "# Which variant should we ship?\n\nThe **growth team** decides from it which e-mail goes out. It compares each arm with the one that got *no* e-mail."
    )
    notebook.code()
    notebook.prose("## Tables and contracts", "setup")
    notebook.code(outputs=({"output_type": "stream", "name": "stdout", "text": "SETUP IS LEFT OUT"},))
    notebook.prose("## Reasons to distrust the data", "checks")
    notebook.code(lambda: report.show_checks(CHECKS))
    notebook.prose("## Estimates")
    notebook.code(
        lambda: report.show_figure(
            forest(),
            title="Both e-mails work; the Men's works twice as well on spend",
            lead="Gain over no e-mail, per customer, with 95 % intervals.",
            caption="What to conclude: either e-mail pays; if only one is sent, send the Men's.",
            alt="Dots with intervals: Men's $0.77 (0.49 to 1.05), Women's $0.42 (0.17 to 0.68), both right of zero.",
        ),
        lambda: report.show_table(
            decision_table(),
            title="What to do with each arm",
            caption="Per 1 M customers: the gain times a million, before the cost of sending.",
        ),
    )
    notebook.prose(
        "## Does it hold without the largest orders?\n\nOrders above $400 are counted as $400.", "robustness"
    )
    notebook.code(
        lambda: report.show_table(
            pd.DataFrame(
                {
                    "Arm": ["Men's", "Women's"],
                    "All orders": ["+$0.77", "+$0.42"],
                    "Capped at $400": ["+$0.72", "+$0.40"],
                }
            ),
            title="The gain without the largest orders",
        )
    )
    notebook.prose("## The decision\n\nBy the rule set beforehand.")
    notebook.code(
        lambda: report.conclude(
            headline="Send the Men's e-mail: it earns $0.77 more per customer in two weeks than no e-mail (between $0.49 and $1.05).",
            decision="ship",
            rule="ship the arm with a goal clearly better (all goals and arms corrected together), none worse and every guardrail kept; the larger gain if several do.",
            next_step="Send it to everyone; keep 5 % without e-mail to see whether the gain lasts.",
            estimates=estimates(),
            checks=CHECKS,
            tiles=tiles(),
            data=[Source("exposures", 64000, "2008-03-06", "2008-03-20", "27bab8c5f0a94be2")],
            tables={"decisions": decision_table().astype(str)} if tables else {},
            labels={"decisions": "What to do with each arm"},
        )
    )
    notebook.prose(
        "## Method\n\nDifference of means between each arm and no e-mail, unequal variances ([Welch](https://doi.org/10.1093/biomet/34.1-2.28)).\n\n| step | what |\n|---|---|\n| 1 | moments per arm |\n| 2 | Welch's *t* |\n\n### Limits\n\n- Two weeks only.\n- Spend is heavy-tailed.",
        "appendix",
    )
    return notebook.to_json()


def facts(**changes: Any) -> ReportFacts:
    known: dict[str, Any] = {
        "study": "spring_email",
        "question": "Which e-mail should the spring campaign send?",
        "owner": "Growth team",
        "lang": "en",
        "state": "succeeded",
        "run": "20261122T060211Z-3f2a91c0",
        "started": datetime(2026, 11, 22, 6, 2, 11, tzinfo=UTC),
        "finished": datetime(2026, 11, 22, 6, 2, 15, 300000, tzinfo=UTC),
        "study_file": "experiments/spring_email.yaml",
        "notebook": "notebooks/ab_test.ipynb",
        "parameters": (
            RunParameter("goals", ["spend", "conversion"], "metrics that decide"),
            RunParameter("split", {}, "share of each variant; equal when empty"),
            RunParameter("level", 0.95, "of every interval"),
        ),
        "commit": "3f2a91c07be4d3f8a1",
        "dirty": True,
        "lock": "8c1e77aa01",
        "versions": (("Python", "3.12.1"), ("workbench", "0.1.0")),
    }
    return ReportFacts(**(known | changes))
