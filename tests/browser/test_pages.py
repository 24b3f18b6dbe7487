"""The pages as a reader sees them: on a desk, on a phone, on paper."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from statistics import median

import hillstrom_notebook
import pytest
from markupsafe import Markup
from PIL import Image

from workbench.report import (
    HistoryRow,
    IndexRow,
    Refusal,
    RunParameter,
    Tile,
    blocks,
    render_history,
    render_index,
    render_refusal,
    render_report,
)
from workbench.report.blocks import style, table
from workbench.report.blocks import tiles as blocks_of
from workbench.report.languages import ENGLISH

pytestmark = pytest.mark.browser

FACTS = hillstrom_notebook.facts()
NOW = FACTS.started + timedelta(hours=2)
LONG = "unbreakable_" * 12


def index_page() -> str:
    rows = [
        IndexRow(
            "a",
            "Which e-mail should we send?",
            "Growth",
            "succeeded",
            NOW,
            "a.html",
            "h.html",
            3,
            "",
            "ship",
            "Send the Men's e-mail",
            NOW,
            "",
            tuple(hillstrom_notebook.estimates()[:1] * 3),
        ),
        IndexRow(
            "b",
            "Which products run out next week?",
            "Supply",
            "failed",
            NOW,
            "b.html",
            "h.html",
            2,
            f"column {LONG} not found",
        ),
        IndexRow(
            "c",
            "Is the coupon worth its cost?",
            "Growth",
            "succeeded",
            NOW,
            "c.html",
            "h.html",
            1,
            "",
            "stop",
            f"no: {LONG}",
            NOW,
            "data are 4 days old",
        ),
    ]
    return render_index(rows, now=NOW)


def history_page() -> str:
    rows = [
        HistoryRow(
            f"r{i}",
            "r.html",
            "succeeded",
            NOW - timedelta(days=i),
            None,
            "ship",
            f"pays {LONG}",
            "",
            hillstrom_notebook.estimates()[0],
            (RunParameter("level", i), RunParameter("x", LONG)),
        )
        for i in range(3)
    ]
    return render_history(rows, question=f"Does it {LONG}?", owner="Growth")


@pytest.fixture(scope="module")
def report_page() -> str:
    notebook = hillstrom_notebook.made()
    return render_report(
        notebook, hillstrom_notebook.facts(parameters=(RunParameter("catalog", LONG, LONG), RunParameter(LONG, 1)))
    )


@pytest.fixture
def pages(report_page) -> dict[str, str]:
    refusal = Refusal("cell", f"ValueError: {LONG}", 3, f"Traceback\n{LONG * 3}")
    return {
        "report": report_page,
        "index": index_page(),
        "history": history_page(),
        "refusal": render_refusal(refusal, FACTS),
    }


WIDER_THAN_THE_SCREEN = """
for (const fold of d.querySelectorAll('details')) fold.open = true;
const inside = e => e.closest('.wb-scroll, pre, svg');
return {page: d.documentElement.scrollWidth, screen: w.innerWidth,
  out: [...d.body.querySelectorAll('*')].filter(e => !inside(e) && e.getBoundingClientRect().right > w.innerWidth + 1 && !e.classList.contains('unseen')).map(e => e.className || e.tagName)};
"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["report", "index", "history", "refusal"])
def test_nothing_is_wider_than_the_screen(browser, pages, name, width):
    seen = json.loads(browser.script_result(pages[name], WIDER_THAN_THE_SCREEN, width=width))
    assert seen["screen"] == width
    assert seen["page"] <= width
    assert seen["out"] == []


def test_text_in_a_figure_can_be_read_on_a_phone(browser, report_page):
    heights = json.loads(
        browser.script_result(
            report_page,
            "return [...d.querySelectorAll('figure svg text')].map(e => e.getBoundingClientRect().height)",
            width=390,
        )
    )
    assert len(heights) > 5
    assert min(heights) >= 11  # of a line; the letters are about 10 px


def test_a_wide_table_scrolls_inside_itself(browser, report_page):
    seen = json.loads(
        browser.script_result(
            report_page,
            "const s = d.querySelector('.wb-scroll'); return [s.scrollWidth > s.clientWidth, s.tabIndex]",
            width=390,
        )
    )
    assert seen == [True, 0]


CUT_OFF = """
const box = d.querySelector('.wb-section:has(.history)').getBoundingClientRect();
return [...d.querySelectorAll('.history tbody td, .history tbody th')].filter(e => {
  const range = d.createRange(); range.selectNodeContents(e);
  return [...range.getClientRects()].some(r => r.right > box.right - 8 || r.left < box.left + 8);
}).map(e => e.textContent);
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_a_history_shows_every_cell_whole(browser, width):
    """Why a run failed is the last cell, and many parameters do not push it away."""
    many = [{f"parameter_{i}": run for i in range(9)} for run in range(2)]
    rows = [
        HistoryRow(
            "r",
            "r.html",
            "failed",
            NOW,
            problem="The catalogue names a file for orders, and no file is there.",
            estimate=hillstrom_notebook.estimates()[0],
            parameters=tuple(RunParameter(*pair) for pair in set_.items()),
        )
        for set_ in many
    ]
    page = render_history(rows, question="Does it?", owner="Growth")
    assert json.loads(browser.script_result(page, CUT_OFF, width=width, height=1600)) == []


@pytest.mark.parametrize(("columns", "shadow"), [(2, False), (30, True)])
def test_a_table_with_more_to_the_right_casts_a_shadow_there(browser, tmp_path, columns, shadow):
    names = [f"c{i}" for i in range(columns)]
    page = tmp_path / "table.html"
    piece = table("T", "", "", names, [["1"] * columns])
    page.write_text(f"<style>{style('blocks')}body{{margin:0}}</style><div class='wb'>{piece}</div>", encoding="utf-8")
    browser.run(page, f"--screenshot={tmp_path / 'page.png'}", "--window-size=600,200")
    with Image.open(tmp_path / "page.png") as picture:
        edge = median(picture.convert("L").getpixel((600 - 19, y)) for y in range(60, 110))  # within the padding
    assert (edge < 225) == shadow


OUT_OF_SIGHT = """
const box = d.querySelector('.wb-scroll').getBoundingClientRect();
return [...d.querySelectorAll('tr')].flatMap(row => [...row.children].slice(0, 4)).filter(
  e => e.getBoundingClientRect().right > box.right + 1).map(e => e.textContent);
"""


def test_on_a_phone_the_first_numbers_of_a_table_are_in_sight_and_stay_whole(browser):
    names = ["Metric", "A", "Difference", "95 % interval", "p"]
    rows = [["Average order value (secondary)", "¥162.17", "−¥3.54", "−¥7.95 to +¥0.87", "< 0.001"]]
    html = blocks.pages().get_template("page.html.j2").render(
        t=ENGLISH, title="T", style=Markup(style("blocks") + style("page"))
    )  # fmt: skip
    html = html.replace("<main>", f"<main>{table('Every metric', '', '', names, rows)}")
    assert json.loads(browser.script_result(html, OUT_OF_SIGHT, width=390)) == []
    lines = "return [...d.querySelectorAll('td')].map(e => { const r = d.createRange(); r.selectNodeContents(e); return new Set([...r.getClientRects()].map(b => Math.round(b.top))).size; })"
    assert json.loads(browser.script_result(html, lines, width=390)) == [1, 1, 2, 1]


SEARCH = """
const shown = () => [...d.querySelectorAll('#studies > li')].filter(e => e.getClientRects().length).map(e => e.querySelector('h2').textContent);
const set = (field, value) => { field.value = value; field.dispatchEvent(new w.Event('input')); };
const [decision, owner] = d.querySelectorAll('#bar select'), search = d.querySelector('#bar input'), seen = {};
seen.bar = !!d.querySelector('#bar').getClientRects().length;
seen.all = shown().length;
set(search, 'GROWTH mail'); seen.words = shown();
set(search, ''); set(decision, 'Failed'); seen.failed = shown();
set(decision, ''); set(owner, 'Growth'); seen.growth = shown().length;
set(search, 'nothing like it'); seen.none = shown().length;
seen.told = !!d.querySelector('#none').getClientRects().length;
return seen;
"""


def test_the_index_can_be_searched_and_filtered(browser):
    assert json.loads(browser.script_result(index_page(), SEARCH)) == {
        "bar": True,
        "all": 3,
        "words": ["Which e-mail should we send?"],
        "failed": ["Which products run out next week?"],
        "growth": 2,
        "none": 0,
        "told": True,
    }


OVERLAPS = """
const rows = [...d.querySelectorAll('#studies > li')], box = e => { const r = d.createRange(); r.selectNodeContents(e); return r.getBoundingClientRect(); };
return rows.flatMap(row => [...row.children].map(box).flatMap((a, i, all) => all.slice(i + 1).filter(b =>
  a.width && b.width && a.right > b.left && b.right > a.left && a.bottom > b.top + 1 && b.bottom > a.top + 1))).length;
"""


@pytest.mark.parametrize("width", [320, 390, 700, 800, 1280])
def test_the_parts_of_a_row_do_not_lie_over_one_another(browser, width):
    row = IndexRow(
        "a", "Does it?", "platform team of the east", "succeeded", NOW, "a", "h", 12, "", "inconclusive", "no", NOW,
        "should run daily", NOW,
    )  # fmt: skip
    assert browser.script_result(render_index([row], now=NOW), OVERLAPS, width=width) == "0"


LATER = """
const seen = e => e.getClientRects().length > 0;
return {ages: [...d.querySelectorAll('#studies time')].map(e => [e.textContent, e.title]),
  alert: seen(d.querySelector('#alert')), told: [...d.querySelectorAll('#alert p, #alert li')].filter(seen).map(e => e.textContent.trim()),
  first: d.querySelector('#studies > li h2').textContent,
  pills: [...d.querySelectorAll('.wb-pill')].filter(seen).map(e => e.textContent)};
"""


def test_a_page_that_nobody_wrote_anew_still_tells_ages_and_what_is_overdue(browser):
    """The scheduler died after the page was written: who opens it later has to see that."""
    now = datetime.now(UTC)
    times = [now - timedelta(days=9), now - timedelta(minutes=150)]
    rows = [
        IndexRow(name, f"Does {name}?", "", "succeeded", started, decision="ship", stale="should run daily", due=due)
        for name, started, due in zip("ab", times, (now - timedelta(days=7), now + timedelta(hours=1)), strict=True)
    ]
    written = render_index(rows, now=now - timedelta(days=8))
    assert json.loads(browser.script_result(written, LATER)) == {
        "ages": [["9 days ago", ENGLISH.moment(times[0])], ["2 h ago", ENGLISH.moment(times[1])]],
        "alert": True,
        "told": ["1 out of date", "Does a? — should run daily"],
        "first": "Does a?",
        "pills": ["Ship", "Out of date", "Ship"],
    }


def test_the_policy_lets_the_indexes_own_script_run_and_no_other(browser, tmp_path):
    page = tmp_path / "index.html"
    page.write_text(
        index_page().replace("</main>", "</main><script>document.title='broken in'</script>"), encoding="utf-8"
    )
    dom = browser.run(page, "--dump-dom")
    assert re.search(r'<div id="bar" class="bar">', dom)
    assert "<title>broken in</title>" not in dom


def test_a_report_runs_no_script_at_all(browser, report_page, tmp_path):
    page = tmp_path / "report.html"
    page.write_text(
        report_page.replace("</main>", "</main><script>document.title='broken in'</script>"), encoding="utf-8"
    )
    assert "<title>broken in</title>" not in browser.run(page, "--dump-dom")


def test_paper_is_a4_and_shows_what_is_folded(browser, report_page, tmp_path):
    sizes = {}
    for name, html in {"folded": report_page, "open": report_page.replace("<details>", "<details open>")}.items():
        page = tmp_path / f"{name}.html"
        page.write_text(html, encoding="utf-8")
        browser.run(page, f"--print-to-pdf={tmp_path / name}.pdf", "--no-pdf-header-footer")
        pdf = (tmp_path / f"{name}.pdf").read_bytes()
        (box,) = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf))
        assert [round(float(side)) for side in box] == pytest.approx([595, 842], abs=1)
        sizes[name] = (pdf.count(b"/Type /Page\n"), len(pdf))
    assert sizes["folded"][0] == sizes["open"][0]
    assert sizes["folded"][1] == pytest.approx(sizes["open"][1], rel=0.02)


def paper(browser, html) -> int:
    """How many sheets a page takes."""
    page = browser.folder / "paper.html"
    page.write_text(html, encoding="utf-8")
    browser.run(page, f"--print-to-pdf={browser.folder / 'paper.pdf'}", "--no-pdf-header-footer")
    return (browser.folder / "paper.pdf").read_bytes().count(b"/Type /Page\n")


def test_a_report_takes_few_sheets(browser, report_page):
    """Twelve sections that fill a third of a sheet each share sheets, whatever order they come in."""
    assert paper(browser, report_page) <= 3
    rows = [["a", "1"]] * 8
    evidence = "".join(table(f"Table {i}", "", "", ["k", "n"], rows) for i in range(12))
    assert paper(browser, report_page.replace("</header>", f"</header>{evidence}")) <= 6


def test_a_long_table_begins_where_there_is_room(browser):
    css = style("blocks") + style("page")
    rows = table("T", "", "", ["a", "b"], [["x", "1"]] * 50)  # on a sheet of its own it would go on to another
    half_full = f"<body class=wb><main><div style='height:150mm'></div>{rows}</main></body>"
    assert paper(browser, f"<style>{css}</style>{half_full}") == 2


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_decision_is_the_first_thing_seen(browser, tmp_path, lang):
    """Its green is on the screen of a desk without scrolling, and Chinese is drawn in a font that has it."""
    page = tmp_path / "report.html"
    page.write_text(render_report(hillstrom_notebook.made(), hillstrom_notebook.facts(lang=lang)), encoding="utf-8")
    browser.run(page, f"--screenshot={tmp_path / 'page.png'}", "--window-size=1280,800")
    with Image.open(tmp_path / "page.png") as picture:
        assert picture.size == (1280, 800)
        colours = {colour for count, colour in picture.convert("RGB").getcolors(1 << 24) if count > 2000}
    assert (0xE6, 0xF3, 0xEE) in colours


DOTS = """
return [...d.querySelectorAll('.wb-range')].map(line => {
  const left = line.getBoundingClientRect().left + 14;  // what stands left of it is cut off
  return [...line.children].map(part => [part.getBoundingClientRect().top, part.getBoundingClientRect().left + 1 > left]);
});
"""


def test_range_and_note_share_a_line_with_a_dot_between_or_have_one_each_without(browser):
    """The dot before a part shows only where something stands before it on the line."""
    long = "from ¥22.70 per user; may lose 2 % of it at the very most"
    tiles = [Tile("Margin", "+¥3.96", "+¥2.61 to +¥5.31", note) for note in ("from ¥9", long)]
    html = f"<style>{style('blocks')}</style><div class='wb' style='width:500px'>{blocks_of(tiles, ENGLISH)}</div>"
    (together, apart) = json.loads(browser.script_result(html, DOTS, width=500))
    assert together[0][0] == together[1][0]
    assert [dot for _, dot in together] == [False, True]
    assert apart[0][0] < apart[1][0]
    assert [dot for _, dot in apart] == [False, False]
