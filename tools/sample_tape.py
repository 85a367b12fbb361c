"""The invented tape of the embedded sample: who bought, in which prints, and what that did to interest.

Taker flow comes first, as a signed share of open interest; blocks, combos and screen prints then add up to
it exactly. All amounts are whole lots until they are written.
"""

import numpy as np
import polars as pl
from numpy.random import Generator
from numpy.typing import NDArray
from sample_market import (
    ASOF,
    SHORT_DATED,
    Coin,
    Floats,
    Ints,
    stream,
    years_left,
)

from shortgamma.basics.time import nanoseconds
from shortgamma.basics.units import NANOSECONDS_PER_DAY

HISTORY_DAYS = 30
MILLISECOND = 1_000_000  # ns, the resolution of a venue's stamps
MAX_PARTICIPATION = 0.85  # of open interest that taker flow may explain
PARTICIPATION_NOISE = 0.15
# Mean taker flow by motive, as a share of open interest: positive where customers bought.
PROTECTION, CHASING, LOTTERY, OLD_PUTS = 0.70, 0.40, 0.70, 0.30
OVERWRITING, OLD_CALLS = -0.85, -0.40
# Where, in log distance from the forward: centre and width below and above; scale of a decline; a margin.
OVERWRITTEN = (0.09, 0.04, 0.10)
PROTECTION_DISTANCE, LOTTERY_DISTANCE, NEAR_MONEY = 0.9, 0.5, 0.02
# Long-dated flow is more mixed: its conviction relative to the front; scale of the decline, years.
FAR_CONVICTION, CONVICTION_YEARS = 0.6, 0.4
COUNTER_FLOW, CHURN_SPREAD = 0.25, 0.5  # round trips as a share of net taker flow; lognormal
LATENESS = 0.8  # below 1: prints thicken towards today
OPENING, CLOSING = 0.75, 0.60  # chance that flow opens, that counter flow closes
PACKAGE_SPREAD = 0.7  # lognormal, of the size of a leg
ATTEMPTS = {"block_id": 260, "combo_id": 330}
MOST_LEGS = {"block_id": 4, "combo_id": 2}
STEPS_PER_MEDIAN = 20  # a leg is a multiple of this part of the median leg …
LEAST_STEPS = 5  # … and at least so many of them: 25 BTC a block
# Mean prints that carry a median block, and the power of size with which their number grows.
PRINTS_PER_BLOCK_SIZE, PRINTS_GROWTH = 4.0, 0.4
PRINT_SPREAD = 1.3  # lognormal, of the size of a print
DUPLICATED = 0.01  # share of prints that the tape repeats
FIRST_TRADE, FIRST_PACKAGE = 400_000_000, 200_000

START = nanoseconds(ASOF) - HISTORY_DAYS * NANOSECONDS_PER_DAY
PRINT_SCHEMA = {
    "row": pl.Int64,
    "side": pl.Int64,
    "lots": pl.Int64,
    "stamp": pl.Int64,
    "package": pl.Int64,
}


def participation(coin: Coin, table: pl.DataFrame) -> Floats:
    """Mean taker flow as a signed share of open interest, positive where customers bought.

    Bought: protection at and below the forward, old protection that ended in the money, the short-dated
    calls at the target, and far calls as lottery tickets. Sold: calls some 10 % up, by overwriters, and
    old ones that ended in the money.
    """
    strike = table["strike"].to_numpy()
    k = np.log(strike / table["forward"].to_numpy())
    years = years_left(table)
    front = FAR_CONVICTION + (1.0 - FAR_CONVICTION) * np.exp(-years / CONVICTION_YEARS)
    centre, below, above = OVERWRITTEN
    bump = np.exp(-0.5 * ((k - centre) / np.where(k < centre, below, above)) ** 2)
    far = 1.0 - np.exp(-((np.maximum(k, 0.0) / LOTTERY_DISTANCE) ** 2))
    calls = np.where(k < -NEAR_MONEY, OLD_CALLS, LOTTERY * far + OVERWRITING * front * bump)
    calls = np.where((strike == coin.target) & (years < SHORT_DATED), CHASING, calls)
    deep = np.exp(-((k / PROTECTION_DISTANCE) ** 2))
    puts = np.where(k < 0.5 * NEAR_MONEY, PROTECTION * front * deep, OLD_PUTS)
    return np.where(table["kind"].to_numpy() == "call", calls, puts)


def is_fresh(table: pl.DataFrame) -> NDArray[np.bool_]:
    """True where the whole life of the contract is on the tape, so that prints explain all its interest."""
    return table["listed"].to_numpy() >= START


def taker_flow(coin: Coin, table: pl.DataFrame, interest: Ints) -> Ints:
    """Net taker flow of each contract in lots, never beyond its open interest."""
    rng = stream(coin, "flow")
    noise = PARTICIPATION_NOISE * rng.standard_normal(table.height)
    share = np.clip(participation(coin, table) + noise, -MAX_PARTICIPATION, MAX_PARTICIPATION)
    flow = np.trunc(share * interest).astype(np.int64)
    # What is left of a fresh contract's interest splits evenly between opening buyers and sellers.
    odd = is_fresh(table) & ((interest - flow) % 2 != 0)
    return flow + np.where(odd, np.where(share >= 0.0, 1, -1), 0)


def packages(coin: Coin, table: pl.DataFrame, flow: Ints, kind: str) -> pl.DataFrame:
    """Blocks or combos: legs of one expiry, of one size, each with the sign of its contract's flow.

    Args:
        coin: The market.
        table: Its contracts.
        flow: What prints may still add up to, signed lots.
        kind: ``block_id`` or ``combo_id``.
    """
    rng = stream(coin, kind)
    room, tenor = np.abs(flow), table["tenor"].to_numpy()
    median = round(coin.package[kind] / coin.lot)
    step = median // STEPS_PER_MEDIAN
    legs: list[tuple[int, int, int, int, int]] = []
    for number in range(ATTEMPTS[kind]):
        weight = np.where(tenor == rng.choice(tenor, p=room / room.sum()), room, 0)
        count = int(rng.integers(2, MOST_LEGS[kind] + 1))
        wanted = int(median * rng.lognormal(0.0, PACKAGE_SPREAD))
        if np.count_nonzero(weight) < count:
            continue
        rows = rng.choice(room.size, count, replace=False, p=weight / weight.sum())
        size = min(wanted, int(room[rows].min())) // step * step
        if size >= LEAST_STEPS * step:
            room[rows] -= size
            stamp = moments(rng, int(table["listed"].to_numpy()[rows].max()), 1)[0]
            legs += [(int(row), int(np.sign(flow[row])), size, int(stamp), number) for row in rows]
    return pl.DataFrame(legs, schema=PRINT_SCHEMA, orient="row")


def moments(rng: Generator, listed: int, count: int) -> Ints:
    """Random stamps while a contract is listed, thicker towards the end."""
    start = max(START, listed)
    span = (nanoseconds(ASOF) - start) // MILLISECOND
    return start + (span * rng.random(count) ** LATENESS).astype(np.int64) * MILLISECOND


def split(rng: Generator, total: int, count: int) -> Ints:
    """A total of lots in uneven parts of at least one lot."""
    count = min(count, total)
    weight = rng.lognormal(0.0, PRINT_SPREAD, count)
    parts = 1 + np.floor(weight / weight.sum() * (total - count)).astype(np.int64)
    parts[np.argmax(parts)] += total - parts.sum()
    return parts


def screen_prints(coin: Coin, table: pl.DataFrame, rest: Ints, counter: Ints) -> pl.DataFrame:
    """What is left of the flow, and round trips against it, in single prints.

    Args:
        coin: The market.
        table: Its contracts.
        rest: Flow that packages left over, signed lots.
        counter: Lots to be traded once more in either direction.
    """
    rng = stream(coin, "screen")
    side = np.where(rest >= 0, 1, -1)
    listed = table["listed"].to_numpy()
    parts: list[Ints] = []
    for row in range(table.height):
        for sign, total in ((side[row], abs(rest[row]) + counter[row]), (-side[row], counter[row])):
            if total:
                size = total * coin.lot / coin.package["block_id"]
                count = 1 + int(rng.poisson(PRINTS_PER_BLOCK_SIZE * size**PRINTS_GROWTH))
                amounts = split(rng, int(total), count)
                stamps = moments(rng, int(listed[row]), amounts.size)
                rows, signs, none = (np.full(amounts.size, value) for value in (row, int(sign), -1))
                parts.append(np.stack([rows, signs, amounts, stamps, none], axis=1))
    return pl.DataFrame(np.concatenate(parts), schema=PRINT_SCHEMA)


def interest_changes(
    coin: Coin, prints: pl.DataFrame, flow: Ints, table: pl.DataFrame, interest: Ints
) -> Ints:
    """Change of open interest by each print: its size, nothing, or minus its size.

    Walked backwards from today's interest, so that interest is never negative at any time and that of a
    fresh contract begins at zero.
    """
    draws = stream(coin, "change").random(prints.height)
    fresh, left = is_fresh(table), interest.copy()
    rows, sides, sizes = (prints[name].to_numpy() for name in ("row", "side", "lots"))
    changes = np.zeros(prints.height, dtype=np.int64)
    for index in range(prints.height - 1, -1, -1):
        row, size = rows[index], sizes[index]
        along = sides[index] * flow[row] >= 0
        opens = bool(fresh[row] or along)
        happens = fresh[row] or draws[index] < (OPENING if along else CLOSING)
        if happens and (not opens or left[row] >= size):
            changes[index] = size if opens else -size
            left[row] -= changes[index]
    return changes


def tape(coin: Coin, table: pl.DataFrame, interest: Ints) -> pl.DataFrame:
    """The trades in the canonical columns, in order of time, some of them repeated."""
    flow = taker_flow(coin, table, interest)
    rest = flow.copy()
    found: list[pl.DataFrame] = []
    for kind in ATTEMPTS:
        legs = packages(coin, table, rest, kind)
        np.subtract.at(rest, legs["row"].to_numpy(), (legs["side"] * legs["lots"]).to_numpy())
        found.append(legs.with_columns(pl.lit(kind).alias("kind")))
    churn = (
        COUNTER_FLOW * np.abs(flow) * stream(coin, "churn").lognormal(0.0, CHURN_SPREAD, flow.size)
    )
    counter = np.where(is_fresh(table), (interest - np.abs(flow)) // 2, churn.astype(np.int64))
    found.append(screen_prints(coin, table, rest, counter).with_columns(pl.lit("").alias("kind")))
    prints = pl.concat(found).sort("stamp", "row", maintain_order=True)
    changes = interest_changes(coin, prints, flow, table, interest)
    return repeated(coin, named(coin, prints.with_columns(pl.Series("change", changes)), table))


def named(coin: Coin, prints: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Prints in the canonical columns, amounts in coins."""
    prefix = "" if coin.name == "BTC" else f"{coin.name}-"
    gaps = stream(coin, "ids").integers(1, 40, prints.height)
    packaged = {
        kind: pl.when(pl.col("kind") == kind)
        .then(pl.lit(label) + (FIRST_PACKAGE + pl.col("package")).cast(pl.String))
        .otherwise(pl.lit(""))
        .alias(kind)
        for kind, label in (("block_id", "BLOCK-"), ("combo_id", f"{coin.name}-COMBO-"))
    }
    return prints.select(
        "stamp",
        table["instrument"].gather(prints["row"]).alias("instrument"),
        pl.Series("trade_id", [f"{prefix}{number}" for number in FIRST_TRADE + np.cumsum(gaps)]),
        pl.when(pl.col("side") > 0)
        .then(pl.lit("buy"))
        .otherwise(pl.lit("sell"))
        .alias("direction"),
        (pl.col("lots") * coin.lot).round(1).alias("amount"),
        packaged["block_id"],
        packaged["combo_id"],
        (pl.col("change") * coin.lot).round(1).alias("open_interest_change"),
    )


def repeated(coin: Coin, trades: pl.DataFrame) -> pl.DataFrame:
    """The tape with some prints, rather large ones, delivered twice under the same identifier."""
    weight = np.sqrt(trades["amount"].to_numpy())
    count = round(DUPLICATED * trades.height)
    rows = stream(coin, "repeat").choice(
        trades.height, count, replace=False, p=weight / weight.sum()
    )
    return pl.concat([trades, trades[np.sort(rows)]]).sort("stamp", "trade_id", maintain_order=True)
