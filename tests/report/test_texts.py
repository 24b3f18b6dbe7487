from __future__ import annotations

import re
from dataclasses import fields

from workbench.report.languages import CHINESE, ENGLISH
from workbench.report.texts import Texts

NAMES = [field.name for field in fields(Texts)]


def test_every_text_is_said_in_both_languages_with_the_same_gaps():
    for name in NAMES:
        english, chinese = getattr(ENGLISH, name), getattr(CHINESE, name)
        assert english
        assert chinese
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", chinese)), name
        assert english != chinese, name


def test_chinese_is_chinese_with_its_own_punctuation():
    for name in NAMES:
        text = getattr(CHINESE, name)
        if name not in ("code", "separator", "colon"):
            assert re.search("[\u4e00-\u9fff]", text), name
        assert not re.search("[\u4e00-\u9fff][,;:?()]", text), text


def test_no_text_is_left_over(root):
    folder = root / "src/workbench/report"
    said = "".join(
        path.read_text()
        for path in [*folder.glob("*.py"), *folder.glob("templates/*")]
        if path.name not in ("texts.py", "languages.py")
    )
    said += (folder / "texts.py").read_text().partition("    def word")[2]
    states = ("queued", "running", "succeeded", "failed", "timed_out", "killed", "lost")
    decisions = ("ship", "hold", "stop", "inconclusive")
    todo = [name for name in NAMES if name.startswith("do_")]
    unused = [name for name in NAMES if not re.search(rf"\b(t|texts|self)\.{name}\b", said)]
    assert set(unused) <= {*states, *decisions, *todo}
