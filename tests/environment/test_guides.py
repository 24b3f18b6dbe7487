"""The guides name only commands and targets that exist, name all of them, and their example runs as it is printed."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.cli import main

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("*/README.md"))]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
COMMANDS = set(main.commands)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_guide_names_only_what_exists(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    code = "\n".join([*re.findall(r"```.*?```", text, flags=re.DOTALL), *re.findall(r"`[^`\n]+`", text)])

    assert set(re.findall(r"\bmake ([a-z]+)", code)) <= TARGETS
    assert set(re.findall(r"\bworkbench ([a-z]+)", code)) <= COMMANDS


def test_the_readme_lists_every_command() -> None:
    assert set(re.findall(r"^\| `workbench ([a-z]+)", README, flags=re.MULTILINE)) == COMMANDS


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_that_a_guide_names_are_there(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|tests|notebooks|experiments|data)/[\w./-]*[\w/])`", text)
    missing = [name for name in named if not (ROOT / name).exists() and not name.startswith(MADE)]

    assert not missing


MADE = ("data/sample", "data/email", "experiments/email.yaml")


@pytest.fixture(scope="module")
def hillstrom(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which somebody followed the README's example to the letter."""
    root = tmp_path_factory.mktemp("reader")
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for name, text in re.findall(
        r"`((?:data|experiments)/[\w/]+\.yaml)`:\n\n```yaml\n(.*?)```", README, flags=re.DOTALL
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    shutil.copy(shared / "data" / "hillstrom" / "hillstrom.csv", root / "data" / "email")
    return root


def workbench(root: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", "from workbench.cli import main; main()", *words],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_example_shows_the_files_first_lines(shared: Path) -> None:
    lines = (shared / "data" / "hillstrom" / "hillstrom.csv").read_text(encoding="utf-8").splitlines()

    assert "\n".join(lines[:3]) in README


def test_the_example_is_sound(hillstrom: Path) -> None:
    assert workbench(hillstrom, "check", "email") == "1 study is well\n"


def test_the_example_finds_the_published_effects(hillstrom: Path, shared: Path) -> None:
    folder = Path(workbench(hillstrom, "run", "email").splitlines()[-1])

    assert (folder / "report.html").is_file()
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    cases = json.loads((shared / "reference" / "growth.json").read_text(encoding="utf-8"))
    (effects,) = [case["expected"] for case in cases if case["id"] == "hillstrom_effects"]
    # Conversion has no covariates in the example, so it is the plain difference that the reference gives.
    found = {
        estimate["group"]["variant"]: estimate["value"]
        for estimate in result["estimates"]
        if (estimate["name"], estimate["scale"]) == ("conversion", "absolute")
    }
    assert found == {variant: pytest.approx(of["conversion"]["diff"], rel=1e-9) for variant, of in effects.items()}
