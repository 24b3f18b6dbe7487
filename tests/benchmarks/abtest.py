"""A/B on five million users: CPU in one process, interleaved, the best of several; memory in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from contestants import CONTESTANTS, READ, Answers, Pandas, Workbench, cpu, decode
from table import Row
from users import ROWS, make_users

ROUNDS = 10
DECODE = "pyarrow decode, 10 columns: experiment, variant, 8 numbers"
DECODE_FEWER = "pyarrow decode, 9 columns: without the experiment's name"
DECODE_IDS = "pyarrow decode, 11 columns: with the ids"


def measure(folder: Path) -> list[Row]:
    """Rows of the table; the answers of all contestants are compared first."""
    make_users(folder)
    asking = {name: make(folder) for name, make in CONTESTANTS.items() if name != "decode"}
    _compare({name: ask() for name, ask in asking.items()})
    seconds: dict[str, list[float]] = {}
    for round_ in range(ROUNDS):
        _clock(seconds, DECODE, lambda: decode(folder))
        _clock(seconds, DECODE_FEWER, lambda: decode(folder, READ[1:]))
        _clock(seconds, DECODE_IDS, lambda: decode(folder, (*READ, "user_id")))
        for name, ask in asking.items():
            if isinstance(ask, Pandas) and round_ > 1:
                continue  # seconds each, and far from the rest
            _clock(seconds, name, ask)
            if isinstance(ask, Workbench):
                seconds.setdefault(f"{name}: account", []).append(ask.account_cpu)
                seconds.setdefault(f"{name}: scan", []).append(seconds[name][-1] - ask.account_cpu)
    return _rows({name: min(found) for name, found in seconds.items()}, _peaks(folder))


def _clock(seconds: dict[str, list[float]], name: str, ask: Callable[[], object]) -> None:
    before = cpu()
    ask()
    seconds.setdefault(name, []).append(cpu() - before)


def _compare(answers: dict[str, Answers]) -> None:
    """Everybody must say the same; tea-tasting takes the slope over both arms together, which moves the last digits."""
    ours = answers["workbench"]
    for peer, theirs in answers.items():
        far = 1e-3 if peer == "tea-tasting" else 1e-8
        for metric, mine in ours.items():
            apart = abs(mine.difference - theirs[metric].difference) / mine.std_error
            wider = abs(theirs[metric].std_error / mine.std_error - 1)
            assert apart < far, (peer, metric, mine, theirs[metric])
            assert wider < far, (peer, metric, mine, theirs[metric])
        assert theirs.keys() == ours.keys(), peer


def _peaks(folder: Path) -> dict[str, float]:
    """Contestant → peak memory in MB of a process that asks once."""
    script = Path(__file__).with_name("contestants.py")
    return {
        name: int(subprocess.run([sys.executable, script, name, folder], capture_output=True, check=True).stdout)
        / 2**20
        for name in CONTESTANTS
    }


def _rows(best: dict[str, float], peaks: dict[str, float]) -> list[Row]:
    floor, with_ids, tea = best[DECODE], best[DECODE_IDS], best["tea-tasting"]
    work, memory = f"A/B, {ROWS // 1_000_000}M users, 6 metrics with CUPED", "Peak memory of the same, a process each"
    scan, whole, text = best["workbench: scan"], best["workbench"], best["workbench, text ids"]

    def cost(who: str, seconds: float, of: float = floor, unit: str = "× decoding", most: float | None = None) -> Row:
        budget = "" if most is None else "faster" if most == 1 else f"≤ {most} {unit}"
        kept = None if most is None else seconds <= most * of
        return Row(work, who, f"{seconds:.2f} s CPU", f"{seconds / of:.2f} {unit}", budget, kept)

    return [
        cost(DECODE, floor),
        cost(DECODE_FEWER, best[DECODE_FEWER]),
        cost(DECODE_IDS, with_ids),
        *(cost(name, best[name]) for name in ("SQL by hand", "tea-tasting", "pandas + scipy")),
        cost("**workbench**, what the peers do: moments and estimates", scan, most=1.6),
        cost("the same, beside decoding without the experiment's name", scan, best[DECODE_FEWER]),
        cost("the same, beside tea-tasting", scan, tea, "× tea-tasting", 1),
        cost("what the peers leave out: refusing repeated users, numbers as ids", best["workbench: account"]),
        cost("the same, text as ids (a hash table of them)", best["workbench, text ids: account"]),
        cost("**workbench**, both, beside decoding all that is read", whole, with_ids, most=1.6),
        cost("both, beside tea-tasting", whole, tea, "× tea-tasting", 1),
        cost("both, text as ids, beside tea-tasting", text, tea, "× tea-tasting", 1),
        *(
            Row(
                memory,
                f"**{name}**" if name.startswith("workbench") else name,
                f"{peak:.0f} MB",
                f"{peak / peaks['workbench']:.2f} × workbench",
                "≤ 300 MB" if name.startswith("workbench") else "",
                peak <= 300 if name.startswith("workbench") else None,
            )
            for name, peak in peaks.items()
        ),
    ]
