"""Views made for a test, and a hedger who follows a rule at a price that his trades do not move."""

import numpy as np

from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.hedging.policy import HedgeView

MINUTE = 60.0 / SECONDS_PER_YEAR


def view(**values):
    """A view of as many paths as the longest array in ``values``; plain figures unless given."""
    defaults = {
        "price": 100.0,
        "held": 0.0,
        "target": 0.0,
        "gamma": -0.01,
        "vol": 0.5,
        "last_years": 0.0,
        "last_price": 100.0,
        "spent": 0.0,
    }
    arrays = {name: values.pop(name, default) for name, default in defaults.items()}
    columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(a, float)) for a in arrays.values()))
    times = {"years": 0.0, "step_years": MINUTE} | values
    return HedgeView(**times, **dict(zip(arrays, columns, strict=True)))


def trade(rule, gap):
    """Units bought under a rule, as its docstring states it."""
    gap = np.asarray(gap, float)
    band = np.broadcast_to(np.asarray(rule.band, float), gap.shape)
    edge = np.where(np.isfinite(band), band, 0.0) * rule.landing
    size = np.minimum(np.maximum(np.abs(gap) - edge, 0.0), rule.most)
    return np.where(np.abs(gap) > band, np.copysign(size, gap), 0.0)


def follow(policy, targets, *, step_years=MINUTE, held=0.0, price=100.0, gamma=-0.01):
    """Trades of one hedger whose target runs through ``targets``, one a step, shape (steps,)."""
    trades = np.zeros(len(targets))
    last_years = 0.0
    for k, target in enumerate(targets):
        seen = view(
            years=k * step_years,
            step_years=step_years,
            held=held,
            target=target,
            price=price,
            gamma=gamma,
            last_years=last_years,
        )
        trades[k] = trade(policy.rule(seen), [target - held])[0]
        held += trades[k]
        if trades[k] != 0.0:
            last_years = (k + 1) * step_years
    return trades


def wander(policy, *, problem, steps, paths, step_years, seed, burn=0):
    """Long-run figures of a hedger with a constant gamma: each path's mean over the steps after ``burn``.

    Returns:
        Squared distance after trading, units traded and number of trades per year, each of shape (paths,).
    """
    rng = np.random.default_rng(seed)
    held, target = np.zeros(paths), np.zeros(paths)
    last_years = np.zeros(paths)
    square, traded, count = np.zeros(paths), np.zeros(paths), np.zeros(paths)
    for k in range(steps):
        target += problem.delta_vol * np.sqrt(step_years) * rng.standard_normal(paths)
        seen = view(
            years=k * step_years,
            step_years=step_years,
            held=held,
            target=target,
            price=problem.spot,
            gamma=problem.gamma,
            last_years=last_years,
        )
        before = target - held
        bought = trade(policy.rule(seen), before)
        held += bought
        last_years[bought != 0.0] = (k + 1) * step_years
        if k >= burn:
            # The distance between two steps is about the mean of its ends.
            square += 0.5 * (before**2 + (target - held) ** 2)
            traded += np.abs(bought)
            count += bought != 0.0
    years = (steps - burn) * step_years
    return square / (steps - burn), traded / years, count / years
