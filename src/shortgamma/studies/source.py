"""The studies for callers who start from names and files instead of objects."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import parse_stamp
from shortgamma.basics.units import NANOSECONDS_PER_SECOND
from shortgamma.data import read_inventory, read_prices, read_quotes, read_trades
from shortgamma.exposure.flow import TakerFlow
from shortgamma.exposure.positioning import (
    DealerLong,
    DealerShort,
    KnownInventory,
    Naive,
    PositioningModel,
)
from shortgamma.feedback.engine import Progress, Run
from shortgamma.market.assembly import assemble
from shortgamma.market.chain import Chain
from shortgamma.market.history import PriceHistory
from shortgamma.market.requests import PriceRows
from shortgamma.studies.assumptions import Assumptions
from shortgamma.studies.exposure import Exposure, exposure
from shortgamma.studies.price import Pricing, price_options
from shortgamma.studies.scenarios.books import HeldBook, held_book
from shortgamma.studies.scenarios.bundled import ReplayedPrices
from shortgamma.studies.scenarios.scenario import Inputs, Scenario
from shortgamma.studies.simulation import Simulation, scenario_from, simulation

RULES = {"naive": Naive(), "dealer-short": DealerShort(), "dealer-long": DealerLong()}
KIND_SIGN = {"call": 1.0, "c": 1.0, "put": -1.0, "p": -1.0}
PATHS = 10_000


class RunFigures(TypedDict, total=False):
    """How much to simulate.

    Attributes:
        paths: How many; 10,000, and 1 where a series is replayed, since all paths would be the same.
        seed: The same seed gives the same figures, whatever the workers.
        workers: Threads; 2.
        asof, underlying: Of the chain, see :func:`open_chain`; the underlying also of the prices.
    """

    paths: int | None
    seed: int
    workers: int
    asof: str | None
    underlying: str | None


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


def simulate(
    scenario: str = "gamma-squeeze",
    figures: Mapping[str, object] | None = None,
    *,
    source: str | Chain | None = None,
    positioning: str | PositioningModel | None = None,
    prices: str | PriceHistory | None = None,
    progress: Progress | None = None,
    **run: Unpack[RunFigures],
) -> Simulation:
    """What hedging flow does to the price, against the same shocks without hedging.

    Args:
        scenario: Name of a bundled scenario.
        figures: Figures of the scenario to change, by name, as ``--set`` does.
        source: SOURCE or chain whose dealers' book is hedged, instead of the scenario's own book.
        positioning: Who holds the chain; see :func:`exposure_of`.
        prices: File of prices, ``sample``, or a history: the process becomes ``bootstrap`` unless
            ``figures`` says otherwise, and ``replay`` replays it.
        progress: Hears, from the threads that work, the share that was finished; the shares sum to 1.
        run: ``paths``, ``seed``, ``workers``, ``asof``, ``underlying``; see :class:`RunFigures`.

    Raises:
        InputError: Any input cannot be used.
    """
    given = {name: str(value) for name, value in (figures or {}).items()}
    replays = scenario == ReplayedPrices.name
    if prices is None and replays:
        prices = "sample"
    name = source if isinstance(source, str) else ""
    asof, underlying = run.get("asof"), run.get("underlying")
    chain = (
        open_chain(source, asof=asof, underlying=underlying) if isinstance(source, str) else source
    )
    coin = underlying if chain is None else chain.underlying
    history = read_prices(prices, underlying=coin) if isinstance(prices, str) else prices
    book = None if chain is None else measured_book(chain, positioning, name=name)
    if history is not None:
        given = from_history(history, replays=replays) | given
    if chain is None and (positioning or asof):
        raise InputError(
            "there is no chain to position or to date", place="--market", remedy="give a chain"
        )
    chosen = scenario_from(scenario, given)
    check_finite(chosen)
    paths = run.get("paths")
    if paths is None:
        paths = 1 if replays else PATHS
    return simulation(
        chosen,
        Inputs(book=book, history=history),
        Run(paths=paths, seed=run.get("seed", 0), threads=run.get("workers", 2)),
        progress=progress,
    )


def measured_book(
    chain: Chain, positioning: str | PositioningModel | None, *, name: str = ""
) -> HeldBook:
    """What the dealers of a chain hold; ``name`` is the SOURCE that it was read from."""
    if positioning is None or isinstance(positioning, str):
        positioning = positioning_model(positioning, chain, source=name)
    return held_book(chain, positioning.position(chain))


def from_history(history: PriceHistory, *, replays: bool) -> dict[str, str]:
    """What a price history says about a scenario, where the caller does not."""
    if not replays:
        return {"process": "bootstrap"}
    return {
        "spot": repr(float(history.close[0])),
        "steps": str(len(history.moves)),
        "step_seconds": repr(history.bar / NANOSECONDS_PER_SECOND),
    }


def check_finite(scenario: Scenario) -> None:
    """Refuses a figure that is no finite number.

    Raises:
        InputError: There is one.
    """
    for name in scenario.__dataclass_fields__:
        value = getattr(scenario, name)
        if isinstance(value, float) and not np.isfinite(value):
            raise InputError(
                f"{value:g} is not finite", place=f"--set {name}", remedy="give a finite number"
            )


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
