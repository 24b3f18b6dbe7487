"""The shelf: every chance is one, whatever arms and novelty do to it at once."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from workbench.errors import StudyError
from workbench.simulate.browsing import FIRST_LIFT, browse, make_shelf
from workbench.simulate.experiments import DAY, EXPERIMENTS, Arms
from workbench.simulate.funnel import lift
from workbench.simulate.goods import make_goods
from workbench.simulate.world import World

WORLD = World(users=8_000, seed=11)


def test_a_novelty_without_room_is_refused_and_one_just_below_is_not():
    goods = make_goods(WORLD)
    with pytest.raises(StudyError, match=r"leave room for 0\.339 at most") as refused:
        make_shelf(dataclasses.replace(WORLD, novelty=0.34), goods)
    assert str(refused.value).startswith("a novelty of 0.34 would make users put things into the basket with a chance")
    shelf = make_shelf(dataclasses.replace(WORLD, novelty=0.339), goods)
    assert 0.999 < shelf.most.max() <= 1


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("endogenous", [0.0, 1.0])
def test_the_novelty_of_every_day_has_room_in_every_world(seed, endogenous):
    world = World(seed=seed, endogenous_prices=endogenous)
    assert make_shelf(world, make_goods(world)).most.max() <= 1


def test_no_chance_passes_the_most_that_the_shelf_says(stage, lives):
    """Everybody in the best arm of every experiment at once, from the first day of any on."""
    made, life = stage(WORLD), lives(WORLD, 0)
    browsing = browse(made.shelf, life.users, life.browsing.visits, every=True)
    visits, lines = browsing.visits, browsing.lines
    since = np.full_like(life.arms.since, FIRST_LIFT * DAY)
    best = np.array([len(e.arms) - 1 for e in EXPERIMENTS], dtype=np.int8)
    lifts = lift(visits, life.users, Arms(np.repeat(best[:, None], len(life.users), axis=1), since))
    chance = lines.chance * lifts.liking[lines.visit] * lifts.price[lines.visit] ** -lines.elasticity
    user, day = visits.user[lines.visit], visits.at[lines.visit] // DAY
    most = made.shelf.most[life.users.persona[user], made.goods.category[lines.product], day]
    assert (chance <= most * (1 + 1e-9)).all()
    assert lifts.liking.max() > 1.5  # explorers who look at the new page, with the new recommender
    assert most.max() <= 1
