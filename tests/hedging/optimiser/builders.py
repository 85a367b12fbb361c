"""Problems made for a test: few instruments, plain figures."""

import numpy as np

from shortgamma.hedging.optimiser.problem import Band, Ceiling, Instruments, Problem


def instruments(cost, *, most=np.inf, lot=0.0):
    """Instruments that cost the same to buy and to sell."""
    cost = np.asarray(cost, float)
    return Instruments(
        names=tuple(f"i{k}" for k in range(cost.size)),
        buy_cost=cost,
        sell_cost=cost,
        most_bought=np.broadcast_to(most, cost.shape),
        most_sold=np.broadcast_to(most, cost.shape),
        lot=np.broadcast_to(lot, cost.shape),
    )


def hull():
    """The book of J. Hull's chapter on Greeks, with the underlying as the last instrument."""
    bands = (
        ("gamma", -5000.0, (0.5, 0.8, 0.0)),
        ("vega", -8000.0, (2.0, 1.2, 0.0)),
        ("delta", 0.0, (0.6, 0.5, 1.0)),
    )
    return Problem(
        instruments=instruments([0.01, 0.01, 0.0]),
        limits=tuple(
            Band(name=name, start=start, slope=np.array(slope), low=0.0, high=0.0)
            for name, start, slope in bands
        ),
        unit=1000.0,
    )


def random_problem(seed, *, count=12, most_legs=None, lot=0.0, room=0.3):
    """A book short gamma and vega, random options with sizes, an underlying that is free, a worst cell."""
    rng = np.random.default_rng(seed)
    gamma, vega = rng.uniform(0.1, 3.0, count), rng.uniform(0.1, 3.0, count)
    delta = rng.uniform(-1.0, 1.0, count)
    cost = np.append(rng.uniform(0.1, 2.0, count), 0.0)
    moves = np.linspace(-1.0, 1.0, 5)
    loss = -0.5 * gamma * moves[:, None] ** 2 - delta * moves[:, None]
    start = 20.0 * moves**2 + 2.0 * moves
    book = {"delta": -2.0, "gamma": -40.0, "vega": -30.0}
    slopes = {"delta": np.append(delta, 1.0), "gamma": np.append(gamma, 0.0)}
    slopes["vega"] = np.append(vega, 0.0)
    return Problem(
        instruments=instruments(cost, most=np.append(rng.uniform(5.0, 20.0, count), 1e3), lot=lot),
        limits=(
            *(
                Band(
                    name=name,
                    start=book[name],
                    slope=slopes[name],
                    low=-room * abs(book[name]),
                    high=room * abs(book[name]),
                )
                for name in book
            ),
            Ceiling(
                name="worst",
                start=start,
                slope=np.column_stack([loss, -moves]),
                most=0.5 * start.max(),
            ),
        ),
        unit=10.0,
        most_legs=most_legs,
    )
