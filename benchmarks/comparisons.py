"""What is compared with what, and the target of each."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from benchmarks import machine, numpy_reference, ours, peers
from benchmarks.live_chain import by_kernels, by_rooms, grid
from benchmarks.native import Native
from benchmarks.sample import LiveMarket, Options, live_market, random_options
from benchmarks.timing import AtLeast, AtMost, Call, Effort, Target
from shortgamma.kernels.black import N_GREEKS

WITHIN_C = AtMost(1.15)
GREEKS_FASTER = AtLeast(80.0)
THREADED_FASTER = AtLeast(100.0)
INVERSION_FASTER = AtLeast(15.0)
LIVE_MILLISECONDS = AtMost(1.0)

PRICE = "price"
GREEKS = "price + all Greeks"
SHARED_GREEKS = "price + their Greeks"
THREADED_GREEKS = f"{SHARED_GREEKS}, {ours.THREADS} threads"
INVERSION = "implied vol"
PROFILE = "profile, 200 levels"
LIVE = {"live chain, kernels": by_kernels, "live chain, exposure room": by_rooms}

VOLLIB = "py_vollib_vectorized"
NUMPY = "NumPy + ndtr"
QUANTLIB = "QuantLib loop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Ours against theirs.

    Args:
        items: What one call is divided by: the options, or 1 where a whole call counts.
        scale: Seconds to the unit shown.
        unit: Of one item.
        theirs: None where ours stands against an absolute target.
        ours_over_theirs: Which way round the ratio is formed.
    """

    task: str
    size: int
    against: str
    ours: Call
    theirs: Call | None
    ours_over_theirs: bool = False
    target: Target | None = None
    items: int = 1
    scale: float = 1e9
    unit: str = "ns"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Sizes of a run, and how long each timing takes."""

    sizes: tuple[int, ...]
    judged: int
    chain: int
    loop: int
    effort: Effort
    verdicts: bool


FULL = Plan(
    sizes=(100_000, 2_000), judged=100_000, chain=2_000, loop=2_000, effort=Effort(), verdicts=True
)
QUICK = Plan(
    sizes=(400, 200),
    judged=400,
    chain=200,
    loop=20,
    effort=Effort(pairs=2, seconds=0.001, calls=1),
    verdicts=False,
)


def comparisons(
    plan: Plan, natives: tuple[Native, ...], pool: ThreadPoolExecutor
) -> Iterator[Comparison]:
    """Every comparison, in the order of the table."""
    samples = {size: random_options(size) for size in {*plan.sizes, plan.loop}}
    for size in plan.sizes:
        target = WITHIN_C if size == plan.judged else None
        yield from price_comparisons(samples[size], natives, target)
    yield quantlib_price(samples[plan.loop])
    for size in plan.sizes:
        target = WITHIN_C if size == plan.judged else None
        yield from greeks_comparisons(samples[size], natives, target)
    yield quantlib_greeks(samples[plan.loop])
    for size in plan.sizes:
        yield shared_greeks(samples[size], judged=size == plan.judged)
    for size in plan.sizes if machine.cpus() >= ours.THREADS else ():
        yield threaded_greeks(samples[size], pool, judged=size == plan.judged)
    for size in plan.sizes:
        yield from inversions(samples[size].out_of_the_money(), judged=size == plan.judged)
    yield quantlib_inversion(samples[plan.loop].out_of_the_money())
    market = live_market(plan.chain)
    yield from profiles(market, natives)
    yield from live_chains(market)


def live_chains(market: LiveMarket) -> Iterator[Comparison]:
    """A refresh of the monitor, against the clock."""
    for task, refresh in LIVE.items():
        yield Comparison(
            task=task,
            size=market.options.size,
            against="",
            ours=partial(refresh, market),
            theirs=None,
            target=LIVE_MILLISECONDS,
            scale=1e3,
            unit="ms",
        )


def native_target(native: Native, target: Target | None) -> Target | None:
    """The harder of the two C builds is the one that counts."""
    return target if native.name == "tuned" else None


def price_comparisons(
    options: Options, natives: tuple[Native, ...], target: Target | None
) -> Iterator[Comparison]:
    """Prices alone."""
    common = partial(
        Comparison, task=PRICE, size=options.size, items=options.size, ours=ours.price(options)
    )
    for native in natives:
        yield common(
            against=f"C {native.name}",
            theirs=native.price(options, np.empty(options.size)),
            ours_over_theirs=True,
            target=native_target(native, target),
        )
    yield common(against=NUMPY, theirs=partial(numpy_reference.price, options))
    flags = peers.vollib_flags(options)
    yield common(against=VOLLIB, theirs=partial(peers.vollib_price, flags, options))


def greeks_comparisons(
    options: Options, natives: tuple[Native, ...], target: Target | None
) -> Iterator[Comparison]:
    """Price and our twelve Greeks, which C and NumPy compute as well."""
    common = partial(
        Comparison, task=GREEKS, size=options.size, items=options.size, ours=ours.greeks(options)
    )
    for native in natives:
        yield common(
            against=f"C {native.name}",
            theirs=native.greeks(options, np.empty((N_GREEKS, options.size))),
            ours_over_theirs=True,
            target=native_target(native, target),
        )
    yield common(against=NUMPY, theirs=partial(numpy_reference.greeks, options))


def shared_greeks(options: Options, *, judged: bool) -> Comparison:
    """All of our Greeks against the price and the five Greeks of py_vollib_vectorized."""
    return Comparison(
        task=SHARED_GREEKS,
        size=options.size,
        items=options.size,
        against=VOLLIB,
        ours=ours.greeks(options),
        theirs=partial(peers.vollib_price_and_greeks, peers.vollib_flags(options), options),
        target=GREEKS_FASTER if judged else None,
    )


def threaded_greeks(options: Options, pool: ThreadPoolExecutor, *, judged: bool) -> Comparison:
    """The same with ours in two threads; theirs has no threads to use."""
    return replace(
        shared_greeks(options, judged=judged),
        task=THREADED_GREEKS,
        ours=ours.threaded_greeks(options, pool),
        target=THREADED_FASTER if judged else None,
    )


def inversions(options: Options, *, judged: bool) -> Iterator[Comparison]:
    """Implied vols from out-of-the-money prices."""
    prices = options.prices()
    common = partial(
        Comparison,
        task=INVERSION,
        size=options.size,
        items=options.size,
        ours=ours.inversion(prices, options),
    )
    yield common(
        against=VOLLIB,
        theirs=partial(peers.vollib_implied_vol, peers.vollib_flags(options), prices, options),
        target=INVERSION_FASTER if judged else None,
    )
    yield common(
        against="NumPy + ndtr, Newton",
        theirs=partial(numpy_reference.implied_vol, prices, options),
    )


def profiles(market: LiveMarket, natives: tuple[Native, ...]) -> Iterator[Comparison]:
    """Gamma, vanna and charm of a chain at 200 levels."""
    options, moves = market.options, grid()
    common = partial(
        Comparison,
        task=PROFILE,
        size=options.size,
        ours=ours.profile(options, market.quantity, moves),
        scale=1e3,
        unit="ms",
    )
    for native in natives:
        out = np.zeros((3, moves.size))
        yield common(
            against=f"C {native.name}",
            theirs=native.profile(options, market.quantity, moves, out),
            ours_over_theirs=True,
            target=native_target(native, WITHIN_C),
        )
    theirs = partial(numpy_reference.profile, options, market.quantity, moves)
    yield common(against=NUMPY, theirs=theirs)


def quantlib_price(options: Options) -> Comparison:
    """``blackFormula``."""
    return Comparison(
        task=PRICE,
        size=options.size,
        items=options.size,
        against=QUANTLIB,
        ours=ours.price(options),
        theirs=partial(peers.quantlib_price, peers.quantlib_kinds(options), options),
    )


def quantlib_greeks(options: Options) -> Comparison:
    """``BlackCalculator``: the price and five Greeks."""
    return Comparison(
        task=GREEKS,
        size=options.size,
        items=options.size,
        against=QUANTLIB,
        ours=ours.greeks(options),
        theirs=partial(peers.quantlib_greeks, peers.quantlib_kinds(options), options),
    )


def quantlib_inversion(options: Options) -> Comparison:
    """``blackFormulaImpliedStdDev``."""
    prices, kinds = options.prices(), peers.quantlib_kinds(options)
    return Comparison(
        task=INVERSION,
        size=options.size,
        items=options.size,
        against=QUANTLIB,
        ours=ours.inversion(prices, options),
        theirs=partial(peers.quantlib_implied_vol, kinds, prices, options),
    )
