"""The commands, as a person types them."""

from __future__ import annotations

import json

import pytest

PARAMETERS = "level: Annotated[float, Interval(gt=0, lt=1)] = 0.95  # of every interval\nname: str = 'x'"


@pytest.fixture
def studied(project):
    project.concluding("tiny", parameters=PARAMETERS)
    project.study("works", "tiny", parameters={"level": 0.9})
    return project


def test_help_is_at_hand_everywhere(project):
    done = project.run("--help")
    assert done.returncode == 0
    for command in ("run", "check", "params", "ls", "show", "index", "sample", "data", "doctor"):
        assert f"\n  {command} " in done.stdout
        assert project.run(command, "--help").returncode == 0


def test_outside_a_project(project, tmp_path_factory):
    elsewhere = type(project)(tmp_path_factory.mktemp("elsewhere"))
    done = elsewhere.run("check")
    assert done.returncode == 2
    assert "is not inside a project" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "levl=0.9"], "unknown parameter 'levl'; nearest: 'level'"),
        (["--set", "level=2"], "level should be less than 1; found 2"),
        (["--set", "level=high"], 'level should be a number; found "high"'),
    ],
)
def test_a_refused_parameter_leaves_a_record(studied, words, said):
    done = studied.run("run", "works", *words)
    (record,) = studied.records("works")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.strip() == str(record["folder"])
    assert (record["state"], record["exit_code"], record["cause"] + "\n") == ("failed", 2, done.stderr)
    assert {path.name for path in record["folder"].iterdir()} == {"run.json", "report.html"}
    assert record["question"] == "Does works work?"


def test_a_study_that_cannot_be_read_leaves_a_record(studied):
    (studied.root / "experiments" / "broken.yaml").write_text("question: [\n")
    done = studied.run("run", "broken")
    (record,) = studied.records("broken")
    assert done.returncode == 2
    assert "broken.yaml" in done.stderr
    assert record["state"] == "failed"


@pytest.mark.parametrize("words", [["--set", "level"], ["--set", "level=1", "--set", "level=2"]])
def test_a_word_that_sets_nothing(studied, words):
    assert studied.run("run", "works", *words).returncode == 2
    assert not studied.records("works")


def test_an_unknown_study_runs_nothing(studied):
    done = studied.run("run", "works", "wroks")
    assert done.returncode == 2
    assert "nearest: 'works'" in done.stderr
    assert done.stdout == ""


def test_one_study_that_is_wrong_does_not_stop_the_others(studied):
    studied.study("wrong", "tiny", parameters={"level": 2})
    done = studied.run("run", "wrong", "works")
    assert done.returncode == 2
    assert [record["state"] for name in ("wrong", "works") for record in studied.records(name)] == [
        "failed",
        "succeeded",
    ]


def test_missing_data_are_exit_code_three(project):
    (project.root / "catalog.yaml").write_text("connection: duckdb\ntables:\n  exposures: {source: 'none/*.csv'}\n")
    project.notebook("ab", parameters="catalog: ProjectFile = 'catalog.yaml'", needs={"exposures": ["user_id"]})
    done = project.run("run", "ab")
    assert done.returncode == 3, done.stderr
    assert project.records("ab")[0]["exit_code"] == 3


def test_data_enter_the_key(project):
    (project.root / "catalog.yaml").write_text("connection: duckdb\ntables:\n  exposures: {source: 'users.csv'}\n")
    (project.root / "users.csv").write_text("experiment,user_id,variant\na,1,A\n")
    project.concluding("ab", parameters="catalog: ProjectFile = 'catalog.yaml'")
    path = project.root / "notebooks" / "ab.ipynb"
    document = json.loads(path.read_text())
    document["metadata"]["workbench"] = {"needs": {"exposures": ["user_id"]}, "may_use": {"orders": ["user_id"]}}
    path.write_text(json.dumps(document))
    assert project.run("run", "ab").returncode == 0
    assert "nothing has changed" in project.run("run", "ab").stderr
    (project.root / "users.csv").write_text("experiment,user_id,variant\na,2,A\n")
    assert project.run("run", "ab").stderr == ""
    first, second = project.records("ab")
    assert set(first["data"]) == {"exposures"}
    assert first["data"] != second["data"]


def test_looking_at_what_is_there(studied):
    assert "no study has run yet" in studied.run("ls").stdout
    assert studied.run("run", "works").returncode == 0
    assert "ship" in studied.run("ls").stdout
    assert "succeeded" in studied.run("ls", "works").stdout
    shown = studied.run("show", "works").stdout
    assert "It works: +2 % (1 to 3)" in shown
    assert "level = 0.9" in shown
    assert studied.run("show", str(studied.records("works")[0]["folder"])).stdout == shown
    assert studied.run("show", "wroks").returncode == 2
    assert studied.run("ls", "wroks").returncode == 2


def test_the_index_page(studied):
    studied.run("run", "works")
    done = studied.run("index")
    page = (studied.root / "runs" / "index.html").read_text()
    assert done.stdout.strip() == str(studied.root / "runs" / "index.html")
    assert f"works/{studied.records('works')[0]['folder'].name}/report.html" in page
    assert "It works" in page
    assert (studied.root / "runs" / "works" / "index.html").exists()


def test_params(studied):
    lines = studied.run("params", "tiny").stdout.splitlines()
    assert lines[0].split() == ["parameter", "type", "default", "meaning"]
    assert lines[1].split()[0] == "level"
    assert lines[1].endswith("of every interval")
    assert studied.run("params", "tinny").returncode == 2


def test_check(studied):
    assert studied.run("check").returncode == 0
    studied.study("wrong", "tiny", parameters={"level": 2})
    done = studied.run("check")
    assert done.returncode == 2
    assert "level should be less than 1" in done.stderr


def test_doctor_says_what_to_do(studied):
    done = studied.run("doctor")
    assert done.returncode == 5
    assert "ok    Python 3." in done.stdout
    assert all("→" in line for line in done.stdout.splitlines() if line.startswith("look"))


def test_the_trigger_is_recorded(studied):
    studied.run("run", "works", WORKBENCH_TRIGGER="schedule")
    assert studied.records("works")[0]["trigger"] == "schedule"
    assert studied.run("run", "works", "--force", WORKBENCH_TRIGGER="cron").returncode == 2


def test_a_reader_that_goes_away_is_no_fault(studied):
    with studied.start("--help") as process:
        assert process.stdout
        process.stdout.close()
        assert process.wait(20) != 5


def test_without_git_the_commit_is_empty(studied):
    assert studied.run("run", "works", PATH="").returncode == 0
    assert studied.records("works")[0]["git"] == {"commit": "", "dirty": False}


def test_other_words_for_the_page_are_another_page(studied):
    assert studied.run("run", "works").returncode == 0
    studied.study("works", "tiny", parameters={"level": 0.9}, lang="zh")
    assert studied.run("run", "works").stderr == ""
    assert 'lang="zh' in (studied.records("works")[-1]["folder"] / "report.html").read_text()


def test_the_index_shows_what_the_study_says(studied):
    """Neither a typo nor another value for once stands where the study's own answer does."""
    official = studied.run("run", "works").stdout.strip()
    for tried in ("levl=1", "level=0.8"):
        studied.run("run", "works", "--set", tried)
    index = studied.root / "runs" / "index.html"
    assert f"works/{official.rsplit('/')[-1]}/report.html" in index.read_text()
    assert [record["overrides"] for record in studied.records("works")] == [None, {"levl": "1"}, {"level": 0.8}]


def test_an_answer_taken_again_knows_the_study_as_it_is_now(studied):
    first = studied.run("run", "works").stdout
    daily = {"cron": "0 6 * * *", "time_zone": "Asia/Shanghai"}
    studied.study("works", "tiny", matrix={"level": [0.9]}, schedule=daily)
    assert studied.run("run", "works").stdout == first
    (record,) = studied.records("works")
    assert (record["schedule"], record["matrix"], record["combination"]) == (daily, {"level": [0.9]}, {"level": 0.9})
