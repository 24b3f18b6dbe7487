"""Random numbers that depend on the seed, on what they are for, and on the entity's number: on nothing else.

Users and products have numbers of their own in the world.  A visit's is its rank within its block of users, in the
order in which the visits of its stream are drawn, user by user: who comes later moves no visit of those before, but
whatever gave an earlier user of the block one visit more would give all later ones other numbers.

Philox (Salmon and others 2011, "Parallel random numbers: as easy as 1, 2, 3") turns a key and a counter into numbers
without a state to carry along, so any part of the world can be made by itself, in any order and on any thread.  Numpy
promises that the raw numbers of its bit generators stay as they are, but not its distributions: those are made here,
by inverse transforms.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray
from scipy import special

Uniforms = NDArray[np.float64]
_PER_COUNTER = 4  # numbers that Philox makes of one counter


def uniforms(seed: int, purpose: str, first: int, count: int, *, block: int = 0) -> Uniforms:
    """Numbers strictly between 0 and 1 for the entities `first`, …, `first + count − 1`; shape (count,).

    Args:
        seed: Of the world.
        purpose: What they decide, like "visits.pay"; each purpose has numbers of its own.
        first: Number of the first entity, from 0.
        count: How many.
        block: For entities that are numbered within a block of users (visits, and what belongs to them), that block's
            number.
    """
    key = np.array([seed % 2**64, _number(purpose)], dtype=np.uint64)
    start, skipped = divmod(first, _PER_COUNTER)
    philox = np.random.Philox(key=key, counter=np.array([start, block, 0, 0], dtype=np.uint64))
    raw = philox.random_raw(skipped + count)[skipped:]
    raw >>= np.uint64(11)
    drawn = raw.astype(np.float64)
    drawn += 0.5  # in place, as much of a world's making is spent here
    drawn *= 2.0**-53
    return drawn


def normal(u: Uniforms) -> Uniforms:
    """Standard normal numbers, of the shape of `u`."""
    return np.asarray(special.ndtri(u))


def gamma(u: Uniforms, shape: float | Uniforms) -> Uniforms:
    """Gamma numbers with this shape and scale 1, of the shape of `u`."""
    return np.asarray(special.gammaincinv(shape, u))


def exponential(u: Uniforms) -> Uniforms:
    """Exponential numbers with mean 1, of the shape of `u`."""
    return -np.log1p(-u)


def beta(u: Uniforms, a: float, b: float) -> Uniforms:
    """Beta numbers, of the shape of `u`."""
    return np.asarray(special.betaincinv(a, b, u))


def poisson(u: Uniforms, mean: Uniforms) -> NDArray[np.int64]:
    """Poisson numbers with these means (at most some hundreds), of the shape of `u`.

    The probabilities are summed from 0 on, so that a number is exact up to the rounding of that sum.
    """
    counts = np.zeros(u.shape, dtype=np.int64)
    left = np.flatnonzero(u > np.exp(-mean))
    probability, mean = np.exp(-mean[left]), mean[left]
    above = u[left] - probability
    k = 0
    while len(left):
        k += 1
        counts[left] = k
        probability = probability * mean / k
        above = above - probability
        going_on = (above > 0) & ((k < mean) | (probability > 0))
        left, probability, mean, above = left[going_on], probability[going_on], mean[going_on], above[going_on]
    return counts


def choice(u: Uniforms, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which of several, by their shares; the index, of the shape of `u`.

    Args:
        u: Shape (n,).
        shares: Their weights, shape (options,), or (n, options) where they differ; they need not sum to 1.
    """
    ends = np.cumsum(shares, axis=-1)
    if ends.ndim == 1:
        found: NDArray[np.int64] = np.minimum(np.searchsorted(ends, u * ends[-1], side="right"), len(ends) - 1)
        return found
    return np.asarray((u[:, None] * ends[:, -1:] >= ends[:, :-1]).sum(axis=1))


def _number(purpose: str) -> int:
    return int.from_bytes(hashlib.blake2b(purpose.encode(), digest_size=8).digest(), "little")
