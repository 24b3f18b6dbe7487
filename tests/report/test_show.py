from __future__ import annotations

import re
from unittest.mock import patch

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hillstrom_notebook import CHECKS, estimates, forest

from workbench import report
from workbench.errors import StudyError
from workbench.report import FINDING_MIME, Tile, blocks, figures, finding_from_json
from workbench.report.languages import ENGLISH

mpl.use("agg")
import matplotlib.pyplot as plt


@pytest.fixture
def shown(monkeypatch):
    outputs = []
    monkeypatch.setattr("IPython.display.display", lambda bundle, *, raw, metadata: outputs.append((bundle, metadata)))
    return outputs


def conclude(**changes):
    report.conclude(
        **{
            "headline": "It pays.",
            "decision": "ship",
            "rule": "r",
            "next_step": "",
            "estimates": estimates(),
            "checks": CHECKS,
            "data": [],
            **changes,
        }
    )


def page(bundle):
    return BeautifulSoup(bundle["text/html"], "html.parser")


def test_the_finding_travels_in_the_one_output_that_shows_it(shown):
    conclude(tiles=[Tile("Spend", "+$0.77")])
    ((bundle, metadata),) = shown
    assert metadata == {"workbench": "finding"}
    assert page(bundle).find(class_="wb-headline").get_text() == "It pays."
    finding = finding_from_json(bundle[FINDING_MIME]["finding"])
    assert finding.headline == "It pays."
    assert list(finding.estimates) == estimates()
    assert finding.to_json() == bundle[FINDING_MIME]["finding"]


@pytest.mark.parametrize("missing", ["headline", "decision"])
def test_a_finding_needs_words(shown, missing):
    with pytest.raises(ValueError, match="needs a headline and a decision"):
        conclude(**{missing: " "})


def test_tables_are_written_inside_a_run(shown, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_ARTIFACTS", str(tmp_path / "artifacts"))
    frame = pd.DataFrame({"sku": ["甲", "007"], "units": [1, 2]})
    with patch("workbench.report.show.MOST_CSV_ROWS", 3):
        conclude(tables={"reorder": frame, "long-list": pd.concat([frame, frame])})
    assert sorted(path.name for path in (tmp_path / "artifacts").iterdir()) == [
        "long-list.parquet",
        "reorder.csv",
        "reorder.parquet",
    ]
    assert pd.read_parquet(tmp_path / "artifacts/reorder.parquet").equals(frame)
    assert pd.read_csv(tmp_path / "artifacts/reorder.csv", dtype={"sku": str}).equals(frame)
    carried = shown[0][0][FINDING_MIME]
    assert carried["finding"]["tables"] == {
        "reorder": "artifacts/reorder.parquet",
        "long-list": "artifacts/long-list.parquet",
    }


def test_outside_a_run_nothing_is_written_and_that_is_said(shown, monkeypatch, tmp_path, capsys):
    monkeypatch.delenv("WORKBENCH_ARTIFACTS", raising=False)
    monkeypatch.chdir(tmp_path)
    conclude(tables={"reorder": pd.DataFrame({"a": [1]})})
    assert list(tmp_path.iterdir()) == []
    assert "not written: reorder" in capsys.readouterr().out
    assert shown[0][0][FINDING_MIME]["finding"]["tables"] == {}


@pytest.mark.parametrize("name", ["../x", "a/b", "", "a b"])
def test_a_table_cannot_leave_the_folder(shown, name):
    with pytest.raises(StudyError, match="becomes a file's name"):
        conclude(tables={name: pd.DataFrame({"a": [1]})})


def test_cells_of_a_table(shown):
    frame = pd.DataFrame(
        {"Arm": ["A", "B"], "n": [21307, 5], "gain": ["+1", None], "x": [np.nan, 2.5], "Why": ["<b>", "long " * 12]}
    )
    report.show_table(frame, title="T")
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in page(shown[0][0]).find_all("tr")]
    assert rows == [
        ["Arm", "n", "gain", "x", "Why"],
        ["A", "21,307", "+1", "—", "<b>"],
        ["B", "5", "—", "2.5", "long " * 12],
    ]
    heads = page(shown[0][0]).find("thead").find_all("th")
    assert [head.get("class") for head in heads] == [["wb-text"], None, None, None, ["wb-text", "wb-long"]]


def test_a_table_without_columns_is_refused():
    with pytest.raises(ValueError, match="has no columns"):
        report.show_table(pd.DataFrame(), title="T")


def test_a_figure_needs_words_and_is_closed(shown):
    figure = forest()
    with pytest.raises(ValueError, match="alt"):
        report.show_figure(figure, title="T", alt=" ")
    report.show_figure(figure, title="T", alt="what it shows")
    assert not plt.fignum_exists(figure.number)
    assert page(shown[0][0]).find("svg")["aria-label"] == "what it shows"


def test_a_figure_is_the_same_every_time_and_holds_nothing_of_the_machine():
    one, other = (figures.drawing(forest(), alt="a") for _ in range(2))
    plt.close("all")
    assert one == other
    for word in ("date", "metadata", "Matplotlib", "http", "<style", "DejaVu", "\n"):
        assert word not in one
    assert len(one) < 6000
    assert "$0.77</text>" in one


def test_figures_on_one_page_do_not_share_ids():
    def drawn(values):
        with report.house_style():
            figure, axes = plt.subplots()
            axes.plot(values)
        text = figures.drawing(figure, alt="a")
        plt.close(figure)
        return text

    one, other = drawn([1, 2, 3]), drawn([3, 1, 2])
    ids = [set(re.findall(r' id="([^"]+)"', text)) for text in (one, other)]
    assert ids[0]
    assert ids[0].isdisjoint(ids[1])
    for text, known in zip((one, other), ids, strict=True):
        assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', text)) == known


def test_chinese_and_dollars_in_a_figure_are_text():
    with report.house_style():
        figure, axes = plt.subplots()
        axes.set_title("从 $1 到 $2 的转化 <b>")
    text = figures.drawing(figure, alt='say "it"')
    plt.close(figure)
    assert "从 $1 到 $2 的转化 &lt;b&gt;</text>" in text
    assert 'aria-label="say &quot;it&quot;"' in text


def test_the_house_style_leaves_no_trace():
    before = dict(mpl.rcParams)
    with report.house_style():
        assert mpl.rcParams["font.size"] != before["font.size"]
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize(
    ("tile", "places"),
    [
        (Tile("a", "1", low=1.0, point=2.0, high=3.0), (71.3, 128.7, 186.0, 14.0)),
        (Tile("a", "1", low=-1.0, point=-1.0, high=-1.0, reference=-1.0), (14.0, 14.0, 14.0, 14.0)),
        (Tile("a", "1", low=1.0, point=2.0, high=3.0, reference=None), (14.0, 100.0, 186.0, None)),
    ],
)
def test_a_tile_draws_its_interval(tile, places):
    drawn = tile.drawing
    assert (drawn.low, drawn.point, drawn.high, drawn.reference) == places


def test_a_tile_without_an_interval_draws_nothing():
    assert Tile("a", "1").drawing is None


def reference_of(tile):
    return BeautifulSoup(str(blocks.tiles([tile], ENGLISH)), "html.parser").find(class_="wb-reference")


@pytest.mark.parametrize(("low", "high", "style"), [(0.1, 0.3, "left:6.0%"), (-0.3, -0.1, "right:6.0%")])
def test_the_dashed_line_can_be_named_where_it_stands(low, high, style):
    said = reference_of(Tile("Margin", "1", low=low, point=(low + high) / 2, high=high, reference_label="<limit>"))
    assert (said.get_text(), said["style"]) == ("<limit>", style)


@pytest.mark.parametrize("known", [{"reference_label": ""}, {"reference": None}, {"low": None}])
def test_a_dashed_line_without_a_name_or_not_drawn_says_nothing(known):
    seen = {"low": 0.1, "point": 0.2, "high": 0.3, "reference_label": "limit", **known}
    assert reference_of(Tile("Margin", "1", **seen)) is None
