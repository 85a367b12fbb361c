"""What holds for every process: martingale, stated volatility, numbers that depend on the path alone."""

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.processes.bootstrap import Bootstrap
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.processes.hawkes import Hawkes
from shortgamma.feedback.processes.heston import Heston
from shortgamma.feedback.processes.kou import Kou
from shortgamma.feedback.processes.merton import Merton
from shortgamma.feedback.processes.svcj import Svcj
from tests.feedback.processes.builders import HOUR_YEARS, history_of, moves_of, within

RETURNS = 0.004 + 0.02 * np.random.default_rng(3).standard_t(4, 400)
PROCESSES = (
    Gbm(vol=0.6),
    Merton(vol=0.5, intensity=300.0, jump_mean=-0.03, jump_vol=0.05),
    Kou(vol=0.5, intensity=300.0, up_probability=0.7, mean_up=0.04, mean_down=0.03),
    Heston(vol=0.5, long_vol=0.9, reversion=10.0, vol_of_vol=4.0, correlation=-0.6),
    Heston(vol=0.5, long_vol=0.4, reversion=3.0, vol_of_vol=5.0, correlation=0.5),
    Hawkes(vol=0.4, base_intensity=100.0, branching=0.7, half_life_hours=12.0, jump_mean=-0.02),
    Svcj(),
    Bootstrap(history=history_of(RETURNS), block=20),
)
# Heston's variance moves over its first year: test_stochastic_vol looks at the whole of it.
STATIONARY = tuple(process for process in PROCESSES if process.name != "heston")
STILL = (
    Merton(vol=0.0, intensity=0.0),
    Merton(vol=0.0, intensity=50.0, jump_mean=0.0, jump_vol=0.0),
    Kou(vol=0.0, intensity=0.0),
    Kou(vol=0.0, intensity=50.0, mean_up=0.0, mean_down=0.0),
    Heston(vol=0.0),
    Hawkes(vol=0.0, base_intensity=0.0),
    Svcj(daily_intensity=0.0, inflow=0.0),
)


def name_of(process):
    return process.name


@pytest.mark.parametrize("process", PROCESSES, ids=name_of)
def test_the_price_is_a_martingale_at_every_horizon(process):
    level = np.cumsum(moves_of(process, years=HOUR_YEARS, steps=120, paths=40_000), axis=0)
    for step in (0, 19, 119):
        assert within(np.exp(level[step]), 1.0)


@pytest.mark.parametrize(
    "process", [Heston(vol=0.6, vol_of_vol=5.0), Hawkes(vol=0.5), Merton(vol=0.5, intensity=500.0)]
)
def test_steps_of_a_week_keep_the_martingale(process):
    level = moves_of(process, years=7 / 365, steps=8, paths=100_000).sum(axis=0)
    assert within(np.exp(level), 1.0)


@pytest.mark.parametrize(
    "process",
    [
        Merton(vol=0.5, drift=0.9),
        Kou(vol=0.5, drift=0.9),
        Heston(vol=0.5, drift=0.9),
        Hawkes(vol=0.5, drift=0.9),
        Svcj(drift=0.9),
        Bootstrap(history=history_of(RETURNS), block=7, drift=0.9),
    ],
    ids=name_of,
)
def test_drift_is_the_growth_of_the_mean(process):
    still = type(process)(
        **{
            name: getattr(process, name)
            for name in process.__dataclass_fields__
            if name != "drift" and process.__dataclass_fields__[name].init
        }
    )
    with_drift = moves_of(process, years=HOUR_YEARS, steps=30, paths=50)
    without = moves_of(still, years=HOUR_YEARS, steps=30, paths=50)
    np.testing.assert_allclose(with_drift - without, 0.9 * HOUR_YEARS, rtol=1e-9)


@pytest.mark.parametrize("process", STATIONARY, ids=name_of)
def test_realised_variance_is_that_of_annual_vol(process):
    moves = moves_of(process, years=HOUR_YEARS, steps=240, paths=20_000)
    assert within((moves**2).sum(axis=0) / (240 * HOUR_YEARS), process.annual_vol**2)


@pytest.mark.parametrize("process", PROCESSES, ids=name_of)
def test_a_block_boundary_changes_no_number(process):
    whole = moves_of(process, years=HOUR_YEARS, steps=70, paths=64)
    part = moves_of(process, years=HOUR_YEARS, steps=70, paths=13, first_path=20)
    np.testing.assert_array_equal(part, whole[:, 20:33])


@pytest.mark.parametrize("process", PROCESSES, ids=name_of)
def test_another_seed_and_another_path_are_other_numbers(process):
    one = moves_of(process, years=HOUR_YEARS, steps=40, paths=64)
    other = moves_of(process, years=HOUR_YEARS, steps=40, paths=64, seed=8)
    assert not np.array_equal(one, other)
    assert np.unique(one.sum(axis=0)).size == 64


@pytest.mark.parametrize("process", STILL, ids=name_of)
def test_nothing_that_moves_leaves_the_price_where_it_is(process):
    moves = moves_of(process, years=HOUR_YEARS, steps=50, paths=200)
    np.testing.assert_allclose(moves, 0.0, atol=1e-12)
    assert process.annual_vol == 0.0


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Merton(vol=-0.1), "merton: vol -0.1 is negative"),
        (lambda: Merton(vol=0.5, intensity=float("nan")), "intensity nan is not finite"),
        (lambda: Kou(vol=0.5, mean_up=1.0), "mean_up 1 is not between"),
        (lambda: Kou(vol=0.5, up_probability=1.2), "up_probability 1.2 is above 1"),
        (lambda: Heston(vol=0.5, correlation=1.0), "correlation 1 is not between"),
        (lambda: Heston(vol=0.5, reversion=0.0), "reversion is 0"),
        (lambda: Hawkes(vol=0.5, branching=1.0), "branching 1: jumps would never end"),
        (lambda: Hawkes(vol=0.5, half_life_hours=0.0), "half_life_hours is 0"),
        (lambda: Svcj(reversion=0.1), "would not return to a mean"),
        (lambda: Svcj(jump_lean=30.0), "expected price would be infinite"),
        (lambda: Bootstrap(history=history_of(RETURNS), block=401), "blocks of 401 bars from 400"),
        (lambda: Bootstrap(history=history_of(RETURNS), block=0), "blocks of 0 bars"),
    ],
)
def test_parameters_out_of_range_are_refused(make, told):
    with pytest.raises(InputError, match=told) as refused:
        make()
    assert refused.value.place
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("process", "years", "told"),
    [
        (Merton(vol=0.5, intensity=100.0), 1.0, "100 jumps expected in one step"),
        (Kou(vol=0.5, intensity=100.0), 1.0, "100 jumps expected in one step"),
        (Hawkes(vol=0.5, base_intensity=100.0), 1.0, "250 jumps expected in one step"),
        (Svcj(), 2 / 365, "a step of 2 days"),
        (Heston(vol=0.5, correlation=0.9, vol_of_vol=9.0), 1.0, "too long for correlation 0.9"),
    ],
    ids=["merton", "kou", "hawkes", "svcj", "heston"],
)
def test_steps_that_are_too_long_are_refused(process, years, told):
    with pytest.raises(InputError, match=told):
        moves_of(process, years=years, steps=1, paths=2)
