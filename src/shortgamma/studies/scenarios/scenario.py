"""What all scenarios share: the market's figures, the exogenous process, and how ``--set`` changes them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self, cast

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.basics.units import LARGEST_PRICE, SMALLEST_PRICE
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.curves import Span, VolLevels
from shortgamma.feedback.depth import Depth, Impact, UsdDepth, WithdrawingDepth
from shortgamma.feedback.exchange import TradingCosts
from shortgamma.feedback.market import Market
from shortgamma.feedback.processes.process import Process
from shortgamma.feedback.setup import Setup
from shortgamma.hedging.policy import Policy
from shortgamma.hedging.registry import policy_from
from shortgamma.market.history import PriceHistory
from shortgamma.studies.scenarios.books import HeldBook, spread_book
from shortgamma.studies.scenarios.exogenous import ProcessChoice
from shortgamma.studies.scenarios.settings import converted, full_name, with_parameters

SPREAD = 64
"""Contracts of a bundled book that is spread over strikes and expiries."""
RANGES = {"spot": (SMALLEST_PRICE, LARGEST_PRICE), "vol": (0.0, 50.0), "theta": (-100.0, 100.0)}
"""Beyond them no market lies; 50 is a vol of 5,000 %."""
CALM = 1.5
"""Multiple of the exogenous vol up to which nobody withdraws depth (A)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a caller brings to a scenario.

    Args:
        book: What hedgers hold, instead of the bundled book.
        history: Prices to fit the process to, to draw blocks from, or to replay.
    """

    book: HeldBook | None = None
    history: PriceHistory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A market with its figures; (A) = an assumption.

    Args:
        spot: USD; a measured book brings its own.
        vol: Exogenous, decimal per √year (A); a price history brings its own.
        process: gbm, merton, kou, heston, hawkes or svcj; with a price history also bootstrap or replay.
            A name, or ``name:key=value,…``; without values it is fitted to the history.
        steps: How many.
        step_seconds: Length of each.
        depth_usd_per_pct: One-sided USD that move spot 1 % (A).
        permanent_share: Part of an impact that stays (A).
        half_life_seconds: In which half of the rest decays (A).
        half_spread: Part of the notional (A).
        taker_fee: Part of the notional (A).
        policy: Of the hedgers: a name, or ``name:key=value,…``.
        theta: Gamma of the bundled book over depth, negative = short; a measured book brings its own.

    Raises:
        InputError: Spot, vol or theta lie beyond any market.
    """

    name: ClassVar[str] = ""
    summary: ClassVar[str] = ""
    least_chunk: ClassVar[int] = 2_048
    """Paths below which a block has more to do with steps than with paths."""
    step_cost: ClassVar[float] = 1.0
    """Of a step of a path, over that of a market whose hedges are tabulated."""

    spot: float = 90_000.0
    vol: float = 0.5
    process: str = "gbm"
    steps: int = 1_440
    step_seconds: float = 60.0
    depth_usd_per_pct: float = 300e6
    permanent_share: float = 1.0 / 3.0
    half_life_seconds: float = 900.0
    half_spread: float = 0.5e-4
    taker_fee: float = 5e-4
    policy: str = "continuous"
    theta: float = -0.3

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            value = getattr(self, name)
            if not least <= value <= most:
                raise InputError(
                    f"{name} is {value:g}",
                    place=f"--set {name}",
                    remedy=f"give {least:g} to {most:g}, vols as decimals",
                )

    @classmethod
    def kinds(cls) -> dict[str, type[object]]:
        """Its figures by full name, with their types."""
        return {f.name: type(cast("object", f.default)) for f in fields(cls)}

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Self:
        """The scenario with the figures of ``--set``; a name may leave out its unit.

        Raises:
            InputError: An unknown name, one that is given twice, or a value that is no number.
        """
        kinds = cls.kinds()
        values: dict[str, Any] = {}
        for name, text in given.items():
            full = full_name(name, kinds, owner=cls.name, place="--set")
            if full in values:
                raise InputError(f"{full!r} is given twice", place="--set", remedy="give it once")
            values[full] = converted(name, text, kinds[full])
        return cls(**values)

    def build(self, inputs: Inputs) -> Setup:
        """The market to simulate.

        Raises:
            InputError: A figure is outside its range, or the process needs other inputs.
        """
        book, process = self.held(inputs), self.exogenous(inputs)
        return Setup(
            spot=book.spot,
            process=process,
            clock=self.clock,
            depth=self.depth,
            impact=self.impact,
            markets=self.markets,
            agents=self.agents(book),
            levels=self.levels,
            span=self.span(process, book),
        )

    def held(self, inputs: Inputs) -> HeldBook:
        """What hedgers hold: the given book, or the bundled one with its θ."""
        return inputs.book or self.bundled_book()

    def bundled_book(self) -> HeldBook:
        """A spread of strikes and expiries with the gamma that θ says."""
        return spread_book(
            spot=self.spot,
            vol=self.vol,
            options=SPREAD,
            gamma_usd_per_pct=self.theta * self.depth_usd_per_pct,
        )

    def agents(self, book: HeldBook) -> tuple[Agent, ...]:
        """Everyone who trades."""
        raise NotImplementedError

    @property
    def markets(self) -> tuple[Market, ...]:
        """What there is beside spot."""
        return ()

    @property
    def levels(self) -> VolLevels:
        """Vol levels on which hedges are tabulated."""
        return VolLevels.fixed()

    @property
    def clock(self) -> Clock:
        """Its steps."""
        if not 1e-3 <= self.step_seconds < np.inf:
            raise InputError(
                f"{self.step_seconds:g} seconds",
                place="--set step_seconds",
                remedy="give 0.001 or more",
            )
        return Clock.even(self.steps, self.step_seconds)

    @property
    def impact(self) -> Impact:
        """What stays of an impact."""
        return Impact(
            permanent_share=self.permanent_share, half_life_seconds=self.half_life_seconds
        )

    @property
    def depth(self) -> Depth:
        """Of spot."""
        return UsdDepth(usd_per_pct=self.depth_usd_per_pct)

    def withdrawing(
        self, floor: float, schedule: tuple[tuple[float, float], ...] = ()
    ) -> WithdrawingDepth:
        """Depth of spot that withdraws as the market gets wilder than the exogenous vol.

        Args:
            floor: Least part that remains.
            schedule: (years since the start, part from then on).
        """
        return WithdrawingDepth(
            usd_per_pct=self.depth_usd_per_pct,
            reference_vol=CALM * self.vol,
            floor=floor,
            schedule=schedule,
        )

    @property
    def costs(self) -> TradingCosts:
        """What hedgers pay."""
        return TradingCosts(half_spread=self.half_spread, fee=self.taker_fee)

    @property
    def hedging(self) -> Policy:
        """Policy of the hedgers."""
        return parsed_policy(self.policy)

    def exogenous(self, inputs: Inputs) -> Process:
        """The price process: of the given vol and parameters, or fitted to the given prices."""
        return ProcessChoice.parse(self.process).make(vol=self.vol, history=inputs.history)

    def span(self, process: Process, book: HeldBook) -> Span:
        """Log prices on which hedges are tabulated, finer where options expire during the run."""
        horizon = self.clock.horizon
        fine = bool(np.any(book.options.years <= horizon))
        return Span.around(process.annual_vol * horizon**0.5, is_fine=fine)


def parsed_policy(text: str, *, place: str = "--set policy") -> Policy:
    """A policy from ``name`` or ``name:key=value,…``; values are numbers where they can be.

    Raises:
        InputError: No such policy, or a parameter that it does not take.
    """
    name, parameters = with_parameters(text, place=place)
    return policy_from(name, **parameters)
