"""From raw quotes to a chain: fill what can be derived, screen the rest, keep the reasons."""

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import Failure, InputError
from shortgamma.basics.time import years_between
from shortgamma.kernels.implied import implied_vol
from shortgamma.market.chain import Chain
from shortgamma.market.forwards import parity_forwards
from shortgamma.market.options import OptionSeries, expiry_of
from shortgamma.market.quotes import NO_STAMP, Quotes
from shortgamma.market.screening import screen, screens


def assemble(quotes: Quotes, *, asof: int | None = None) -> Chain:
    """The chain of the rows that pass every screen.

    Years come from ``asof`` and the expiry unless the row gives them; forwards from put-call parity where
    missing; vols from the mark (else the mid) where missing; spot, where missing, is the forward of the
    nearest expiry.

    Args:
        quotes: What a reader found.
        asof: UTC nanoseconds; needed where the source has neither a time nor years.

    Raises:
        InputError: No time of any kind, or no row passes.
    """
    moment = quotes.asof if asof is None else asof
    years = years_to_expiry(quotes, moment)
    forward = fill_forwards(quotes, years)
    vol = fill_vols(quotes, years, forward)
    passed, failures = screen(quotes, screens(quotes, years, forward, vol))
    quarantined = (*quotes.failures, *failures)
    if not passed.any():
        raise InputError(
            no_row_message(len(quotes), quarantined),
            place=quotes.venue or None,
            remedy="give at least one row that passes every screen of docs/sources.md",
        )
    options = OptionSeries(
        instrument=quotes.instrument[passed],
        is_call=quotes.sign[passed] > 0.0,
        strike=quotes.strike[passed],
        expiry=expiries(quotes, moment, years)[passed],
        years=years[passed],
        forward=forward[passed],
        vol=vol[passed],
        rate=quotes.rate[passed],
        is_inverse=quotes.is_inverse[passed],
    )
    return chain_of(quotes, passed, options=options, asof=moment, quarantined=quarantined)


def chain_of(
    quotes: Quotes,
    passed: NDArray[np.bool_],
    *,
    options: OptionSeries,
    asof: int | None,
    quarantined: tuple[Failure, ...],
) -> Chain:
    """The chain of the rows that passed."""
    nearest = options.forward[np.argmin(options.years)]
    return Chain(
        asof=asof,
        venue=quotes.venue,
        underlying=quotes.underlying,
        spot=quotes.spot if quotes.spot > 0.0 else float(nearest),
        options=options,
        open_interest=quotes.open_interest[passed],
        bid_price=quotes.bid_price[passed],
        ask_price=quotes.ask_price[passed],
        mark_price=quotes.mark_price[passed],
        bid_size=quotes.bid_size[passed],
        ask_size=quotes.ask_size[passed],
        quarantined=quarantined,
    )


def no_row_message(rows: int, quarantined: tuple[Failure, ...]) -> str:
    """Why nothing is left, with the commonest reason."""
    if not quarantined:
        return "no option in it"
    reasons = [failure.reason.value for failure in quarantined]
    commonest = max(set(reasons), key=reasons.count)
    first = quarantined[reasons.index(commonest)]
    example = f"{commonest} ({first.item}: {first.message})"
    return f"none of {max(rows, len(reasons))} rows is usable, most often: {example}"


def years_to_expiry(quotes: Quotes, asof: int | None) -> NDArray[np.float64]:
    """Years of each row: from the expiry where there is one, else as given; NaN where neither."""
    dated = quotes.expiry != NO_STAMP
    if asof is None:
        if not np.isfinite(quotes.years).any() and dated.any():
            raise InputError(
                "the source has no time of its own",
                place=quotes.venue or None,
                remedy="give one with --asof 2026-01-31T00:00Z",
            )
        return quotes.years
    from_stamp = years_between(asof, np.where(dated, quotes.expiry, asof))
    return np.where(dated, from_stamp, quotes.years)


def expiries(quotes: Quotes, asof: int | None, years: NDArray[np.float64]) -> NDArray[np.int64]:
    """Expiry stamp of each row, derived from the years where the source gives none."""
    derived = expiry_of(asof or 0, np.nan_to_num(years, nan=0.0, posinf=0.0, neginf=0.0))
    return np.where(quotes.expiry != NO_STAMP, quotes.expiry, derived)


def fill_forwards(quotes: Quotes, years: NDArray[np.float64]) -> NDArray[np.float64]:
    """Forward of each row; where missing, that of its expiry by parity, else spot."""
    forward = quotes.forward.copy()
    missing = np.isnan(forward)
    for tenor in np.unique(years[missing & np.isfinite(years) & (years > 0.0)]):
        rows = years == tenor
        known = forward[rows & ~missing]
        value = float(np.median(known)) if known.size else expiry_parity(quotes, rows, tenor)
        forward[rows & missing] = value if np.isfinite(value) else quotes.spot
    return forward


def expiry_parity(quotes: Quotes, rows: NDArray[np.bool_], years: float) -> float:
    """Parity forward of one expiry; coin prices are turned to USD at spot first."""
    mid = np.where(
        np.isfinite(quotes.bid_price + quotes.ask_price),
        0.5 * (quotes.bid_price + quotes.ask_price),
        quotes.mark_price,
    ) * np.where(quotes.is_inverse, quotes.spot, 1.0)
    calls = np.flatnonzero(rows & (quotes.sign > 0.0))
    puts = np.flatnonzero(rows & (quotes.sign < 0.0))
    strikes, left, right = np.intersect1d(
        quotes.strike[calls], quotes.strike[puts], return_indices=True
    )
    if strikes.size == 0:
        return float("nan")
    rate = float(quotes.rate[calls[left[0]]])
    return parity_forwards(
        strikes, mid[calls[left]], mid[puts[right]], float(np.exp(-rate * years))
    )


def fill_vols(
    quotes: Quotes, years: NDArray[np.float64], forward: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Vol of each row; where missing, the one that the mark price implies, else the mid."""
    vol = quotes.mark_vol.copy()
    rows = np.flatnonzero(np.isnan(vol) & (quotes.sign != 0.0))
    if rows.size == 0:
        return vol
    mid = 0.5 * (quotes.bid_price[rows] + quotes.ask_price[rows])
    quoted = np.where(np.isfinite(quotes.mark_price[rows]), quotes.mark_price[rows], mid)
    usd = quoted * np.where(quotes.is_inverse[rows], forward[rows], 1.0)
    implied = np.empty(rows.size)
    status = np.empty(rows.size, dtype=np.int8)
    implied_vol(
        usd,
        forward[rows],
        quotes.strike[rows],
        years[rows],
        quotes.rate[rows],
        quotes.sign[rows],
        implied,
        status,
    )
    vol[rows] = implied
    return vol
