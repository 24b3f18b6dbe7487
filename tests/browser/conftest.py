"""Headless Chromium, looked at from outside."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "report"))  # the notebook that the tests of the pages read

SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


@dataclass(frozen=True)
class Browser:
    """Chromium with a profile that nothing else uses."""

    program: str
    folder: Path

    def run(self, page: Path, *switches: str) -> str:
        command = [self.program, *SWITCHES, f"--user-data-dir={self.folder / 'profile'}", *switches, page.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout

    def script_result(self, html: str, script: str, *, width: int = 1280, height: int = 900) -> str:
        """What `script` returns, run in a copy of the page shown `width` wide.

        The copy has no policy, because the policy would forbid the measuring script; it stands in a frame, because
        headless Chromium's own window is never narrower than 500.
        """
        inner = self.folder / "inner.html"
        inner.write_text(html.replace("http-equiv", "data-was"), encoding="utf-8")
        outer = self.folder / "outer.html"
        outer.write_text(
            f'<pre id="said"></pre><iframe id="f" src="inner.html" style="border:0;width:{width}px;height:{height}px"></iframe>'
            f"<script>f.onload=()=>{{const w=f.contentWindow,d=f.contentDocument;"
            f"said.textContent=JSON.stringify((()=>{{{script}}})())}}</script>"
        )
        dom = self.run(outer, "--allow-file-access-from-files", "--dump-dom", "--virtual-time-budget=3000")
        return dom.partition('<pre id="said">')[2].partition("</pre>")[0]


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip(f"no browser to look with: none of {', '.join(names)} is installed")
    return Browser(program, tmp_path)
