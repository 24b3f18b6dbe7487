"""4.5 : 1, computed from the colours that the style sheets name."""

from __future__ import annotations

import re

import pytest

from workbench.report import figures
from workbench.report.blocks import style

COLOURS = dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})\b", style("blocks")))
TONES = ("good", "warn", "bad", "idle", "own")


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_is_that_of_the_guideline():
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)  # WCAG's own example of just enough


GROUNDS = ["paper", "wash", *(f"{tone}wash" for tone in TONES)]


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", ["ink", "soft"])
def test_text_can_be_read_on_every_ground(ink, ground):
    assert contrast(COLOURS[ink], COLOURS[ground]) >= 4.5


@pytest.mark.parametrize("tone", TONES)
def test_a_tone_can_be_read_on_its_wash_and_on_paper(tone):
    assert contrast(COLOURS[tone], COLOURS[f"{tone}wash"]) >= 4.5
    assert contrast(COLOURS[tone], COLOURS["paper"]) >= 4.5


def test_the_edges_of_fields_can_be_seen():
    assert contrast(COLOURS["edge"], COLOURS["paper"]) >= 3


def test_figures_can_be_read_on_paper():
    assert all(contrast(colour, COLOURS["paper"]) >= 4.5 for colour in (figures.INK, figures.SOFT))
    assert all(contrast(colour, COLOURS["paper"]) >= 3 for colour in figures.COLOURS)  # lines and marks


def deficient(colour: str, kind: str) -> tuple[float, ...]:
    """How a dichromat sees it: Viénot, Brettel & Mollon 1999, in linear RGB."""
    matrix = {
        "protan": ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0)),
        "deutan": ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0)),
    }[kind]
    linear = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    seen = [max(0.0, sum(a * b for a, b in zip(row, linear, strict=True))) for row in matrix]
    return tuple(part ** (1 / 2.2) for part in seen)


@pytest.mark.parametrize("kind", ["protan", "deutan"])
def test_colours_stay_apart_for_the_colour_blind(kind):
    seen = [deficient(colour, kind) for colour in figures.COLOURS]
    for i, one in enumerate(seen):
        for other in seen[i + 1 :]:
            assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 0.15


def test_each_colour_has_a_marker_of_its_own():
    assert len(figures.COLOURS) == len(figures.MARKERS) == len(set(figures.MARKERS))


def test_style_sheets_load_nothing():
    for name in ("blocks", "page", "index"):
        assert "url(" not in style(name)
        assert "@import" not in style(name)


def test_every_rule_of_the_pieces_keeps_to_them():
    for selectors in re.findall(r"(?:^|[{}])([^{}@]+)\{", style("blocks")):
        for selector in selectors.split(","):
            assert selector.strip().startswith(".wb"), selector
