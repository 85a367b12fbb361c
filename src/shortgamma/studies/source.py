"""The studies for callers who start from names and files instead of objects."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import parse_stamp
from shortgamma.data import read_inventory, read_quotes, read_trades
from shortgamma.exposure.flow import TakerFlow
from shortgamma.exposure.positioning import (
    DealerLong,
    DealerShort,
    KnownInventory,
    Naive,
    PositioningModel,
)
from shortgamma.market.assembly import assemble
from shortgamma.market.chain import Chain
from shortgamma.market.requests import PriceRows
from shortgamma.studies.assumptions import Assumptions
from shortgamma.studies.exposure import Exposure, exposure
from shortgamma.studies.price import Pricing, price_options

RULES = {"naive": Naive(), "dealer-short": DealerShort(), "dealer-long": DealerLong()}
KIND_SIGN = {"call": 1.0, "c": 1.0, "put": -1.0, "p": -1.0}


def open_chain(source: str, *, asof: str | None = None, underlying: str | None = None) -> Chain:
    """The chain of a SOURCE: ``sample``, a file of any known layout, ….

    Args:
        source: See ``docs/sources.md``.
        asof: ISO 8601; picks a snapshot of a file that holds several, and dates one that has no time.
        underlying: Picks one of several.

    Raises:
        InputError: The source cannot be read, or nothing in it is usable.
    """
    stamp = None if asof is None else parse_stamp(asof)
    quotes = read_quotes(source, asof=stamp, underlying=underlying)
    moment = stamp if quotes.asof is None else quotes.asof
    try:
        return assemble(quotes, asof=moment)
    except InputError as problem:
        raise InputError(problem.problem, place=source, remedy=problem.remedy) from None


def positioning_model(
    name: str | None, chain: Chain, *, source: str, trades: str | None = None
) -> PositioningModel:
    """The positioning of that name; a path is an inventory file, ``sample`` the embedded one.

    Without a name it is ``flow`` where trades are at hand (a ``trades`` file, or the sample's own) and
    ``naive`` otherwise.

    Raises:
        InputError: ``flow`` without trades, or an unreadable file.
    """
    embedded = source.lower().split(":")[0] == "sample"
    prints = trades or (source if embedded else None)
    chosen = name or ("naive" if prints is None else "flow")
    if trades is not None and chosen != "flow":
        raise InputError(
            f"{chosen} uses no trades", place="--trades", remedy="leave them out or take flow"
        )
    if chosen in RULES:
        return RULES[chosen]
    if chosen == "flow":
        if prints is None:
            raise InputError(
                "flow needs trades", place="--positioning", remedy="give them with --trades FILE"
            )
        return TakerFlow(read_trades(prints, underlying=chain.underlying))
    if chosen.split(":")[0] != "sample" and not Path(chosen).exists():
        known = ", ".join([*RULES, "flow"])
        raise InputError(
            f"{chosen!r} is neither a model nor a file",
            place="--positioning",
            remedy=f"use {known}, the path of an inventory file, or sample",
        )
    return KnownInventory(read_inventory(chosen, chain))


def exposure_of(
    source: str | Chain,
    *,
    positioning: str | PositioningModel | None = None,
    trades: str | None = None,
    asof: str | None = None,
    underlying: str | None = None,
    assumptions: Assumptions | None = None,
) -> Exposure:
    """The gamma of the system from a SOURCE or a chain.

    Args:
        source: SOURCE, or a chain already at hand.
        positioning: ``naive``, ``dealer-short``, ``dealer-long``, ``flow``, an inventory file, or a model.
        trades: File of trades for ``flow``.
        asof, underlying: See :func:`open_chain`.
        assumptions: Depth, grid, smile dynamics, time roll, draws.

    Raises:
        InputError: Any input cannot be used.
    """
    chain = (
        source
        if isinstance(source, Chain)
        else open_chain(source, asof=asof, underlying=underlying)
    )
    if positioning is None or isinstance(positioning, str):
        name = source if isinstance(source, str) else ""
        positioning = positioning_model(positioning, chain, source=name, trades=trades)
    return exposure(chain, positioning, assumptions)


def price(
    kind: str | Sequence[str],
    forward: ArrayLike,
    *,
    strike: ArrayLike,
    years: ArrayLike,
    vol: ArrayLike = np.nan,
    price: ArrayLike = np.nan,
    rate: ArrayLike = 0.0,
) -> Pricing:
    """Price, implied vol and every Greek of one option or of many; arguments broadcast.

    Args:
        kind: ``call`` or ``put``.
        forward, strike: USD.
        years: ACT/365.
        vol: Decimal; or
        price: USD, from which the vol is implied where ``vol`` is not given.
        rate: Continuously compounded, per year.

    Raises:
        InputError: A kind is neither call nor put, or arguments do not broadcast.
    """
    kinds = np.atleast_1d(np.asarray(kind, dtype=object))
    unknown = [str(k) for k in kinds if str(k).lower() not in KIND_SIGN]
    if unknown:
        raise InputError(f"{unknown[0]!r} is no kind", place="kind", remedy="use call or put")
    sign = np.array([KIND_SIGN[str(k).lower()] for k in kinds])
    try:
        columns = np.broadcast_arrays(
            *(
                np.atleast_1d(np.asarray(v, float))
                for v in (forward, strike, years, vol, price, rate)
            ),
            sign,
        )
    except ValueError:
        raise InputError(
            "arguments of different lengths", remedy="give scalars or arrays of one length"
        ) from None
    names = ("forward", "strike", "years", "vol", "price", "rate", "sign")
    return price_options(PriceRows(**dict(zip(names, columns, strict=True))))
