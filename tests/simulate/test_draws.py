"""Random numbers: the generator is the published one, and what is made of its numbers is what it says."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from workbench.simulate import draws

COUNT = 40_000


@pytest.fixture(scope="module")
def u() -> np.ndarray:
    return draws.uniforms(11, "a test", 0, COUNT)


@pytest.mark.parametrize(
    ("counter", "key", "wanted"),
    [
        (0, 0, (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B)),
        (2**256 - 1, 2**128 - 1, (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0)),
    ],
)
def test_the_generator_is_the_published_one(counter, key, wanted):
    """Philox4x64-10 of Random123 (Salmon and others 2011), kat_vectors; numpy counts up before it makes numbers."""
    philox = np.random.Philox(key=key, counter=(counter - 1) % 2**256)
    assert tuple(int(number) for number in philox.random_raw(4)) == wanted


def test_numbers_are_those_of_the_key_and_the_counter():
    raw = np.random.Philox(
        key=np.array([11, draws._number("visits.pay")], dtype=np.uint64),
        counter=np.array([2, 7, 0, 0], dtype=np.uint64),
    ).random_raw(4)
    wanted = [((int(number) >> 11) + 0.5) / 2**53 for number in raw]
    assert draws.uniforms(11, "visits.pay", 8, 4, block=7).tolist() == wanted


def test_any_part_can_be_made_by_itself(u):
    for first, count in ((0, 1), (1, 2), (3, 9), (4096, 17)):
        assert draws.uniforms(11, "a test", first, count).tolist() == u[first : first + count].tolist()


@pytest.mark.parametrize("other", [(12, "a test", 0), (11, "another", 0), (11, "a test", 1)])
def test_seed_purpose_and_block_each_give_other_numbers(u, other):
    seed, purpose, block = other
    found = draws.uniforms(seed, purpose, 0, COUNT, block=block)
    assert not np.isin(found, u).any()
    assert abs(np.corrcoef(found, u)[0, 1]) < 3 / np.sqrt(COUNT)


def test_uniforms_are_uniform_and_never_at_the_ends(u):
    assert 0 < u.min() < u.max() < 1
    assert stats.kstest(u, "uniform").pvalue > 0.001


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (draws.normal, stats.norm()),
        (draws.exponential, stats.expon()),
        (lambda u: draws.gamma(u, 1.3), stats.gamma(1.3)),
        (lambda u: draws.beta(u, 1.0, 4.0), stats.beta(1, 4)),
    ],
)
def test_transforms_are_inverse_distribution_functions(u, made, wanted):
    assert wanted.cdf(made(u)) == pytest.approx(u, abs=1e-9)


def test_poisson_numbers_are_quantiles(u):
    mean = np.repeat([0.0, 0.01, 0.7, 3.0, 40.0, 300.0], 1000)
    assert draws.poisson(u[:6000], mean).tolist() == stats.poisson(mean).ppf(u[:6000]).astype(int).tolist()


def test_choices_follow_their_shares(u):
    shares = np.array([1.0, 0.0, 3.0])
    found = draws.choice(u, shares)
    assert set(found.tolist()) == {0, 2}
    assert found.tolist() == np.where(u < 0.25, 0, 2).tolist()
    assert draws.choice(u[:5], np.tile(shares, (5, 1))).tolist() == found[:5].tolist()
