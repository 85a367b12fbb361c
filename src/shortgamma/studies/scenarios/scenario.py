"""What all scenarios share: the market's figures, the exogenous process, and how ``--set`` changes them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, ClassVar, Final, Self, cast

import numpy as np

from shortgamma.basics.errors import InputError
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.curves import Span
from shortgamma.feedback.depth import Depth, Impact, UsdDepth
from shortgamma.feedback.exchange import TradingCosts
from shortgamma.feedback.processes.bootstrap import Bootstrap
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.processes.hawkes import Hawkes
from shortgamma.feedback.processes.heston import Heston
from shortgamma.feedback.processes.kou import Kou
from shortgamma.feedback.processes.merton import Merton
from shortgamma.feedback.processes.process import Process
from shortgamma.feedback.processes.replay import Replay
from shortgamma.feedback.processes.svcj import Svcj
from shortgamma.feedback.setup import Setup
from shortgamma.hedging.policy import Policy
from shortgamma.hedging.registry import policy_from
from shortgamma.market.calibration import Fit, fit_gbm, fit_kou, fit_merton
from shortgamma.market.history import PriceHistory
from shortgamma.studies.scenarios.books import HeldBook

FITTED: Final[Mapping[str, tuple[Callable[[PriceHistory], Fit], Callable[..., Process]]]] = (
    MappingProxyType({"gbm": (fit_gbm, Gbm), "merton": (fit_merton, Merton), "kou": (fit_kou, Kou)})
)
OF_VOL: Final[Mapping[str, Callable[..., Process]]] = MappingProxyType(
    {"gbm": Gbm, "merton": Merton, "kou": Kou, "heston": Heston, "hawkes": Hawkes}
)
PROCESSES: Final = ("gbm", "merton", "kou", "heston", "hawkes", "svcj", "bootstrap", "replay")


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
        steps: How many.
        step_seconds: Length of each.
        depth_usd_per_pct: One-sided USD that move spot 1 % (A).
        permanent_share: Part of an impact that stays (A).
        half_life_seconds: In which half of the rest decays (A).
        half_spread: Part of the notional (A).
        taker_fee: Part of the notional (A).
        policy: Of the hedgers: a name, or ``name:key=value,…``.
        theta: Gamma of the bundled book over depth, negative = short; a measured book brings its own.
    """

    name: ClassVar[str] = ""
    summary: ClassVar[str] = ""

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

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Self:
        """The scenario with the figures of ``--set``.

        Raises:
            InputError: An unknown name, or a value that is no number.
        """
        known = {f.name: f for f in fields(cls)}
        values: dict[str, Any] = {}
        for name, text in given.items():
            if name not in known:
                raise InputError(
                    f"{cls.name} has no {name!r}",
                    place="--set",
                    remedy=f"it has {', '.join(known)}",
                )
            values[name] = converted(name, text, type(cast("object", known[name].default)))
        return cls(**values)

    def build(self, inputs: Inputs) -> Setup:
        """The market to simulate."""
        raise NotImplementedError

    def held(self, inputs: Inputs) -> HeldBook:
        """What hedgers hold."""
        raise NotImplementedError

    @property
    def clock(self) -> Clock:
        """Its steps."""
        if not 0.0 < self.step_seconds < np.inf:
            raise InputError(
                f"{self.step_seconds:g} seconds",
                place="--set step_seconds",
                remedy="give a positive number",
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

    @property
    def costs(self) -> TradingCosts:
        """What hedgers pay."""
        return TradingCosts(half_spread=self.half_spread, fee=self.taker_fee)

    @property
    def hedging(self) -> Policy:
        """Policy of the hedgers."""
        return parsed_policy(self.policy)

    def exogenous(self, inputs: Inputs) -> Process:
        """The price process: of the given vol, or fitted to the given prices."""
        if self.process not in PROCESSES:
            raise InputError(
                f"unknown process {self.process!r}",
                place="--set process",
                remedy=f"use {', '.join(PROCESSES)}",
            )
        history = inputs.history
        if self.process in {"bootstrap", "replay"}:
            if history is None:
                raise InputError(
                    f"{self.process} needs prices",
                    place="--set process",
                    remedy="give them with --prices FILE",
                )
            return (
                Replay(history=history) if self.process == "replay" else Bootstrap(history=history)
            )
        if history is not None and self.process in FITTED:
            fit, make = FITTED[self.process]
            values = {k: v for k, v in fit(history).values.items() if k != "drift"}
            return make(**values)
        return Svcj() if self.process == "svcj" else OF_VOL[self.process](vol=self.vol)

    def span(self, process: Process, book: HeldBook) -> Span:
        """Log prices on which hedges are tabulated, finer where options expire during the run."""
        horizon = self.clock.horizon
        fine = bool(np.any(book.options.years <= horizon))
        return Span.around(process.annual_vol * horizon**0.5, is_fine=fine)


def converted(name: str, text: str, kind: type[object]) -> object:
    """The text of a flag as the type of the field."""
    try:
        return text if kind is str else int(text) if kind is int else float(text)
    except ValueError:
        what = "a whole number" if kind is int else "a number"
        raise InputError(
            f"{text!r} is not {what}", place=f"--set {name}", remedy="give one"
        ) from None


def parsed_policy(text: str) -> Policy:
    """A policy from ``name`` or ``name:key=value,…``; values are numbers where they can be."""
    name, _, rest = text.partition(":")
    parameters: dict[str, object] = {}
    for part in filter(None, rest.split(",")):
        key, equals, value = part.partition("=")
        if not equals:
            raise InputError(
                f"{part!r} has no value", place="--set policy", remedy="write name:key=value,…"
            )
        try:
            parameters[key] = float(value)
        except ValueError:
            parameters[key] = value
    return policy_from(name, **parameters)
