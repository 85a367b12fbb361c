"""Figures of each product: closed forms, and what its market says."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.units import DAYS_PER_YEAR, PERCENT
from shortgamma.feedback.outcome import Outcome
from shortgamma.protocols.structured.averaging import TwapCall, twap_gamma_bound
from shortgamma.protocols.structured.peaks import cash_gamma, life_peaks
from shortgamma.protocols.structured.product import Product
from shortgamma.studies.products.answer import ProductResult, Profile
from shortgamma.studies.products.question import HOURS_PER_DAY, ProductsQuestion, labels
from shortgamma.studies.simulation import mean
from shortgamma.studies.strategy_figures import scores

Vector = NDArray[np.float64]

DEALER: Final = "dealer"
"""Who sold and hedges, in every market."""
MOVE: Final = 0.05
"""Move whose chance is reported."""
PRICES: Final = 601
WIDEST: Final = 0.3
"""Log distance from the strike up to which gamma is drawn."""
TIMES: Final = 25
LAST_HOURS: Final = 1.0
"""Before expiry: peaks over life are taken up to then."""


def results(
    asked: ProductsQuestion,
    sold: Sequence[float],
    *,
    flows: Sequence[Outcome],
    outcomes: Sequence[Outcome],
) -> tuple[ProductResult, ...]:
    """Everything about each product.

    Args:
        asked: The question.
        sold: Units of each.
        flows: Of markets in which one unit is hedged and the price does not feel it.
        outcomes: Of markets in which all units are, and it does.
    """
    compared = asked.compared
    names = labels(compared)
    figures = [path_scores(outcome, asked) for outcome in outcomes]
    return tuple(
        result(
            asked,
            product,
            (names[number], sold[number]),
            flow=flows[number].market[f"{DEALER}: turnover_usd"],
            figures=(figures[number], figures[0]),
        )
        for number, product in enumerate(compared)
    )


def result(
    asked: ProductsQuestion,
    product: Product,
    kept: tuple[str, float],
    *,
    flow: Vector,
    figures: tuple[dict[str, Vector], dict[str, Vector]],
) -> ProductResult:
    """Everything about one product.

    Args:
        asked: The question.
        product: Which.
        kept: Its label, and the units that were sold.
        flow: Turnover of one unit per path, USD.
        figures: Scores of its market and of the first one's.
    """
    own, first = figures
    price, gamma = value_of(asked, product)
    years = [hours / HOURS_PER_DAY / DAYS_PER_YEAR for hours in asked.hours_left]
    return ProductResult(
        label=kept[0],
        product=product,
        price_usd=price,
        gamma_usd_per_pct=gamma,
        peaks=life_peaks(product, years, vol=asked.vol, centre=asked.at),
        life=life_peaks(product, life_times(asked), vol=asked.vol, centre=asked.at),
        bound_usd_per_pct=bound(asked, product),
        profile=profile(asked, product, years),
        units=kept[1],
        flow_usd=mean(flow),
        metrics={name: mean(values) for name, values in own.items()},
        differences={}
        if own is first
        else {name: mean(values - first[name]) for name, values in own.items()},
        scores=own,
    )


def value_of(asked: ProductsQuestion, product: Product) -> tuple[float, float]:
    """Value of one unit at the start, USD, and its gamma there, USD per 1 %."""
    spot = np.array([asked.spot])
    found = product.greeks(spot, asked.years, vol=asked.vol, memory=product.start(spot))
    gamma = np.asarray(found.gamma) * asked.spot**2 * PERCENT
    return float(np.asarray(found.value_usd)[0]), float(gamma[0])


def life_times(asked: ProductsQuestion) -> list[float]:
    """Times left from the start to the last hour, years, evenly in their logarithm; TIMES of them."""
    last = min(LAST_HOURS, asked.days * HOURS_PER_DAY) / HOURS_PER_DAY / DAYS_PER_YEAR
    inner = np.geomspace(asked.years, last, TIMES)
    hours = np.array(asked.hours_left) / HOURS_PER_DAY / DAYS_PER_YEAR
    within = hours[(hours < asked.years) & (hours > last)]
    return sorted({*inner.tolist(), *within.tolist()}, reverse=True)


def bound(asked: ProductsQuestion, product: Product) -> float | None:
    """√3·φ(0)·K/(σ√A)/100 of what settles on an average, USD per 1 %; None for anything else."""
    if not isinstance(product, TwapCall):
        return None
    gamma = twap_gamma_bound(asked.at, vol=asked.vol, window=product.window)
    return float(gamma) * asked.at**2 * PERCENT


def profile(asked: ProductsQuestion, product: Product, years: Sequence[float]) -> Profile:
    """Gamma over prices at the reported times left."""
    spot = asked.at * np.exp(np.linspace(-WIDEST, WIDEST, PRICES))
    low, high = product.domain
    lives = (spot > low) & (spot < high)
    rows = [cash_gamma(product, spot, years=left, vol=asked.vol) for left in years]
    return Profile(spot=spot, gamma_usd_per_pct=np.where(lives, np.array(rows), np.nan))


def path_scores(outcome: Outcome, asked: ProductsQuestion) -> dict[str, Vector]:
    """Scores by figure, shape (paths,); see :func:`shortgamma.studies.strategy_figures.scores`."""
    market = outcome.market
    found = scores(outcome, [DEALER], depth=asked.depth_usd_per_pct)
    kept = ("pnl_usd", "std_usd", "es_usd", "turnover_usd", "mean_theta", "realised_vol_ratio")
    highest, lowest = market["highest"], market["lowest"]
    moved = (highest > np.log1p(MOVE)) | (lowest < np.log1p(-MOVE))
    jumped = market["widest_step"] > np.log1p(MOVE)
    return {
        **{name: found[name] for name in kept},
        "cost_usd": -found["pnl_usd"],
        "hedging_cost_usd": found["hedging_cost_usd"],
        "peak_flow_usd": market[f"{DEALER}: peak_flow_usd"],
        "probability_5pct_move": moved.astype(np.float64),
        "probability_5pct_step": jumped.astype(np.float64),
        "stopped_probability": found["stopped_probability"],
    }
