"""Blocks of made worlds, each made once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from workbench.simulate.block import Maker
from workbench.simulate.block_result import BlockResult
from workbench.simulate.goods import make_goods
from workbench.simulate.life import Lives, Stage, live, make_stage
from workbench.simulate.marketing import make_marketing
from workbench.simulate.world import World


@cache
def _stage(world: World) -> Stage:
    return make_stage(world, make_goods(world), make_marketing(world))


@cache
def _lives(world: World, block: int) -> Lives:
    return live(_stage(world), block)


@cache
def _block(world: World, number: int) -> BlockResult:
    stage = _stage(world)
    return Maker(world, stage.goods, stage.marketing).make(number)


@pytest.fixture(scope="session")
def stage() -> Callable[[World], Stage]:
    return _stage


@pytest.fixture(scope="session")
def lives() -> Callable[[World, int], Lives]:
    return _lives


@pytest.fixture(scope="session")
def block() -> Callable[[World, int], BlockResult]:
    return _block
