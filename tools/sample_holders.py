"""Who holds the open interest of the embedded sample: makers, vaults, an AMM, a fund and customers.

Market makers hold the mirror of taker flow; the takers are the vaults, the AMM, the fund and, for the rest,
customers. Long and short sides of every contract cancel.
"""

import numpy as np
import polars as pl
from sample_market import SHORT_DATED, Coin, Floats, Ints, stream, years_left

from shortgamma.basics.units import DAYS_PER_YEAR

HELD_CONTRACTS = 300  # the file covers those with the largest flow
MAKERS = {"maker-alpha": 0.46, "maker-beta": 0.27, "maker-gamma": 0.17, "maker-delta": 0.10}
FRONT_ONLY = "maker-delta"  # quotes nothing beyond FRONT
FRONT = 45.0 / DAYS_PER_YEAR  # years
MAKER_SPREAD = 0.5  # lognormal, of a maker's share from contract to contract
TYPES = {
    "covered-call-vault": "vault",
    "put-sale-vault": "vault",
    "option-amm": "amm",
    "long-gamma-fund": "fund",
    "customers": "customer",
}


def wishes(table: pl.DataFrame) -> dict[str, Floats]:
    """Signed share of what is available that each structural holder takes in every contract."""
    call = table["kind"].to_numpy() == "call"
    k = np.log(table["strike"].to_numpy() / table["forward"].to_numpy())
    years = years_left(table)
    weekly = years < SHORT_DATED
    near = np.abs(k) < 0.12
    return {
        "covered-call-vault": np.where(call & weekly & (k > 0.03) & (k < 0.16), -0.25, 0.0),
        "put-sale-vault": np.where(~call & weekly & (k > -0.16) & (k < -0.03), -0.20, 0.0),
        "option-amm": np.where((years < FRONT) & near, -0.08, 0.0),
        "long-gamma-fund": np.where((years > FRONT) & (years < 0.7) & near, 0.20, 0.0),
    }


def structural(table: pl.DataFrame, flow: Ints, interest: Ints) -> dict[str, Ints]:
    """Lots of every taker; customers hold what the others leave of the flow.

    Along the flow a holder takes a share of it, against the flow a share of half the idle interest: so the
    long side of a contract never exceeds its open interest.
    """
    held: dict[str, Ints] = {}
    for name, wish in wishes(table).items():
        along = wish * flow > 0.0
        available = np.where(along, np.abs(flow), (interest - np.abs(flow)) // 2)
        held[name] = np.trunc(wish * available).astype(np.int64)
    held["customers"] = flow - np.sum(list(held.values()), axis=0)
    return held


def makers(coin: Coin, table: pl.DataFrame, flow: Ints) -> dict[str, Ints]:
    """Lots of every market maker: together the mirror of the flow, the largest one takes the rounding."""
    noise = stream(coin, "makers").lognormal(0.0, MAKER_SPREAD, (len(MAKERS), table.height))
    share = np.array(list(MAKERS.values()))[:, None] * noise
    share[list(MAKERS).index(FRONT_ONLY), years_left(table) > FRONT] = 0.0
    lots = np.trunc(-flow * share / share.sum(axis=0)).astype(np.int64)
    lots[0] -= flow + lots.sum(axis=0)
    return dict(zip(MAKERS, lots, strict=True))


def holders(coin: Coin, table: pl.DataFrame, flow: Ints, interest: Ints) -> pl.DataFrame:
    """One row per holder and contract, quantity in coins, positive where the holder is long."""
    chosen = np.sort(np.argsort(-np.abs(flow), kind="stable")[:HELD_CONTRACTS])
    held = makers(coin, table, flow) | structural(table, flow, interest)
    parts = [
        pl.DataFrame(
            {
                "holder": name,
                "holder_type": TYPES.get(name, "market_maker"),
                "instrument": table["instrument"].gather(chosen),
                "quantity": np.round(lots[chosen] * coin.lot, 1),
            }
        )
        for name, lots in held.items()
    ]
    return pl.concat(parts).filter(pl.col("quantity") != 0.0)
