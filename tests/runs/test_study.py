"""Study files: what they may say and what is refused."""

from __future__ import annotations

import pytest

from workbench.errors import StudyError
from workbench.runs.study import find, read_study


@pytest.fixture
def study(project):
    project.notebook("ab_test", parameters="country: str = 'CN'")

    def read(text):
        path = project.root / "experiments" / "checkout.yaml"
        path.write_text("question: Does it pay?\nnotebook: ab_test\nowner: checkout team\n" + text)
        return read_study(path, project.root)

    return read


def test_what_is_not_said_has_a_default(study, project):
    read = study("")
    assert (read.name, read.timeout_minutes, read.lang, read.schedule, read.combinations) == (
        "checkout",
        60,
        "en",
        None,
        [{}],
    )
    assert read.notebook == project.root / "notebooks" / "ab_test.ipynb"


def test_a_matrix_is_every_combination_in_order(study):
    read = study("matrix: {country: [CN, NO], level: [0.9, 0.95]}")
    assert [tuple(one.values()) for one in read.combinations] == [("CN", 0.9), ("CN", 0.95), ("NO", 0.9), ("NO", 0.95)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("paramters: {}", "nearest: 'parameters'"),
        ("timeout_minutes: 0", "timeout_minutes"),
        ("timeout_minutes: '5'", "timeout_minutes"),
        ("lang: fr", "lang"),
        ("schedule: {cron: '0 6 * * *'}", "'time_zone' is missing"),
        ("schedule: {cron: '0 25 * * *', time_zone: Asia/Shanghai}", "cron expression of five fields"),
        ("schedule: {cron: '* * * * * *', time_zone: Asia/Shanghai}", "cron expression of five fields"),
        ("schedule: {cron: '0 6 * * *', time_zone: Asia/Peking}", "name of a time zone"),
        ("schedule: {cron: '0 6 * * *', time_zone: ../etc/passwd}", "name of a time zone"),
        ("matrix: {country: []}", "matrix.country"),
        ("parameters: {country: CN}\nmatrix: {country: [CN]}", "'country' stands in parameters and in matrix"),
        ("parameters: [1]", "parameters"),
        ("owner: again", "'owner' is given twice"),
        ("parameters: {a: [}", "line 4"),
    ],
)
def test_what_is_refused(study, text, said):
    with pytest.raises(StudyError) as raised:
        study(text)
    assert said in str(raised.value)
    assert "checkout.yaml" in str(raised.value)


def test_an_unknown_notebook(project):
    project.notebook("ab_test")
    path = project.study("checkout", "ab_tset")
    with pytest.raises(StudyError, match="unknown notebook 'ab_tset'; nearest: 'ab_test'"):
        read_study(path, project.root)


def test_names_and_paths_find_the_same(project, monkeypatch):
    notebook, study = project.notebook("ab_test"), project.study("checkout", "ab_test")
    monkeypatch.chdir(project.root / "notebooks")
    for name in ("checkout", "experiments/checkout.yaml", "../experiments/checkout.yaml", str(study)):
        assert find(name, project.root) == study
    for name in ("ab_test", "ab_test.ipynb", "notebooks/ab_test.ipynb"):
        assert find(name, project.root) == notebook


def test_a_study_goes_before_a_notebook_of_its_name(project):
    project.notebook("same")
    study = project.study("same", "same")
    assert find("same", project.root) == study


@pytest.mark.parametrize("name", ["chekout", "chekout.yaml", "experiments/chekout.yaml"])
def test_an_unknown_name_has_a_nearest(project, name):
    project.notebook("ab_test")
    project.study("checkout", "ab_test")
    with pytest.raises(StudyError, match="unknown study or notebook 'chekout'; nearest: 'checkout'"):
        find(name, project.root)


def test_a_bare_notebook_is_its_own_study(project):
    read = read_study(project.notebook("ab_test"), project.root)
    assert (read.name, read.question, read.combinations) == ("ab_test", "Does ab_test work?", [{}])


def test_two_files_of_one_name(study, project):
    (project.root / "experiments" / "checkout.yml").write_text("question: Another?")
    with pytest.raises(StudyError, match=r"checkout\.yaml: checkout\.yml beside it has the same name"):
        study("")
