"""A simulated platform whose truth is known.

To be read in this order, in which one thing follows from another:

1. `world`: the knobs; `draws`: every random number; `clock`: times and words as tables hold them.
2. `pricing`, `goods`, `marketing`: what is the same for all users.
3. `people` → `experiments` → `visits` → `browsing` → `funnel` → `orders`: what users do; `life` puts it together.
4. `rows`, `aftersales`, `coupons`, `touches`: the tables of it; `assortment`, `stock`: those of the goods.
5. `faults`, `bots`: what goes wrong with the tables on their way.
6. Beside: `outcomes`, `latents`, `demand`: the truth, by the same uniforms or in closed form.
7. `block` (made as a `block_result`) → `blocks` → `writer` to a folder, or `in_memory`.
"""

from __future__ import annotations

from pathlib import Path

from workbench.simulate.in_memory import Platform, make_tables
from workbench.simulate.world import World
from workbench.simulate.writer import write_world

__all__ = ["Platform", "World", "make_tables", "write_sample", "write_world"]


def write_sample(*, users: int = 20_000, seed: int = 11, out: Path, events: bool = False) -> None:
    """Write a platform of so many users under `out`, as `write_world` does, with a bar on a terminal.

    Raises:
        StudyError: `out` holds something else than a sample, which would be lost.
    """
    write_world(World(users=users, seed=seed), out, events=events, progress=True)
