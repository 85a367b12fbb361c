"""What are these options worth, and how do they move: price, implied vol and every Greek."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import ShapeError, Status
from shortgamma.basics.units import (
    DAYS_PER_YEAR,
    LARGEST_PRICE,
    LARGEST_RATE,
    LONGEST_YEARS,
    POINT,
    SMALLEST_PRICE,
)
from shortgamma.kernels.black import N_GREEKS, Greek, black_greeks
from shortgamma.kernels.implied import implied_vol
from shortgamma.market.requests import PriceRows

Vector = NDArray[np.float64]

PER_DAY = 1.0 / DAYS_PER_YEAR
COLUMNS = {
    "price": (Greek.PRICE, 1.0),
    "delta": (Greek.DELTA, 1.0),
    "delta_coin": (Greek.DELTA_COIN, 1.0),
    "gamma": (Greek.GAMMA, 1.0),
    "vega_per_point": (Greek.VEGA, POINT),
    "theta_per_day": (Greek.THETA, PER_DAY),
    "vanna_per_point": (Greek.VANNA, POINT),
    "volga_per_point": (Greek.VOLGA, POINT * POINT),
    "charm_per_day": (Greek.CHARM, PER_DAY),
    "speed": (Greek.SPEED, 1.0),
    "zomma_per_point": (Greek.ZOMMA, POINT),
    "color_per_day": (Greek.COLOR, PER_DAY),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pricing:
    """Prices and Greeks, one element per request in its order; NaN where ``status`` is not ok.

    Args:
        values: By name: every key of ``COLUMNS`` plus ``price_coin``, ``vol`` and ``rho_per_point``.
        status: One :class:`shortgamma.basics.errors.Status` per request.
    """

    values: dict[str, Vector]
    status: NDArray[np.int8]

    def to_rows(self) -> list[dict[str, float | str | None]]:
        """One mapping per request; None in place of NaN, and the status in words."""
        names = list(self.values)
        columns = [self.values[name].tolist() for name in names]
        rows: list[dict[str, float | str | None]] = []
        for code, row in zip(self.status.tolist(), zip(*columns, strict=True), strict=True):
            values = {n: (v if v == v else None) for n, v in zip(names, row, strict=True)}  # noqa: PLR0124
            rows.append({**values, "status": Status(code).text})
        return rows


def price_options(rows: PriceRows) -> Pricing:
    """Prices, implied vols and Greeks of a batch of options.

    Args:
        rows: Requests; where ``vol`` is NaN it is implied from ``price``, USD.

    Returns:
        Every figure in a desk's units. A price without time value has vol 0 and no Greeks, as its status
        says.
    """
    vol, status = vols(rows)
    bad_input = input_status(rows)
    status = np.where(bad_input != Status.OK, bad_input, status).astype(np.int8)
    timeless = (status == Status.OK) & (vol == 0.0)
    status[timeless] = Status.NO_TIME_VALUE
    good = status == Status.OK
    greeks = np.full((N_GREEKS, len(rows.sign)), np.nan)
    computed = np.empty((N_GREEKS, int(good.sum())))
    black_greeks(
        rows.forward[good],
        rows.strike[good],
        rows.years[good],
        vol[good],
        rows.rate[good],
        rows.sign[good],
        computed,
    )
    greeks[:, good] = computed
    values = {name: greeks[row] * scale for name, (row, scale) in COLUMNS.items()}
    values["price"][timeless] = rows.price[timeless]
    values["price_coin"] = np.full(len(rows.sign), np.nan)
    priced = good | timeless
    values["price_coin"][priced] = values["price"][priced] / rows.forward[priced]
    values["vol"] = np.where(priced, vol, np.nan)
    values["rho_per_point"] = np.full(len(rows.sign), np.nan)
    values["rho_per_point"][good] = -rows.years[good] * values["price"][good] * POINT
    overflowed = good & ~np.all(np.isfinite(np.stack(list(values.values()))), axis=0)
    status[overflowed] = Status.NOT_FINITE
    values = {name: np.where(overflowed, np.nan, value) for name, value in values.items()}
    return Pricing(values=values, status=status)


def input_status(rows: PriceRows) -> NDArray[np.int8]:
    """Status of the inputs alone."""
    inputs = np.stack((rows.forward, rows.strike, rows.years))
    status = np.full(len(rows.sign), Status.OK, dtype=np.int8)
    status[np.any(inputs <= 0.0, axis=0)] = Status.NOT_POSITIVE
    prices = inputs[:2]
    beyond = np.any((prices > LARGEST_PRICE) | ((prices > 0.0) & (prices < SMALLEST_PRICE)), axis=0)
    beyond |= (rows.years > LONGEST_YEARS) | (np.abs(rows.rate) > LARGEST_RATE)
    status[beyond] = Status.OUT_OF_RANGE
    finite = np.all(np.isfinite(inputs), axis=0) & np.isfinite(rows.rate) & (rows.sign != 0.0)
    status[~finite] = Status.NOT_FINITE
    return status


def vols(rows: PriceRows) -> tuple[Vector, NDArray[np.int8]]:
    """Vol of each request as given, or implied from its price."""
    if not len(rows.sign) == len(rows.vol) == len(rows.price):
        raise ShapeError("vol, price and kind must have one element per option")
    vol = rows.vol.copy()
    status = np.full(vol.size, Status.OK, dtype=np.int8)
    status[vol <= 0.0] = Status.NOT_POSITIVE
    status[np.isinf(vol)] = Status.NOT_FINITE
    wanted = np.isnan(vol)
    implied = np.empty(int(wanted.sum()))
    outcome = np.empty(implied.size, dtype=np.int8)
    implied_vol(
        rows.price[wanted],
        rows.forward[wanted],
        rows.strike[wanted],
        rows.years[wanted],
        rows.rate[wanted],
        rows.sign[wanted],
        implied,
        outcome,
    )
    vol[wanted] = implied
    status[wanted] = outcome
    return vol, status
