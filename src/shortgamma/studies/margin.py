"""What every margin regime asks for one book, how far they are apart, and how each grows with a shock."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import InputError
from shortgamma.basics.time import format_stamp
from shortgamma.data import read_book
from shortgamma.data.regime_files import read_regime
from shortgamma.market.book import Book
from shortgamma.market.chain import Chain
from shortgamma.risk.margin.account import Account, account_of, shocked_account
from shortgamma.risk.margin.regime import Regime, Requirement, Unit, requirement
from shortgamma.risk.margin.regimes import DEFAULT, all_regimes, regime_of
from shortgamma.studies.document import plain, plain_mapping
from shortgamma.studies.hedge import check_book, tradable_chain

METHOD: Final = "1"
"""Version of the method; a stored result with another one is not comparable."""
ALL: Final = "all"
SPOT_MOVES: Final = (-0.2, -0.1, 0.0, 0.1, 0.2)
VOL_FACTORS: Final = (1.0, 1.5, 2.0)

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shocked:
    """What a regime asks for after a shock.

    Args:
        spot_move: Relative move of spot.
        vol_factor: Of every vol.
        initial, maintenance: USD, as the venue states them.
        initial_equity, maintenance_equity: USD, beyond the options' marks.
        growth: ``initial_equity`` over today's; NaN where today's is not positive.
        call_usd: Cash that has to be brought so that initial margin is met as it was, USD, + = pay in: what
            the requirement grows by and what the book lost.
    """

    spot_move: float
    vol_factor: float
    initial: float
    maintenance: float
    initial_equity: float
    maintenance_equity: float
    growth: float
    call_usd: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """One regime's answer.

    Args:
        regime: The record.
        now: In today's market, shapes (1,).
        shocked: After every shock, in the order of ``SPOT_MOVES`` and, fastest, ``VOL_FACTORS``.
    """

    regime: Regime
    now: Requirement
    shocked: tuple[Shocked, ...]

    @property
    def is_taken(self) -> bool:
        """Whether the regime takes the book at all."""
        return self.now.status == "ok"

    def to_dict(self, spot: float) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        regime, now = self.regime, self.now
        initial, maintenance = float(now.initial[0]), float(now.maintenance[0])
        coin = regime.unit is Unit.COIN
        return {
            "initial": plain(initial),
            "maintenance": plain(maintenance),
            "unit": regime.unit.value,
            "initial_coin": plain(initial / spot) if coin else None,
            "maintenance_coin": plain(maintenance / spot) if coin else None,
            "initial_equity": plain(float(now.initial_equity[0])),
            "maintenance_equity": plain(float(now.maintenance_equity[0])),
            "status": now.status,
            "venue": regime.venue,
            "jurisdiction": regime.jurisdiction,
            "client_class": regime.client_class,
            "parameters": regime.parameters,
            "effective": regime.effective,
            "source": regime.source,
            "verified": regime.verified,
            "doubts": regime.doubts,
            "parts": {name: plain(float(part[0])) for name, part in now.parts.items()},
            "shocks": [plain_mapping(row) for row in self.shocked],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far regimes are apart, on equity: the same demand everywhere.

    Args:
        dearest, cheapest: Names; None where fewer than two ask for something.
        dearest_usd, cheapest_usd: USD.
        ratio: Of the two.
    """

    dearest: str | None = None
    cheapest: str | None = None
    dearest_usd: float | None = None
    cheapest_usd: float | None = None
    ratio: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Margin:
    """The answer.

    Args:
        book: The book.
        asked: Every regime, in the order of the registry.
        initial_spread, maintenance_spread: The screen.
    """

    book: Book
    asked: tuple[Asked, ...]
    initial_spread: Spread
    maintenance_spread: Spread

    def to_dict(self) -> dict[str, object]:
        """The answer as ``--json`` prints it."""
        return {
            "method": METHOD,
            "asof": None if self.book.asof is None else format_stamp(self.book.asof),
            "underlying": self.book.underlying,
            "spot": self.book.spot,
            "holdings": len(self.book),
            "regimes": {one.regime.name: one.to_dict(self.book.spot) for one in self.asked},
            "spread": {
                "initial": plain_mapping(self.initial_spread),
                "maintenance": plain_mapping(self.maintenance_spread),
            },
        }


def margin(
    book: str | Path | Book,
    regime: str | Regime = ALL,
    *,
    parameters: str | Path = DEFAULT,
    market: str | Chain | None = None,
    asof: int | None = None,
) -> Margin:
    """What every margin regime asks for a book.

    Args:
        book: BOOK file, or a book at hand.
        regime: ``all``, a name, or a regime at hand.
        parameters: Name of a set of parameters, or a regime file.
        market: SOURCE or chain that values a book file by its instruments; None where its terms are inline.
        asof: UTC nanoseconds from which expiries in a book file count where nothing else says a time.

    Raises:
        InputError: An input cannot be used.
    """
    chain = tradable_chain(market) if isinstance(market, str) else market
    held = book if isinstance(book, Book) else read_book(str(book), chain, asof=asof)
    check_book(held, "book" if isinstance(book, Book) else str(book))
    chosen = (regime,) if isinstance(regime, Regime) else chosen_regimes(regime, parameters)
    return margin_by(held, chosen)


def margin_by(book: Book, regimes: Sequence[Regime]) -> Margin:
    """What some regimes ask for a book at hand, in their order.

    Raises:
        InputError: A regime gives no number for it.
    """
    now = account_of(book)
    moves, factors = np.repeat(SPOT_MOVES, len(VOL_FACTORS)), np.tile(VOL_FACTORS, len(SPOT_MOVES))
    later = shocked_account(book, spot_factor=1.0 + moves, vol_factor=factors)
    asked = tuple(asked_by(one, now, later) for one in regimes)
    return Margin(
        book=book,
        asked=asked,
        initial_spread=spread([(one, one.now.initial_equity) for one in asked]),
        maintenance_spread=spread([(one, one.now.maintenance_equity) for one in asked]),
    )


def chosen_regimes(name: str, parameters: str | Path) -> tuple[Regime, ...]:
    """The regimes of ``--regime`` with the parameters of ``--parameters``."""
    text = str(parameters)
    if not text.endswith(".toml"):
        return all_regimes(text) if name == ALL else (regime_of(name, text),)
    if name != ALL:
        return (read_regime(text, based_on=name),)
    own = read_regime(text)
    others = tuple(one for one in all_regimes() if one.name != own.name)
    return (*others, own)


def asked_by(regime: Regime, now: Account, later: Account) -> Asked:
    """What one regime asks for, now and after the shocks."""
    first = requirement(now, regime)
    after = requirement(later, regime)
    base = float(first.initial_equity[0])
    if first.status == "ok" and not np.isfinite(base):
        raise InputError(
            f"{regime.name} gives no number", place="book", remedy="check vols, strikes and sizes"
        )
    lost = now.contract_value[0] - later.contract_value
    calls = after.cash - first.cash[0] + lost
    growth = after.initial_equity / base if base > 0.0 else np.full(len(later), np.nan)
    columns: Sequence[Vector] = (
        np.repeat(SPOT_MOVES, len(VOL_FACTORS)),
        np.tile(VOL_FACTORS, len(SPOT_MOVES)),
        after.initial,
        after.maintenance,
        after.initial_equity,
        after.maintenance_equity,
        growth,
        calls,
    )
    names = Shocked.__dataclass_fields__
    rows = tuple(
        Shocked(**dict(zip(names, map(float, row), strict=True)))
        for row in zip(*columns, strict=True)
    )
    return Asked(regime=regime, now=first, shocked=rows)


def spread(rows: Sequence[tuple[Asked, Vector]]) -> Spread:
    """The dearest over the cheapest of those that ask for something."""
    asking = [
        (float(need[0]), one.regime.name) for one, need in rows if one.is_taken and need[0] > 0.0
    ]
    if len(asking) < 2:
        return Spread()
    dearest, cheapest = max(asking), min(asking)
    return Spread(
        dearest=dearest[1],
        cheapest=cheapest[1],
        dearest_usd=dearest[0],
        cheapest_usd=cheapest[0],
        ratio=dearest[0] / cheapest[0],
    )
