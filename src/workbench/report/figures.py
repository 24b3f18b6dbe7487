"""The house style of figures, and the drawing of one as SVG that fits into a page."""

from __future__ import annotations

import hashlib
import html
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 520  # px; text of 16 px is still of 11 px when a phone shows the figure 360 wide
# Blue, orange, navy, sky, tan, wine: apart for the colour-blind too (a test computes it), each with its own marker.
COLOURS = ("#2f5d9b", "#b0591f", "#14184f", "#6791e6", "#a58a66", "#7d1f4e")
MARKERS = ("o", "s", "D", "^", "v", "P")
INK, SOFT, GRID = "#1c2430", "#566170", "#e2e6eb"
_CJK_FONTS = ("Noto Sans CJK SC", "Noto Sans CJK JP", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "SimHei")


@contextmanager
def house_style() -> Iterator[None]:
    """Set the house style for the figures that are drawn within.

    Figures are 520 wide (in points, which become pixels) and 260 high; give `figsize=(WIDTH / 72, height / 72)` for
    another height.  The colour cycle goes with a cycle of markers.  Dollar signs are text, never mathematics.
    """
    import matplotlib as mpl

    with mpl.rc_context(_settings()), warnings.catch_warnings():
        # Text stays text, so the reader's fonts draw it; the font that measures it here may lack a glyph.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        yield


def drawing(figure: Figure, *, alt: str) -> str:
    """The figure as SVG for a page: scales to its place, says `alt` to those who don't see it, holds no address.

    Ids are the same for the same figure and differ between figures, so several stand on one page.
    """
    with house_style():
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    text = buffer.getvalue()
    body = text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]
    width, height = (round(72 * side, 2) for side in figure.get_size_inches())
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{html.escape(alt)}" '
        f'stroke-linejoin="round" stroke-linecap="butt">{_compact(body)}</svg>'
    )


def _compact(body: str) -> str:
    """Leave out what a page has no use for, and give the ids that are used a prefix of this figure's own."""
    body = re.sub(r"<style.*?</style>|<!--.*?-->|<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"(\d+\.\d\d)\d+", r"\1", body).replace("xlink:href", "href")
    body = re.sub(r"font-family: [^;\"]*;? ?", "", body).replace('transform="rotate(-0 ', 'data-rotate="(')
    body = re.sub(r' data-rotate="[^"]*"', "", body)
    prefix = "f" + hashlib.sha256(body.encode()).hexdigest()[:8]
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', body))
    body = re.sub(r' id="([^"]*)"', lambda found: f' id="{prefix}{found[1]}"' if found[1] in used else "", body)
    body = re.sub(r'(href="#|url\(#)', rf"\g<1>{prefix}", body)
    body = re.sub(r"\s*\n\s*", " ", body).replace("> <", "><")
    return _without_idle_groups(re.sub(r"<defs></defs>", "", body)).strip()


def _without_idle_groups(body: str) -> str:
    """Unwrap groups that carry nothing."""
    kept: list[bool] = []
    parts = []
    for part in re.split(r"(<g\b[^>]*>|</g>)", body):
        if part == "</g>":
            if kept.pop():
                parts.append(part)
        elif part.startswith("<g"):
            kept.append(part != "<g>")
            if kept[-1]:
                parts.append(part)
        else:
            parts.append(part)
    return "".join(parts)


@cache
def _settings() -> Any:
    import matplotlib.font_manager as fonts
    from cycler import cycler

    installed = {font.name for font in fonts.fontManager.ttflist}
    return {
        "figure.figsize": (WIDTH / 72, 260 / 72),
        "figure.dpi": 72,
        "figure.constrained_layout.use": True,
        "figure.facecolor": "none",
        "savefig.facecolor": "none",
        "svg.fonttype": "none",
        "svg.hashsalt": "workbench",
        "font.family": ["DejaVu Sans", *(name for name in _CJK_FONTS if name in installed)],
        "font.size": 16,
        "axes.titlesize": 16,
        "axes.labelsize": 16,
        "axes.labelcolor": SOFT,
        "axes.facecolor": "none",
        "axes.edgecolor": "#8a94a3",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "axes.prop_cycle": cycler(color=COLOURS) + cycler(marker=MARKERS),
        "grid.color": GRID,
        "grid.linewidth": 1,
        "xtick.labelsize": 16,
        "ytick.labelsize": 16,
        "xtick.color": "#8a94a3",
        "ytick.color": "#8a94a3",
        "xtick.labelcolor": SOFT,
        "ytick.labelcolor": INK,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "text.color": INK,
        "text.parse_math": False,
        "lines.linewidth": 3,
        "lines.markersize": 9,
        "legend.fontsize": 16,
        "legend.frameon": False,
    }
