"""The invented market of the embedded sample: contracts, smiles, quotes and open interest.

Nothing here is market data: levels, slopes and shares are round numbers that look like a crypto options
venue, the rest comes from :func:`stream`.

Source: smile from Gatheral & Jacquier (2014), section 4, doi:10.1080/14697688.2013.819986.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b

import numpy as np
import polars as pl
from numpy.random import Generator, Philox
from numpy.typing import NDArray

from shortgamma.basics.time import format_stamp, nanoseconds, years_between
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.kernels.black import black_price

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEED = 20_260_115
ASOF = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
EXPIRY_HOUR = time(8, tzinfo=UTC)
LISTED_DAYS = {"day": 3, "week": 28, "month": 120, "quarter": 400}  # before expiry
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
SHORT_DATED = 25.0 / DAYS_PER_YEAR  # years
QUARTER_MONTHS = (3, 6, 9, 12)

BEND_YEARS, HUMP_YEARS = (
    0.5,
    0.08,
)  # scale on which levels go from short to long end; top of the hump
VOL_NOISE, BASIS_NOISE = 0.004, 0.002  # from expiry to expiry, per √year and per year

# Strike tiers: rung of the coin's ladder of steps, log distance below and above the forward.
TIERS = {
    "day": ((0, 0.10, 0.09),),
    "week": ((0, 0.08, 0.08), (1, 0.15, 0.15), (2, 0.25, 0.25)),
    "month": ((0, 0.05, 0.05), (1, 0.17, 0.20), (2, 0.45, 0.45), (3, 0.75, 0.60)),
    "quarter": ((1, 0.10, 0.14), (2, 0.45, 0.50), (3, 0.90, 0.80), (4, 1.30, 1.15)),
}
MAX_REACH = 9.0  # standard deviations beyond which no strike is listed
# Share of all open interest by position in the calendar: three dailies, Fridays, months, quarters.
EXPIRY_SHARE = (0.04, 0.006, 0.004, 0.045, 0.22, 0.03, 0.13, 0.25, 0.03, 0.13, 0.065, 0.03)
# Where interest sits, in standard deviations of the expiry: centre and spread; and a floor for the wings.
CALL_HUMP, PUT_HUMP, WING_FLOOR = (0.8, 1.4), (-1.2, 1.5), 0.03
EXPIRY_SPREAD, STRIKE_SPREAD = 0.08, 0.7  # lognormal noise
ZERO_SHARE = 0.08  # of rows without any open interest

TICK, COARSE_TICK, COARSE_FROM = 1e-4, 5e-4, 5e-3  # coin
SPREAD_FLOOR, SPREAD_SLOPE = 1e-4, 0.014  # coin; share of the time value
WING_WIDENING, SPREAD_NOISE = 0.15, 0.2  # of the floor per standard deviation; lognormal
DEPTH_SHARE, DEPTH_SPREAD = 4e-5, 1.0  # median best size over all open interest; lognormal
NO_BID_DEEP = 0.25  # chance that a deep in-the-money option has no bid


@dataclass(frozen=True, slots=True, kw_only=True)
class Coin:
    """One invented market.

    Args:
        name: Underlying.
        spot: USD.
        lot: Smallest amount, coins.
        steps: Ladder of strike steps, USD, finest first.
        stretch: Width of the strike grid relative to ``TIERS``.
        basis: Annualised forward premium, short and long end.
        atm: At-the-money vol, short end, long end and height of the hump.
        skew: SSVI correlation, short and long end.
        curvature: SSVI η in φ = η/√θ.
        interest: Total open interest, coins.
        call_share: Of the interest.
        roundness: Multiples of a strike (USD) that attract interest, and how much.
        magnets: Kind, strike (USD) and extra factor of the crowded strikes.
        target: The round strike above spot, USD.
        package: Median leg of a block and of a combo, coins.
    """

    name: str
    spot: float
    lot: float
    steps: tuple[float, ...]
    stretch: float
    basis: tuple[float, float]
    atm: tuple[float, float, float]
    skew: tuple[float, float]
    curvature: float
    interest: float
    call_share: float
    roundness: tuple[tuple[float, float], ...]
    magnets: tuple[tuple[str, float, float], ...]
    target: float
    package: dict[str, float]


BTC = Coin(
    name="BTC",
    spot=95_412.7,
    lot=0.1,
    steps=(1_000.0, 2_000.0, 5_000.0, 10_000.0, 20_000.0),
    stretch=1.0,
    basis=(0.042, 0.055),
    atm=(0.39, 0.52, 0.02),
    skew=(-0.28, 0.10),
    curvature=0.80,
    interest=320_000.0,
    call_share=0.58,
    roundness=((10_000.0, 5.0), (5_000.0, 3.5), (2_000.0, 1.5)),
    magnets=(
        ("call", 100_000.0, 2.0),
        ("put", 80_000.0, 1.5),
        ("put", 85_000.0, 2.0),
        ("put", 90_000.0, 1.5),
    ),
    target=100_000.0,
    package={"block_id": 100.0, "combo_id": 10.0},
)
ETH = Coin(
    name="ETH",
    spot=3_307.4,
    lot=1.0,
    steps=(50.0, 100.0, 200.0, 500.0, 1_000.0),
    stretch=1.05,
    basis=(0.036, 0.045),
    atm=(0.54, 0.67, 0.02),
    skew=(-0.25, 0.10),
    curvature=0.80,
    interest=1_700_000.0,
    call_share=0.60,
    roundness=((1_000.0, 5.0), (500.0, 3.5), (200.0, 1.5)),
    magnets=(("call", 3_500.0, 2.0), ("put", 3_000.0, 2.0), ("put", 2_500.0, 1.5)),
    target=3_500.0,
    package={"block_id": 1_000.0, "combo_id": 100.0},
)
COINS = (BTC, ETH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One expiry: its forward (USD) and its SSVI smile (θ total variance at the money, ρ, φ)."""

    expiry: datetime
    family: str
    years: float
    forward: float
    theta: float
    rho: float
    phi: float


def stream(coin: Coin, stage: str) -> Generator:
    """A generator of its own for each stage, so that changing one stage leaves the others as they are."""
    word = int.from_bytes(blake2b(f"{coin.name} {stage}".encode(), digest_size=8).digest())
    return Generator(Philox(key=np.array([SEED, word], dtype=np.uint64)))


def expiries() -> dict[datetime, str]:
    """Three dailies, four Fridays, four month-ends and four quarter-ends, with the family of each."""
    days = [ASOF.date() + timedelta(days=n) for n in range(1, 400)]
    fridays = [day for day in days if day.weekday() == 4]
    lasts = [day for day in fridays if (day + timedelta(days=7)).month != day.month]
    quarters = [day for day in lasts if day.month in QUARTER_MONTHS]
    families = {"day": days[:3], "week": fridays[:4], "month": lasts[:4], "quarter": quarters[:4]}
    found = {
        datetime.combine(day, EXPIRY_HOUR): name for name in families for day in families[name]
    }
    return dict(sorted(found.items()))


def slices(coin: Coin) -> list[Slice]:
    """Forward and smile of every expiry.

    Raises:
        ValueError: The smiles admit arbitrage.
    """
    rng = stream(coin, "smile")
    found: list[Slice] = []
    for expiry, family in expiries().items():
        years = (expiry - ASOF).total_seconds() / (86_400.0 * DAYS_PER_YEAR)
        far = 1.0 - np.exp(-years / BEND_YEARS)
        hump = coin.atm[2] * (years / HUMP_YEARS) * np.exp(1.0 - years / HUMP_YEARS)
        vol = coin.atm[0] + (coin.atm[1] - coin.atm[0]) * far + hump + rng.normal(0.0, VOL_NOISE)
        basis = coin.basis[0] + (coin.basis[1] - coin.basis[0]) * far + rng.normal(0.0, BASIS_NOISE)
        found.append(
            Slice(
                expiry=expiry,
                family=family,
                years=years,
                forward=round(coin.spot * float(np.exp(basis * years)), 2),
                theta=float(vol**2 * years),
                rho=coin.skew[0] + (coin.skew[1] - coin.skew[0]) * float(far),
                phi=coin.curvature / float(vol * np.sqrt(years)),
            )
        )
    check_no_arbitrage(found)
    return found


def total_variance(smile: Slice, k: Floats) -> Floats:
    """w(k) = θ/2·[1 + ρφk + √((φk + ρ)² + 1 − ρ²)], k = ln(K/F)."""
    x = smile.phi * k
    root = np.hypot(x + smile.rho, np.sqrt(1.0 - smile.rho**2))
    return 0.5 * smile.theta * (1.0 + smile.rho * x + root)


def butterfly(smile: Slice, k: Floats) -> Floats:
    """Durrleman's g(k) = (1 − kw'/2w)² − w'²/4·(1/w + 1/4) + w''/2, negative where a butterfly is free."""
    w = total_variance(smile, k)
    root = np.hypot(smile.phi * k + smile.rho, np.sqrt(1.0 - smile.rho**2))
    slope = 0.5 * smile.theta * smile.phi * (smile.rho + (smile.phi * k + smile.rho) / root)
    bend = 0.5 * smile.theta * smile.phi**2 * (1.0 - smile.rho**2) / root**3
    return (1.0 - 0.5 * k * slope / w) ** 2 - 0.25 * slope**2 * (1.0 / w + 0.25) + 0.5 * bend


def check_no_arbitrage(smiles: list[Slice]) -> None:
    """Refuses smiles with a free butterfly or calendar spread anywhere on a fine grid."""
    k = np.linspace(-2.5, 2.5, 5_001)
    levels = np.array([total_variance(smile, k) for smile in smiles])
    if min(butterfly(smile, k).min() for smile in smiles) < 0.0:
        raise ValueError("a butterfly is free: lower the curvature")
    if (np.diff(levels, axis=0) < 0.0).any():
        raise ValueError("a calendar spread is free: smooth the term structure")


def strikes(coin: Coin, smile: Slice) -> Floats:
    """The ladder of one expiry, fine near the forward and coarse in the wings."""
    found: set[float] = set()
    for rung, below, above in TIERS[smile.family]:
        step = coin.steps[rung]
        reach = MAX_REACH * np.sqrt(smile.theta)
        low = np.ceil(smile.forward * np.exp(-min(below * coin.stretch, reach)) / step)
        high = np.floor(smile.forward * np.exp(min(above * coin.stretch, reach)) / step)
        found.update(float(strike) for strike in step * np.arange(low, high + 1.0))
    return np.array(sorted(found))


def listing(coin: Coin) -> pl.DataFrame:
    """Every contract with its forward and vol; ``z`` counts standard deviations from the forward."""
    parts: list[pl.DataFrame] = []
    for index, smile in enumerate(slices(coin)):
        ladder = np.repeat(strikes(coin, smile), 2)
        k = np.log(ladder / smile.forward)
        kinds = ["call", "put"] * (ladder.size // 2)
        day = f"{smile.expiry.day}{MONTHS[smile.expiry.month - 1]}{smile.expiry:%y}"
        names = [
            f"{coin.name}-{day}-{int(strike)}-{kind[0].upper()}"
            for strike, kind in zip(ladder, kinds, strict=True)
        ]
        lead = timedelta(days=LISTED_DAYS[smile.family])
        columns = {
            "instrument": names,
            "kind": kinds,
            "strike": ladder,
            "stamp": nanoseconds(smile.expiry),
            "listed": nanoseconds(smile.expiry - lead),
            "tenor": index,
            "forward": smile.forward,
            "mark_vol": np.round(np.sqrt(total_variance(smile, k) / smile.years), 4),
            "z": k / np.sqrt(smile.theta),
        }
        parts.append(pl.DataFrame(columns))
    return pl.concat(parts)


def years_left(table: pl.DataFrame) -> Floats:
    """Years to expiry of each contract."""
    return years_between(nanoseconds(ASOF), table["stamp"].to_numpy())


def quoted(coin: Coin, table: pl.DataFrame) -> dict[str, Floats]:
    """Mark, bid and ask in coin on the venue's ticks, and their sizes; NaN where nobody bids."""
    rng = stream(coin, "quotes")
    forward, strike, vol, z = (
        table[name].to_numpy() for name in ("forward", "strike", "mark_vol", "z")
    )
    sign = np.where(table["kind"].to_numpy() == "call", 1.0, -1.0)
    usd = np.empty(table.height)
    black_price(forward, strike, years_left(table), vol, np.zeros(table.height), sign, usd)
    fair = usd / forward
    value = fair - np.maximum(sign * (1.0 - strike / forward), 0.0)
    width = SPREAD_FLOOR * (1.0 + WING_WIDENING * np.abs(z)) + SPREAD_SLOPE * value
    half = 0.5 * width * rng.lognormal(0.0, SPREAD_NOISE, table.height)
    bid = on_tick(fair - half, np.floor)
    ask = np.maximum(on_tick(fair + half, np.ceil), TICK)
    deep = (sign * z < -2.0) & (rng.random(table.height) < NO_BID_DEEP)
    absent = (bid < 0.5 * TICK) | deep
    depth = rng.lognormal(np.log(DEPTH_SHARE * coin.interest), DEPTH_SPREAD, (2, table.height))
    bid_size, ask_size = (np.round(lots(side, coin) * coin.lot, 1) for side in depth)
    return {
        "bid_price": np.where(absent, np.nan, bid),
        "ask_price": ask,
        "mark_price": np.round(fair, 4),
        "bid_size": np.where(absent, 0.0, bid_size),
        "ask_size": ask_size,
    }


def on_tick(price: Floats, side: Callable[[Floats], Floats]) -> Floats:
    """Prices moved to the venue's tick with ``side``, floor or ceil; the tick is coarser from 0.005 on."""
    tick = np.where(price < COARSE_FROM, TICK, COARSE_TICK)
    return np.round(tick * side(price / tick), 4)


def lots(amount: Floats, coin: Coin) -> Ints:
    """Whole lots, at least one: amounts are kept in integers until they are written."""
    return np.maximum(np.rint(amount / coin.lot), 1.0).astype(np.int64)


def open_interest(coin: Coin, table: pl.DataFrame) -> Ints:
    """Open interest of each contract in lots: crowded at round strikes and month-ends, some rows empty."""
    rng = stream(coin, "interest")
    call = table["kind"].to_numpy() == "call"
    strike, z, tenor = (table[name].to_numpy() for name in ("strike", "z", "tenor"))
    centre, spread = np.where(call, np.array(CALL_HUMP)[:, None], np.array(PUT_HUMP)[:, None])
    weight = np.exp(-0.5 * ((z - centre) / spread) ** 2) + WING_FLOOR
    factors = [np.where(strike % step == 0.0, factor, 1.0) for step, factor in coin.roundness]
    weight *= np.max(factors, axis=0)
    for kind, level, factor in coin.magnets:
        weight *= np.where((table["kind"].to_numpy() == kind) & (strike == level), factor, 1.0)
    weight *= rng.lognormal(0.0, STRIKE_SPREAD, table.height)
    share = np.array(EXPIRY_SHARE) * rng.lognormal(0.0, EXPIRY_SPREAD, len(EXPIRY_SHARE))
    for side, part in ((call, coin.call_share), (~call, 1.0 - coin.call_share)):
        for index, of_expiry in enumerate(share / share.sum()):
            rows = side & (tenor == index)
            weight[rows] *= coin.interest * part * of_expiry / weight[rows].sum()
    order = np.argsort(weight * rng.lognormal(0.0, 1.0, table.height))
    interest = lots(weight, coin)
    interest[order[: round(ZERO_SHARE * table.height)]] = 0
    return interest


def chain(coin: Coin, table: pl.DataFrame, interest: Ints) -> pl.DataFrame:
    """The chain in the canonical columns, ordered by expiry, strike and kind."""
    prices = quoted(coin, table)
    constants = {"spot": coin.spot, "contract": "inverse", "venue": "sample", "rate": 0.0}
    return table.select(
        "kind",
        "strike",
        pl.Series("expiry", [format_stamp(stamp) for stamp in table["stamp"]]),
        "forward",
        "mark_vol",
        pl.Series("open_interest", np.round(interest * coin.lot, 1)),
        *(pl.Series(name, values).fill_nan(None) for name, values in prices.items()),
        *(pl.lit(value).alias(name) for name, value in constants.items()),
        pl.lit(format_stamp(nanoseconds(ASOF))).alias("asof"),
        pl.lit(coin.name).alias("underlying"),
        "instrument",
    )
