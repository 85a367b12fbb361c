"""Structured products: peak gamma over life, hedging flow, and the market in which their sellers hedge.

Every product has a market of its own in which one dealer sold it and hedges it. The random numbers are the
same, so that differences are paired path by path.
"""

from collections.abc import Sequence
from typing import Final

from shortgamma.basics.units import PERCENT, SECONDS_PER_YEAR
from shortgamma.feedback.agents.product_hedger import ProductHedger
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import CoinDepth, Depth
from shortgamma.feedback.engine import BLOCK, Progress, Run, simulate_all
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.protocols.structured.product import Product
from shortgamma.studies.products.answer import ProductsAnswer
from shortgamma.studies.products.question import Equal, ProductsQuestion
from shortgamma.studies.products.results import DEALER, results, value_of
from shortgamma.studies.simulation import root
from shortgamma.studies.threads import threads_of

BOTTOMLESS: Final = CoinDepth(log_move_per_coin=0.0)
"""A market that does not feel any order."""
FLOW_PATHS: Final = 400
"""Of the market that does not feel the hedges."""
FLOW_SHARE: Final = 0.3
"""Of the work, for the progress bar."""


def products(
    question: ProductsQuestion | None = None,
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> ProductsAnswer:
    """Compares structured products: what gamma they carry, and what hedging them does to the price.

    Args:
        question: Products and market; None = all products at the page's figures.
        workers: Threads; None is one per core.
        progress: Hears, from the threads that work, the share that was finished; the shares sum to 1.

    Raises:
        InputError: Any input cannot be used.
    """
    asked = question or ProductsQuestion()
    compared, threads = asked.compared, threads_of(workers)
    sold = units_of(asked, compared)
    depth = CoinDepth(log_move_per_coin=PERCENT * asked.spot / asked.depth_usd_per_pct)
    felt = [market(asked, *each, depth=depth) for each in zip(compared, sold, strict=True)]
    unfelt = [market(asked, product, 1.0, depth=BOTTOMLESS) for product in compared]
    fewer = min(asked.paths, FLOW_PATHS)
    flows = simulate_all(
        unfelt, run_of(fewer, asked.seed, threads), progress=part_of(progress, FLOW_SHARE)
    )
    outcomes = simulate_all(
        felt, run_of(asked.paths, asked.seed, threads), progress=part_of(progress, 1.0 - FLOW_SHARE)
    )
    return ProductsAnswer(
        question=asked,
        process=felt[0].process.name,
        realised_vol_without=root(outcomes[0].quiet["realised_variance"]),
        results=results(asked, sold, flows=flows, outcomes=outcomes),
    )


def run_of(paths: int, seed: int, threads: int) -> Run:
    """Paths in as many blocks as there are threads."""
    return Run(paths=paths, seed=seed, threads=threads, block=min(-(-paths // threads), BLOCK))


def part_of(progress: Progress | None, share: float) -> Progress | None:
    """Who hears of a part of the work, of a listener to the whole."""
    if progress is None:
        return None
    return lambda done: progress(done * share)


def units_of(asked: ProductsQuestion, compared: Sequence[Product]) -> list[float]:
    """Units of each product that are sold: the vanilla's by θ, the others' by what is to be equal."""
    price, gamma = value_of(asked, compared[0])
    units = -asked.theta * asked.depth_usd_per_pct / gamma
    if asked.equal is Equal.NOTIONAL:
        return [units] * len(compared)
    return [units * price / value_of(asked, product)[0] for product in compared]


def market(asked: ProductsQuestion, product: Product, units: float, *, depth: Depth) -> Setup:
    """The market in which one dealer sold units of a product."""
    dealer = ProductHedger(
        label=DEALER, product=product, quantity=units, vol=asked.vol, years=asked.years
    )
    seconds = asked.years * SECONDS_PER_YEAR / (asked.steps - 1)
    return Setup(
        spot=asked.spot,
        process=Gbm(vol=asked.vol),
        clock=Clock.even(asked.steps, seconds),
        depth=depth,
        agents=(dealer,),
    )
