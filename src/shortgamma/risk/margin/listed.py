"""Regimes of exchanges and clearing houses."""

from typing import Final

from shortgamma.risk.margin.isolated import IsolatedMargin, ShortTerms
from shortgamma.risk.margin.regime import Regime, Unit
from shortgamma.risk.margin.scan import ScanMargin, tails
from shortgamma.risk.margin.shocks import DOWN, SAME, UP, VolShock, grid, steps
from shortgamma.risk.margin.strategies import StrategyMargin

DERIBIT_RANGE: Final = 0.16
FAR: Final = (-0.66, -0.33, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0)
OKX_TIERS: Final = (
    (250e3, 1.0),
    (500e3, 2.0),
    (1e6, 4.0),
    (2e6, 6.0),
    (3e6, 8.0),
    (4e6, 10.0),
    (1e15, 12.0),
)
SPAN_RANGE: Final = 0.25
EXTREME, COVER = 3.0, 0.33
SPAN_SCENARIOS: Final = (
    *grid(tuple(SPAN_RANGE * third / 3.0 for third in (0, 1, -1, 2, -2, 3, -3)), (UP, DOWN)),
    (SPAN_RANGE * EXTREME, SAME, COVER),
    (-SPAN_RANGE * EXTREME, SAME, COVER),
)
OCC_EQUITY: Final = tuple(move for move in steps(0.15, 5) if move)
OCC_INDEX: Final = tuple(0.06 * k / 5.0 for k in range(1, 6)) + tuple(
    -0.08 * k / 5.0 for k in range(1, 6)
)
OCC_LEAST: Final = 0.375

REGIMES: Final = (
    Regime(
        name="deribit-sm",
        venue="Deribit",
        jurisdiction="offshore",
        client_class="all",
        effective=None,
        source="Deribit, Standard margin (short option formulas, in coin)",
        verified=False,
        unit=Unit.COIN,
        rule=IsolatedMargin(short=ShortTerms(), contract_slope=5e-5),
        doubts="no published example with its figures was found to compare with; futures at 2 % and 1 % plus "
        "0.5 % per 100 coins are from memory and hold for BTC",
    ),
    Regime(
        name="deribit-pm",
        venue="Deribit",
        jurisdiction="offshore",
        client_class="portfolio margin, on request",
        effective=None,
        source="Deribit support, Portfolio Margin (±16 %, 9 buckets, vol up, same and down, extended table)",
        verified=False,
        unit=Unit.COIN,
        rule=ScanMargin(
            scenarios=(
                *grid(steps(DERIBIT_RANGE, 4), (DOWN, SAME, UP)),
                *tails(FAR, DERIBIT_RANGE),
            ),
            vol=VolShock(up=0.50, down=0.25, least_up=0.50),
            initial_factor=1.25,
            short_option=0.01,
        ),
        doubts="the current contingencies and the dampener of the extended table are not public: 1 % of spot "
        "per net short option is from an older page, a far move counts 16 %/|move|; other contingencies "
        "(futures, vega by expiry, spreads) are left out; losses are in USD and coins move with spot",
    ),
    Regime(
        name="okx-sm",
        venue="OKX",
        jurisdiction="offshore",
        client_class="unified account, not portfolio margin",
        effective="2024-04-12",
        source="OKX help, Option Margin (a 0.1, b 0.15, c 0.03 for BTC; c 0.05 for ETH)",
        verified=False,
        unit=Unit.COIN,
        rule=IsolatedMargin(
            short=ShortTerms(
                maintenance_call=0.03,
                maintenance_put=0.03,
                maintenance_put_value=0.03,
                put_ratio=0.0,
            ),
        ),
        doubts="the formula is published, no worked example was compared; the margin factor is 1, that of "
        "the lowest tier; futures at 2 % and 1 % are from memory",
    ),
    Regime(
        name="okx-sm",
        venue="OKX",
        jurisdiction="offshore",
        client_class="unified account, not portfolio margin",
        effective="2024-04-12",
        source="OKX help, Option Margin (c 0.05 for ETH)",
        verified=False,
        unit=Unit.COIN,
        rule=IsolatedMargin(
            short=ShortTerms(
                maintenance_call=0.05,
                maintenance_put=0.05,
                maintenance_put_value=0.05,
                put_ratio=0.0,
            ),
        ),
        parameters="eth",
        doubts="as the default set",
    ),
    Regime(
        name="okx-pm",
        venue="OKX",
        jurisdiction="offshore",
        client_class="portfolio margin, from 100,000 USD",
        effective="2025-01-06",
        source="OKX, OKX will further adjust portfolio margin parameters, 2025-01-02 (MR1 ±4, 8, 12 %; MR6 "
        "±24 %; tiers of MR7)",
        verified=False,
        unit=Unit.USD,
        rule=ScanMargin(
            scenarios=(
                *grid(steps(0.12, 3), (DOWN, SAME, UP)),
                (0.24, UP, 0.5),
                (-0.24, UP, 0.5),
            ),
            vol=VolShock(up=0.35, down=0.35, short_power=0.105, long_power=0.485),
            initial_factor=1.3,
            short_minimum=0.01,
            tiers=OKX_TIERS,
        ),
        doubts="the shock of vol by tenor, the half weight of MR6, the factor 1.3 and the raw minimum of 1 % "
        "of spot per short option are from memory; tiers count as marginal; MR2 to MR5 and MR9 are left out",
    ),
    Regime(
        name="span",
        venue="CME",
        jurisdiction="US (CFTC)",
        client_class="futures accounts",
        effective=None,
        source="CME, Components of SPAN (16 scenarios: thirds of the scan range with vol up and down, two "
        "extreme moves of 3 ranges at 33 %)",
        verified=False,
        unit=Unit.USD,
        rule=ScanMargin(
            scenarios=SPAN_SCENARIOS,
            vol=VolShock(up=0.25, down=0.25, short_power=0.0, long_power=0.0, days_floor=0.0),
            initial_factor=1.1,
        ),
        doubts="the scenarios are SPAN's and one published risk array was added up; the ranges of price "
        "and vol, 25 % each, are placeholders: the exchange sets them daily; no intracommodity or delivery "
        "charge, no short option minimum",
    ),
    Regime(
        name="cboe-strategy",
        venue="Cboe, FINRA",
        jurisdiction="US (SEC)",
        client_class="margin accounts",
        effective=None,
        source="Cboe and OCC, Margin Requirement Examples for Sample Options-based Positions; Cboe, Margin "
        "Manual, April 2000",
        verified=True,
        unit=Unit.USD,
        rule=StrategyMargin(),
        doubts="the examples carry no date; rates are for equity; of combinations with more than "
        "two legs only whole expiries are recognised; the underlying counts as stock",
    ),
    Regime(
        name="cboe-strategy",
        venue="Cboe, FINRA",
        jurisdiction="US (SEC)",
        client_class="margin accounts, broad index",
        effective=None,
        source="Cboe and OCC, Margin Requirement Examples for Sample Options-based Positions (SPX)",
        verified=True,
        unit=Unit.USD,
        rule=StrategyMargin(share=0.15),
        parameters="index",
        doubts="as the default set",
    ),
    Regime(
        name="occ-portfolio",
        venue="OCC",
        jurisdiction="US (SEC)",
        client_class="portfolio margin accounts",
        effective="2006-12-12",
        source="Cboe Rule 12.4; OCC, Customer Portfolio Margin (±15 %, ten points, 0.375 USD a unit)",
        verified=True,
        unit=Unit.USD,
        rule=ScanMargin(
            scenarios=grid(OCC_EQUITY, (SAME,)), vol=VolShock(), least_per_option=OCC_LEAST
        ),
        doubts="the published examples were priced on American options with the vols of the day: those that "
        "depend on them little were compared, to 0.2 %; the minimum is in USD per share and small beside a "
        "coin's price; the date is that of the SEC's approval",
    ),
    Regime(
        name="occ-portfolio",
        venue="OCC",
        jurisdiction="US (SEC)",
        client_class="portfolio margin accounts, large index",
        effective="2006-12-12",
        source="Cboe Rule 12.4; OCC, Customer Portfolio Margin (+6 and −8 %, ten points)",
        verified=False,
        unit=Unit.USD,
        rule=ScanMargin(
            scenarios=grid(OCC_INDEX, (SAME,)), vol=VolShock(), least_per_option=OCC_LEAST
        ),
        parameters="index",
        doubts="no published figure was reproduced with this range; the date is that of the SEC's approval",
    ),
)
"""Defaults first."""
