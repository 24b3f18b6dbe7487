from __future__ import annotations

import base64
import copy
import re
from itertools import pairwise

import pytest
from hillstrom_notebook import Notebook, facts
from page_reading import loads, read

from workbench.report import Refusal, RunParameter, Source, render_refusal, render_report
from workbench.report.languages import CHINESE, ENGLISH

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&</h1>"


@pytest.fixture(scope="module")
def html(notebook):
    return render_report(notebook, facts())


def test_nothing_loads_and_nothing_runs(html):
    assert loads(html) == []
    assert "http" not in re.sub(r"\(https://doi\.org/[^)]*\)", "", html).replace("http-equiv", "")


def test_the_policy_forbids_everything_else(html):
    policy = read(html).find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert html.index("Content-Security-Policy") < html.index("<style")


def test_it_is_small(html):
    assert len(html.encode()) < 40 * 1024


def test_one_first_heading_and_no_level_left_out(html):
    levels = [int(tag.name[1]) for tag in read(html).find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels)), levels


def test_the_order_a_manager_reads_in(html):
    text = read(html).find("main").get_text()
    order = [
        "Which e-mail should the spring campaign send?",
        "Growth team",
        "Data to 20 Mar 2008",
        "Ship",
        "Send the Men's e-mail",
        "Rule set beforehand",
        "Customers who bought",
        "Both e-mails work",
        "What to do with each arm",
        "Every customer is in one arm",
        "Does it hold without the largest orders?",
        "Lists to act on",
        "How this was worked out",
        "What was run",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places), dict(zip(order, places, strict=True))


def test_appendix_and_what_was_run_are_folded(html):
    folded = [details.find("summary").get_text() for details in read(html).find_all("details")]
    assert folded == [ENGLISH.question, ENGLISH.method, ENGLISH.what_was_run]
    assert not read(html).find_all("details", open=True)


def test_every_figure_says_what_it_shows(html):
    figures = read(html).find_all("figure")
    assert len(figures) == 1
    for figure in figures:
        drawing = figure.find("svg")
        assert drawing["role"] == "img"
        assert "Men's $0.77" in drawing["aria-label"]


def test_every_head_of_a_table_has_a_scope(html):
    page = read(html)
    tables = page.find_all("table")
    assert len(tables) == 3
    for table in tables:
        assert all(head.get("scope") == "col" for head in table.find("thead").find_all("th"))
        assert all(head.get("scope") == "row" for head in table.find("tbody").find_all("th"))
        assert "wb-scroll" in table.parent["class"]


def test_ids_are_unique(html):
    ids = [tag["id"] for tag in read(html).find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_code_setup_and_the_notebooks_own_checks_stay_out(html):
    assert "SECRET_CODE" not in html
    assert "SETUP IS LEFT OUT" not in html
    assert html.count("Every customer is in one arm") == 1
    assert "By the rule set beforehand." not in html


def test_status_is_never_said_by_colour_alone(html):
    for pill in read(html).select(".wb-pill, .wb-word"):
        assert pill.get_text(strip=True)
        assert pill.find("svg")


def test_what_was_run_is_complete(html):
    words = {dt.get_text(): dt.find_next("dd").get_text() for dt in read(html).select("dl dt")}
    assert words["goals"] == "spend, conversion — metrics that decide"
    assert words["split"].startswith("(empty)")
    assert words["Data: exposures"] == "64,000 rows, 6 Mar 2008 – 20 Mar 2008, fingerprint 27bab8c5f0a9"
    assert words["Code"] == "3f2a91c07be4 — with changes that were not committed"
    assert words["Run"] == "spring_email/20261122T060211Z-3f2a91c0"
    assert words["Took"] == "4.3 s"


def test_lists_to_act_on_lead_to_their_files(html):
    links = [link["href"] for link in read(html).select(".files a")]
    assert links == ["artifacts/decisions.csv", "artifacts/decisions.parquet"]


def test_a_run_of_a_matrix_says_which_it_is(notebook):
    only = facts(combination=(RunParameter("only", {"城市": "北京"}), RunParameter("country", "CN")))
    for html in (render_report(notebook, only), render_refusal(Refusal("cell", "no"), only)):
        page = read(html)
        assert page.find("h1").find_next_sibling().get_text() == "only 城市 北京 · country CN"
        assert "(only 城市 北京 · country CN)" in page.title.get_text()
    assert not read(render_report(notebook, facts())).find(class_="apart")


def test_the_link_to_the_history_names_no_count_that_would_be_wrong_later(html):
    where = read(html).find(class_="where").get_text()
    assert where == f"{ENGLISH.all_studies} · {ENGLISH.history_link}"


def test_one_row_is_no_plural(notebook):
    html = render_report(notebook, facts(sources=(Source("exposures", 1, "2026-01-01", "2026-01-02", ""),)))
    assert "1 row, 1 Jan 2026" in read(html).get_text()


def test_a_heading_of_the_appendix_that_says_the_same_stands_once(notebook):
    changed = copy.deepcopy(notebook)
    for cell in changed["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = cell["source"].replace("## Method", f"## {ENGLISH.method}")
    page = read(render_report(changed, facts()))
    assert len(page.find_all(re.compile("^h[1-6]$"), string=ENGLISH.method)) == 1


def test_a_list_without_rows_is_nothing_to_act_on(notebook):
    changed = copy.deepcopy(notebook)
    for cell in changed["cells"]:
        for output in cell.get("outputs", ()):
            for mime, content in output.get("data", {}).items():
                if mime.endswith("finding+json"):
                    content["finding"]["tables"]["effects"] = "artifacts/effects.parquet"
                    content["rows"]["effects"] = 0
    listed = read(render_report(changed, facts())).find(class_="files").get_text()
    assert "What to do with each arm (3 rows)" in listed
    assert "Effects" not in listed


def test_words_from_outside_are_text(notebook):
    hostile = facts(
        question=HOSTILE,
        owner=HOSTILE,
        study=HOSTILE,
        run=HOSTILE,
        commit=HOSTILE,
        parameters=(RunParameter(HOSTILE, [HOSTILE, {"a": HOSTILE}], HOSTILE),),
        sources=(Source(HOSTILE, 1, "2026-01-01", "2026-01-02", HOSTILE),),
        versions=((HOSTILE, HOSTILE),),
    )
    html = render_report(notebook, hostile)
    assert loads(html) == []
    assert read(html).find("h1").get_text() == HOSTILE


def test_a_hostile_finding_is_text(notebook):
    changed = copy.deepcopy(notebook)
    for cell in changed["cells"]:
        for output in cell.get("outputs", ()):
            for mime, content in output.get("data", {}).items():
                if mime.endswith("finding+json"):
                    for key in ("headline", "decision", "rule", "next_step"):
                        content["finding"][key] = HOSTILE
                    content["finding"]["checks"][0]["detail"] = HOSTILE
                    content["tiles"][0]["label"] = content["tiles"][0]["value"] = content["tiles"][0]["note"] = HOSTILE
                    content["labels"] = {"decisions": HOSTILE}
    html = render_report(changed, facts())
    assert loads(html) == []
    assert HOSTILE in read(html).find(class_="wb-headline").get_text()


def output(**data):
    return {"output_type": "display_data", "data": data, "metadata": {}}


def page_of(*outputs, prose="## Something"):
    made = Notebook()
    made.prose(prose)
    made.code(outputs=outputs)
    return render_report(made.to_json(), facts())


RAW = (
    '<h1>Big</h1><script src="https://x.y/z.js"></script><img src="https://x.y/z.png" alt="far">'
    '<a href="javascript:x()">go</a><div style="background:url(https://x.y)" onclick="x()">in</div>'
    '<svg><script>1</script><a xlink:href="https://x.y">s</a></svg><iframe src="https://x.y">'
)


def test_raw_html_of_a_notebook_is_cleaned():
    html = page_of(output(**{"text/html": RAW}))
    assert loads(html) == []
    page = read(html)
    assert len(page.find_all("h1")) == 1
    for word in ("Big", "far", "go", "in"):
        assert word in page.find("main").get_text()


def test_a_forged_figure_is_cleaned_too():
    forged = output(
        **{
            "text/html": '<style>x</style><div class="wb wb-alone"><section class="wb-section"><h2 class="wb-title">T</h2><script>x()</script><img src="//x.y/z"></section></div>'
        }
    )
    forged["metadata"] = {"workbench": "figure"}
    assert loads(page_of(forged)) == []


def test_prose_is_cleaned():
    html = page_of(
        prose="## About\n\n<script>x()</script> [a](javascript:x()) ![p](https://x.y/z.png) <img src=x onerror=x()>\n\n# Loud\n\n[site](https://shop.example/a?b=1&c=2)"
    )
    assert loads(html) == []
    assert "site (https://shop.example/a?b=1&c=2)" in read(html).get_text()
    assert len(read(html).find_all("h1")) == 1


def test_plain_outputs_still_appear():
    png = base64.b64encode(b"\x89PNG not really").decode()
    html = page_of(
        {"output_type": "stream", "name": "stdout", "text": ["said <b>\n", "so"]},
        output(
            **{
                "text/html": "<table><thead><tr><th></th><th>n</th></tr></thead><tbody><tr><th>0</th><td>5</td></tr></tbody></table>"
            }
        ),
        output(**{"image/png": png, "text/plain": "<Figure>"}),
        output(**{"image/svg+xml": '<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>'}),
        output(**{"text/markdown": "**bold** <script>"}),
        output(**{"application/json": {"a": 1}, "text/plain": "{'a': 1}"}),
        {"output_type": "stream", "name": "stderr", "text": "a warning"},
    )
    page = read(html)
    assert loads(html) == []
    assert [image["alt"] for image in page.find_all("img")] == [ENGLISH.no_description] * 2
    assert page.find("table").find("th", scope="row").get_text() == "0"
    assert "wb-scroll" in page.find("table").parent["class"]
    assert page.find("strong").get_text() == "bold"
    assert [pre.get_text() for pre in page.find_all("pre")] == ["said <b>\nso", "{'a': 1}", "a warning"]
    assert "a warning" in page.find_all("details")[-1].get_text()


def test_an_output_that_would_burst_the_page_is_left_out():
    html = page_of(
        output(**{"text/html": "<p>" + "x" * 400_000 + "</p>"}), *[output(**{"text/plain": "y" * 40_000})] * 10
    )
    assert len(html.encode()) < 150 * 1024
    assert "An output of 390 KiB is left out" in html


def test_a_notebook_without_a_conclusion_says_so():
    html = page_of(output(**{"text/plain": "5"}))
    assert ENGLISH.no_decision in read(html).get_text()
    levels = [int(tag.name[1]) for tag in read(html).find_all(re.compile("^h[1-6]$"))]
    assert levels == [1, 2, 2]


def test_the_fixed_texts_are_chinese(notebook):
    html = render_report(notebook, facts(lang="zh", question="春季邮件该发哪一封？"))
    page = read(html)
    assert page.html["lang"] == "zh-CN"
    assert page.find(class_="wb-word").get_text() == "上线"
    text = page.find("main").get_text()
    for words in (CHINESE.rule, CHINESE.checks, CHINESE.what_was_run, "数据截至 2008 年 3 月 20 日"):
        assert words in text
    for words in (ENGLISH.rule, ENGLISH.what_was_run, ENGLISH.better, "passed"):
        assert words not in text
    assert page.find(class_="foot").get_text() == CHINESE.composed  # why the finding itself is in English


def test_an_english_report_need_not_say_who_wrote_its_sentences(html):
    assert not read(html).find(class_="foot")


@pytest.mark.parametrize("kind", ["study", "data", "machine", "timed_out", "killed", "lost"])
def test_a_refusal_says_what_happened_and_what_to_do_without_a_traceback(kind):
    state = kind if kind in ("timed_out", "killed", "lost") else "failed"
    html = render_refusal(
        Refusal(kind, f"unknown metric {HOSTILE}", 3, traceback="Traceback (most recent call last)"), facts(state=state)
    )
    page = read(html)
    assert loads(html) == []
    assert "Traceback" not in page.get_text()
    assert "cell 3" not in page.get_text()
    assert f"unknown metric {HOSTILE}" in page.find(class_="wb-card").get_text()
    assert page.find("h2", string=ENGLISH.what_to_do).find_next("p").get_text().endswith(".")
    assert "spend, conversion" in page.find("details").get_text()
    assert page.find(class_="wb-word").get_text() == ENGLISH.state_word(state)


def test_a_failed_cell_is_named_and_its_traceback_folded():
    html = render_refusal(Refusal("cell", "ValueError: <no>", 7, "Traceback\n  <cell>"), facts(state="failed"))
    page = read(html)
    assert "code cell 7" in page.find(class_="wb-card").get_text()
    assert "ValueError: <no>" in page.find(class_="wb-card").get_text()
    assert page.find("details").find("pre").get_text() == "Traceback\n  <cell>"
    assert not page.find("details").has_attr("open")


def test_the_same_notebook_gives_the_same_page(notebook):
    assert render_report(notebook, facts()) == render_report(notebook, facts())
