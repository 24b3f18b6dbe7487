"""The parts of `make calibrate` are scripts beside the tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))

collect_ignore = ["run.py", "shops.py", "trials.py", "abtest_rows.py"]
