"""Playing a mechanism through events."""

from dataclasses import dataclass

import numpy as np
import pytest

from shortgamma.basics.errors import InputError, RefusedError
from shortgamma.protocols.mechanism import Mechanism, Origin, PoolGreeks, as_plain, play


@dataclass(frozen=True, slots=True, kw_only=True)
class Till:
    coins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    coins: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    left: int


def take(state: Till, event: Take) -> tuple[Till, Taken]:
    if event.coins > state.coins:
        raise RefusedError("not enough coins")
    left = state.coins - event.coins
    return Till(coins=left), Taken(left=left)


TILL = Mechanism(
    name="till",
    title="A till",
    state=Till,
    events={"take": Take},
    step=take,
    origin=Origin(source="this test"),
    gamma="none",
    hedger="nobody",
)


def test_a_refused_event_leaves_the_state_and_says_why() -> None:
    done = play(TILL, Till(coins=10**30), [Take(coins=1), Take(coins=10**31), Take(coins=2)])
    assert [state.coins for state in done.states] == [10**30 - 1, 10**30 - 1, 10**30 - 3]
    assert as_plain(done.outcomes[1]) == {"refused": "not enough coins"}
    assert as_plain(done.states[0]) == {"coins": 10**30 - 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    price: float


@pytest.mark.parametrize("price", [-1.0, np.array([2.0, -0.5])])
def test_a_negative_price_is_no_event_of_any_contract(price: object) -> None:
    with pytest.raises(InputError, match="price is -"):
        TILL.after(Till(coins=1), Quoted(price=price))  # type: ignore[arg-type]


def test_arrays_of_a_state_become_lists() -> None:
    greeks = PoolGreeks(value_usd=np.array([1.0, 2.0]), delta=np.float64(0.5), gamma=-0.25)
    assert as_plain({"a": greeks}) == {
        "a": {
            "value_usd": [1.0, 2.0],
            "delta": 0.5,
            "gamma": -0.25,
            "vega_usd_per_point": 0.0,
            "theta_usd_per_day": 0.0,
        }
    }


def test_gamma_per_percent_of_a_pool_has_the_sign_of_its_gamma() -> None:
    greeks = PoolGreeks(value_usd=0.0, delta=0.0, gamma=-0.002)
    assert greeks.gamma_usd_per_pct(1_000.0) == -20.0
