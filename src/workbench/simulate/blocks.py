"""All blocks of a world, one after another: on two threads, but always in the same order and with running ids."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import islice

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.simulate.assortment import goods_tables, truth_of_goods
from workbench.simulate.block import Maker, coupons_table, truth_of_sums
from workbench.simulate.block_result import BlockResult
from workbench.simulate.goods import PRODUCTS, Goods, make_goods
from workbench.simulate.latents import survival_truth
from workbench.simulate.marketing import (
    Marketing,
    make_marketing,
    spend_table,
    truth_of_channels,
    truth_of_marketing,
)
from workbench.simulate.people import PERSONAS
from workbench.simulate.stock import inventory_table
from workbench.simulate.world import BLOCK, DAYS, World

THREADS = 2
WHOLE_TABLES = frozenset(
    ("products", "categories", "prices", "costs", "competitor_prices", "inventory", "spend", "coupons")
)


@dataclass(slots=True)
class Sums:
    """What is added over blocks.

    Attributes:
        ids: Column → numbers used so far.
        sold, lost: Units; int64 (products, days).
        wanted: Expected units; float64 (personas, products).
        named: Name → number.
    """

    ids: dict[str, int] = field(default_factory=dict)
    sold: NDArray[np.int64] = field(default_factory=lambda: np.zeros((PRODUCTS, DAYS), dtype=np.int64))
    lost: NDArray[np.int64] = field(default_factory=lambda: np.zeros((PRODUCTS, DAYS), dtype=np.int64))
    wanted: NDArray[np.float64] = field(default_factory=lambda: np.zeros((len(PERSONAS), PRODUCTS)))
    named: dict[str, float] = field(default_factory=dict)

    def add(self, result: BlockResult) -> BlockResult:
        """Take a block up; the block with its ids moved behind those before."""
        moved = BlockResult(
            tables={name: self._moved(table) for name, table in result.tables.items()},
            truth={name: self._moved(table) for name, table in result.truth.items()},
            ids=result.ids,
            sold=result.sold,
            lost=result.lost,
            wanted=result.wanted,
            sums=result.sums,
        )
        self.sold += result.sold
        self.lost += result.lost
        if result.wanted is not None:
            self.wanted += result.wanted
        for name, count in result.ids.items():
            self.ids[name] = self.ids.get(name, 0) + count
        for name, number in result.sums.items():
            self.named[name] = self.named.get(name, 0.0) + number
        return moved

    def _moved(self, table: pa.Table) -> pa.Table:
        for name, used in self.ids.items():
            if name in table.column_names:
                at = table.column_names.index(name)
                table = table.set_column(at, name, pc.add(table.column(at), used))
        return table


@dataclass(frozen=True, slots=True)
class Whole:
    """What is known once every block is made.

    Attributes:
        tables: Canonical name → table: of the goods, their stock, and spend.
        truth: Name → table that goes beside them.
        facts: What goes into `truth.json`.
    """

    tables: dict[str, pa.Table]
    truth: dict[str, pa.Table]
    facts: dict[str, object]


class Blocks:
    """The blocks of a world; iterate over them once, then ask for the whole.

    Args:
        world: Whose.
        tables: Which tables are wanted of each block; all by default.
        events: Whether raw events are wanted too.
        threads: How many blocks are made at a time; it changes nothing else.
    """

    def __init__(
        self, world: World, *, tables: tuple[str, ...] | None = None, events: bool = False, threads: int = THREADS
    ) -> None:
        self.world = world
        self.goods: Goods = make_goods(world)
        self.marketing: Marketing = make_marketing(world)
        self._tables = None if tables is None else frozenset(tables)
        self._maker = Maker(world, self.goods, self.marketing, tables=tables, events=events)
        self._threads = threads
        self._sums = Sums()

    def __len__(self) -> int:
        return (self.world.users + BLOCK - 1) // BLOCK

    def __iter__(self) -> Iterator[BlockResult]:
        if len(self) == 1:
            yield self._sums.add(self._maker.make(0))
            return
        left = iter(range(len(self)))
        with ThreadPoolExecutor(self._threads) as pool:
            # One more than the threads, so that none waits while a finished block is written.
            running: deque[Future[BlockResult]] = deque(
                pool.submit(self._maker.make, block) for block in islice(left, self._threads + 1)
            )
            try:
                while running:
                    made = self._sums.add(running.popleft().result())
                    running.extend(pool.submit(self._maker.make, block) for block in islice(left, 1))
                    yield made
            finally:
                for future in running:
                    future.cancel()

    def whole(self) -> Whole:
        """The tables and the truth that rest on all blocks together."""
        facts = {
            **truth_of_sums(self.world, self._sums.named),
            "world": asdict(self.world),
            "marketing": truth_of_channels(self.world, self.marketing),
        }
        if self._tables is not None and not self._tables & WHOLE_TABLES:
            return Whole({}, {}, facts)
        tables = goods_tables(self.world, self.goods)
        tables["inventory"] = inventory_table(self.world, self.goods, self._sums.sold)
        tables["spend"] = spend_table(self.world, self.marketing)
        tables["coupons"] = coupons_table()
        # Where users leave after orders, they order whatever things cost.
        wanted = self._sums.wanted * (self.world.leaving == "any_day")
        truth = truth_of_goods(self.goods, self._sums.sold, self._sums.lost, wanted)
        truth["marketing_days"] = truth_of_marketing(self.marketing)
        truth["survival"] = survival_truth(self.world.leaving)
        return Whole(tables, truth, facts)
