"""What is committed can move to any machine: it names no package host and no person's or machine's folders."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Written in pieces, so that this file does not contain what it looks for.
HOSTS = ["pypi" + ".org", "python" + "hosted", "npm" + "js.org", "ana" + "conda.org/", "deb.deb" + "ian.org"]
FOLDERS = re.compile(r"(?<![\w.~}>)-])(?:/(?:root|work|Users|home/\w+|tmp/\w+|opt/\w+)/|[A-Z]:\\\\?Users)")


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout: nothing tells which files are committed")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    files = [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
    return {str(file.relative_to(ROOT)): file.read_bytes().decode(errors="replace") for file in files}


def test_no_package_host_is_named(texts: dict[str, str]) -> None:
    found = [f"{name}: {host}" for name, text in texts.items() for host in HOSTS if host in text]

    assert not found


def test_no_folder_of_a_machine_is_named(texts: dict[str, str]) -> None:
    found = [
        f"{name}: {text[max(0, m.start() - 30) : m.end() + 30]!r}"
        for name, text in texts.items()
        for m in FOLDERS.finditer(text)
    ]

    assert not found


@pytest.mark.parametrize(
    "text",
    ["see /" + "root/x", "'/" + "home/ann/data'", "=/" + "Users/ann/x", "C:" + "\\Users\\ann", "(/" + "tmp/x/y)"],
)
def test_a_folder_of_a_machine_would_be_seen(text: str) -> None:
    assert FOLDERS.search(text)


@pytest.mark.parametrize("text", ["src/workbench/work/x", "https://example.test/Users/", "/usr/bin/chromium"])
def test_other_paths_are_left_alone(text: str) -> None:
    assert not FOLDERS.search(text)
