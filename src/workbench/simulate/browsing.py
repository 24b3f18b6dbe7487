"""What users look at on each visit, and what they would like: all that no experiment's arm changes.

The uniforms of every step are drawn here, once; an arm only moves the bars that they are held against.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.errors import StudyError
from workbench.simulate import draws
from workbench.simulate.experiments import DAY, EXPERIMENTS
from workbench.simulate.goods import CATEGORIES, PRODUCTS, Goods
from workbench.simulate.people import PERSONAS, PRICE_FACTOR, Users
from workbench.simulate.visits import Visits, joins
from workbench.simulate.world import DAYS, World

LINES_SHARES = np.array([0.10, 0.15, 0.30, 0.45])  # of visits that look at one, two, three, four products
STEPS = ("comes", "view", "checkout", "pay", "redeems", "takes", "leaves")
MOST_LINES = len(LINES_SHARES)
AT_A_TIME = 1024  # lines, so few that they stay in the processor's cache and a matrix product wants no other thread
PER_CATEGORY = PRODUCTS // CATEGORIES
QUANTITY_SHARES = np.array([0.86, 0.11, 0.03])
# A user may be in the best arm of every experiment at once; by persona, as liking is.
MOST_LIKING = np.prod([1 + np.max([arm.liking for arm in e.arms], axis=0) for e in EXPERIMENTS], axis=0)
LEAST_PRICE = float(np.prod([min(arm.price for arm in e.arms) for e in EXPERIMENTS]))
FIRST_LIFT = int(min(e.begins for e in EXPERIMENTS if e.exposed == "page"))  # no day before has other chances


@dataclass(frozen=True, slots=True)
class Shelf:
    """How products are met, the same for all users of a persona.

    Attributes:
        chance: That a product that is seen is put into the basket if in stock; float32 (personas, products, days).
        most: The largest of a category under any arm; float64 (personas, categories, days).
        goods: The goods.
    """

    chance: NDArray[np.float32]
    most: NDArray[np.float64]
    goods: Goods


@dataclass(frozen=True, slots=True)
class Lines:
    """Products that are looked at, in the order of their visits; every array has shape (lines,).

    Attributes:
        visit: Index into the visits; int64.
        product: Index; int64.
        chance: That it is put into the basket if in stock, before arms.
        u: What that is held against.
        in_stock: Whether it is, at that hour.
        quantity: How many would be bought.
        number: Of the line, for uniforms of its own.
        elasticity: Of the user to this product's price.
    """

    visit: NDArray[np.int64]
    product: NDArray[np.int64]
    chance: NDArray[np.float64]
    u: NDArray[np.float64]
    in_stock: NDArray[np.bool_]
    quantity: NDArray[np.int64]
    elasticity: NDArray[np.float64]
    number: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Looks:
    """Looks into a category, before the product is known; every array has shape (lines,).

    Attributes:
        visit, number, u: As of `Lines`.
        category: Index.
    """

    visit: NDArray[np.int64]
    number: NDArray[np.int64]
    category: NDArray[np.int64]
    u: draws.Uniforms


@dataclass(frozen=True, slots=True)
class Browsing:
    """What may happen on visits, before any arm: the visits, their lines, and what each step is held against.

    Attributes:
        visits, lines: Whose lines' `visit` is an index into these visits.
        looked: Products that a visit looks at if it looks at any; int64 (visits,).
        comes, view, checkout, pay: Uniforms of the steps, shape (visits,).
        redeems, takes: Of redeeming a coupon, and of the time until the order; shape (visits,).
        leaves: Of leaving after the order; shape (visits,).
    """

    visits: Visits
    lines: Lines
    looked: NDArray[np.int64]
    comes: draws.Uniforms
    view: draws.Uniforms
    checkout: draws.Uniforms
    pay: draws.Uniforms
    redeems: draws.Uniforms
    takes: draws.Uniforms
    leaves: draws.Uniforms

    def some(self, chosen: NDArray[np.bool_]) -> Browsing:
        """Only some of the visits; `chosen` has shape (visits,)."""
        mine, kept, number = np.flatnonzero(chosen[self.lines.visit]), np.flatnonzero(chosen), np.cumsum(chosen) - 1
        lines = Lines(*(getattr(self.lines, name)[mine] for name in Lines.__slots__))
        steps = (getattr(self, name)[kept] for name in ("looked", *STEPS))
        return Browsing(self.visits.some(kept), replace(lines, visit=number[lines.visit]), *steps)


def make_shelf(world: World, goods: Goods) -> Shelf:
    """The chances of all personas; made once for a world.

    Raises:
        StudyError: The world's novelty would lift a chance above 1, and the effect would be less than it says.
    """
    elasticity = PRICE_FACTOR[:, None] * goods.elasticity[goods.category]
    chance = (goods.acceptance * np.exp(-elasticity[:, :, None] * goods.log_price)).astype(np.float32)
    lifted = chance.astype(np.float64)
    lifted[:, :, FIRST_LIFT:] *= (MOST_LIKING[:, None] * LEAST_PRICE**-elasticity)[:, :, None]
    most = lifted.reshape(len(PERSONAS), CATEGORIES, PER_CATEGORY, DAYS).max(axis=2)
    room = 1 / float(most[:, :, FIRST_LIFT:].max()) - 1
    if world.novelty > room:
        allowed = np.floor(1000 * room) / 1000
        raise StudyError(
            f"a novelty of {world.novelty:g} would make users put things into the basket with a chance above 1; "
            f"the goods of this world leave room for {allowed:g} at most"
        )
    most[:, :, FIRST_LIFT:] *= 1 + max(world.novelty, 0.0)
    return Shelf(chance, most, goods)


def browse(shelf: Shelf, users: Users, visits: Visits, *, every: bool = False) -> Browsing:
    """What each visit looks at.

    Args:
        every: Also lines that no arm could make a user buy; without them less is worked out, and nothing else differs.
    """
    count = 1 + draws.choice(visits.uniforms("lines"), LINES_SHARES)
    slots = np.flatnonzero(np.arange(MOST_LINES) < count[:, None])
    visit, number = slots // MOST_LINES, visits.place[slots // MOST_LINES] * MOST_LINES + slots % MOST_LINES
    user, day = visits.user[visit], visits.at[visit] // DAY
    category = _categories(users, user, visits.uniforms_of("category", MOST_LINES, number))
    steady = visits.world.leaving == "after_order"
    kept = visits.uniforms_of("season", MOST_LINES, number) < shelf.goods.season[category, day]
    kept |= steady & (slots % MOST_LINES == 0)  # there each visit must have something to buy
    looked = np.bincount(visit[kept], minlength=len(visits))
    u = visits.uniforms_of("basket", MOST_LINES, number)
    if not (every or steady):
        kept &= u < shelf.most[users.persona[user], category, day]
    looks = Looks(visit[kept], number[kept], category[kept], u[kept])
    lines = _lines(shelf, users, visits, looks)
    steps = [visits.uniforms(step) for step in STEPS]
    steps[0][joins(visits)] = 0.0  # nothing keeps a user from joining
    return Browsing(visits, lines, looked, *steps)


def _lines(shelf: Shelf, users: Users, visits: Visits, looks: Looks) -> Lines:
    visit, number, category = looks.visit, looks.number, looks.category
    goods, user, at = shelf.goods, visits.user[visit], visits.at[visit]
    persona, day = users.persona[user], at // DAY
    product = _products(goods, users, user, category, visits.uniforms_of("product", MOST_LINES, number))
    if visits.world.leaving == "after_order":
        product = _stand_ins(goods)[product, day]
    return Lines(
        visit=visit,
        product=product,
        chance=shelf.chance[persona, product, day].astype(np.float64),
        u=looks.u,
        in_stock=at % DAY // 3600 < goods.open_hours[product, day],
        quantity=1 + draws.choice(visits.uniforms_of("quantity", MOST_LINES, number), QUANTITY_SHARES),
        elasticity=PRICE_FACTOR[persona] * goods.elasticity[category],
        number=number,
    )


def _categories(users: Users, user: NDArray[np.int32], u: draws.Uniforms) -> NDArray[np.int64]:
    """The category of each line, by the interest of its user: one search in all users' cumulative shares."""
    ends = (users.interest + np.arange(len(users))[:, None]).ravel()
    found = np.searchsorted(ends, user + u, side="right") - user.astype(np.int64) * CATEGORIES
    return np.asarray(np.clip(found, 0, CATEGORIES - 1))


def _products(
    goods: Goods, users: Users, user: NDArray[np.int32], category: NDArray[np.int64], u: draws.Uniforms
) -> NDArray[np.int64]:
    """The product of each line: a logit of tastes and popularity within the category."""
    product: NDArray[np.int64] = np.empty(len(user), dtype=np.int64)
    order = np.argsort(category, kind="stable")
    ends = np.searchsorted(category[order], np.arange(CATEGORIES + 1))
    taste, popularity = goods.taste.astype(np.float64), goods.popularity.astype(np.float64)
    for one in range(CATEGORIES):
        these = slice(one * PER_CATEGORY, (one + 1) * PER_CATEGORY)
        for start in range(ends[one], ends[one + 1], AT_A_TIME):
            lines = order[start : min(start + AT_A_TIME, ends[one + 1])]
            logit = popularity[these] + users.taste[user[lines]] @ taste[these].T
            product[lines] = these.start + draws.choice(u[lines], np.exp(logit))
    return product


def _stand_ins(goods: Goods) -> NDArray[np.int64]:
    """The next product of the category that is in stock all day, itself if it is; shape (products, days)."""
    shape = (CATEGORIES, PER_CATEGORY, DAYS)
    there = ((goods.open_hours == 24) & (goods.acceptance > 0)).reshape(shape)
    place = np.broadcast_to(np.arange(PER_CATEGORY)[:, None], shape).copy()
    for further in range(1, PER_CATEGORY):
        other = (np.arange(PER_CATEGORY) + further) % PER_CATEGORY
        open_to = np.take_along_axis(there, place, axis=1)
        place = np.where(open_to, place, np.broadcast_to(other[:, None], shape))
    return np.asarray((place + PER_CATEGORY * np.arange(CATEGORIES)[:, None, None]).reshape(PRODUCTS, DAYS))
