"""`make bench`: every budget measured beside its peers, printed and kept in results.md.

Words choose parts: `run.py abtest overhead` (all by default).  Data and projects stay in .workbench/bench.
"""

from __future__ import annotations

import sys
from pathlib import Path

import abtest
import contracts
import overhead
import simulate
from table import table

HERE = Path(__file__).resolve().parent
CACHE = HERE.parents[1] / ".workbench" / "bench"


def main() -> None:
    # The platform that simulate makes is the one whose contracts are looked at.
    parts = {
        "abtest": abtest.measure,
        "simulate": simulate.measure,
        "contracts": contracts.measure,
        "overhead": overhead.measure,
    }
    wanted = sys.argv[1:] or list(parts)
    text = table([row for name in wanted for row in parts[name](CACHE)])
    if wanted == list(parts):
        (HERE / "results.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
