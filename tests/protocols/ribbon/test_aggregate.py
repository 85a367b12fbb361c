"""What many hold is what few hold, exactly."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.basics.errors import InputError
from shortgamma.protocols.ribbon.aggregate import Deposits, Population, per_contract

unhurried = settings(deadline=None, max_examples=40, derandomize=True)
positions = st.lists(
    st.tuples(st.booleans(), st.integers(0, 3), st.integers(1, 5), st.integers(-(10**17), 10**17)),
    min_size=1,
    max_size=60,
)


@given(rows=positions)
@unhurried
def test_sums_per_contract_are_exact_in_the_smallest_units(rows):
    is_call, expiry, strike, quantity = map(np.array, zip(*rows, strict=True))
    found = per_contract(is_call, expiry, strike=1e8 * strike, quantity=quantity)
    expected: dict[tuple[bool, int, float], int] = {}
    for call, week, level, units in rows:
        key = (call, week, 1e8 * level)
        expected[key] = expected.get(key, 0) + units
    keys = zip(
        found.is_call.tolist(),
        found.expiry.astype(int).tolist(),
        found.strike.tolist(),
        strict=True,
    )
    assert dict(zip(keys, found.quantity.tolist(), strict=True)) == expected
    assert found.quantity.dtype == quantity.dtype


@given(seed=st.integers(0, 2**31), vaults=st.integers(1, 400), more=st.integers(0, 3_000))
@unhurried
def test_deposits_vaults_and_groups_add_up(seed, vaults, more):
    deposits = Deposits.drawn(vaults=vaults, depositors=vaults + more, usd=1e9, seed=seed)
    per_vault = deposits.per_vault(vaults)
    exact = [Fraction(0)] * vaults
    for number, usd in zip(deposits.vault.tolist(), deposits.usd.tolist(), strict=True):
        exact[number] += Fraction(usd)
    np.testing.assert_allclose(per_vault, [float(total) for total in exact], rtol=1e-13)
    assert np.all(per_vault > 0.0)
    assert per_vault.sum() == pytest.approx(1e9, rel=1e-12)
    population = Population(vaults=vaults, depositors=vaults + more, seed=seed, spread_hours=144.0)
    drawn = population.drawn(2_000.0)
    grouping = drawn.grouped()
    groups, member = grouping.groups, grouping.member
    for name in ("is_call", "step", "delta", "offset_hours"):
        np.testing.assert_array_equal(getattr(groups, name)[member], getattr(drawn, name))
    for group in range(len(groups)):
        assert groups.usd[group] == pytest.approx(drawn.usd[member == group].sum(), rel=1e-13)
    assert len(groups) <= 2 * 3 * 7
    assert drawn.offset_hours.max() <= 144.0


def test_a_few_vaults_hold_most_and_calls_hold_their_share():
    drawn = Population(call_share=0.3).drawn(2_000.0)
    ordered = np.sort(drawn.usd)[::-1]
    assert ordered[:30].sum() > 0.4 * ordered.sum()
    calls = drawn.usd[drawn.is_call].sum() / drawn.usd.sum()
    assert calls == pytest.approx(0.3, abs=ordered[0] / ordered.sum())
    assert not Population(call_share=0.0).drawn(2_000.0).is_call.any()
    assert Population(call_share=1.0).drawn(2_000.0).is_call.all()


def test_the_same_seed_draws_the_same_vaults():
    first, again, other = (Population(seed=seed).drawn(100.0) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first.usd, again.usd)
    assert not np.array_equal(first.usd, other.usd)


@pytest.mark.parametrize(
    "changes",
    [
        {"vaults": 0},
        {"vaults": 10, "depositors": 9},
        {"usd": 0.0},
        {"seed": -1},
        {"call_share": 1.1},
        {"spread_hours": 168.0},
        {"depositors": 10**7},
    ],
)
def test_absurd_populations_are_one_line(changes):
    with pytest.raises(InputError) as caught:
        Population(**changes).drawn(2_000.0)
    assert caught.value.remedy
