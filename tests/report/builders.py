"""A realistic invented chain, answers about it, and variants of an answer with chosen figures."""

from dataclasses import replace

import numpy as np

from shortgamma.basics.errors import Failure, Reason
from shortgamma.basics.time import parse_stamp
from shortgamma.basics.units import NANOSECONDS_PER_DAY
from shortgamma.exposure.feedback import CriticalShock, Feedback, FeedbackStatus, ShockStatus
from shortgamma.exposure.positioning import DealerLong, DealerShort, KnownInventory, Naive
from shortgamma.exposure.profile import Crossing, Flip, FlipStatus
from shortgamma.market.chain import Chain
from shortgamma.market.holdings import HolderInventory
from shortgamma.market.options import OptionSeries
from shortgamma.studies.assumptions import Assumptions
from shortgamma.studies.exposure import exposure

ASOF = parse_stamp("2026-01-15T09:30Z")
SPOT = 95_000.0
DAYS = (0.94, 8.0, 43.0, 162.0)
EVIL = "</script><script>alert(1)</script>"
DRAWS = 200


def chain(*, names=None, asof=ASOF, venue="deribit"):
    """Four expiries, a smile, and open interest skewed to puts below and calls above."""
    rng = np.random.default_rng(7)
    strikes = np.arange(70_000.0, 125_000.0, 2_500.0)
    strike, day, is_call = (
        axis.ravel() for axis in np.meshgrid(strikes, DAYS, [True, False], indexing="ij")
    )
    forward = SPOT * np.exp(0.04 * day / 365.0)
    k = np.log(strike / forward)
    vol = 0.42 + 0.05 * np.log1p(day / 30.0) + 0.6 * k**2 - 0.1 * k
    width = 0.4 * np.sqrt(day / 365.0) + 0.05
    hump = np.exp(-0.5 * ((k - np.where(is_call, 0.05, -0.05)) / width) ** 2)
    interest = (50.0 + 900.0 * hump) * rng.lognormal(0.0, 0.5, strike.size)
    labels = [
        f"BTC-{d:g}-{s:g}-{'C' if c else 'P'}" for s, d, c in zip(strike, day, is_call, strict=True)
    ]
    options = OptionSeries(
        instrument=names or labels,
        is_call=is_call,
        strike=strike,
        expiry=(asof or 0) + np.rint(day * NANOSECONDS_PER_DAY).astype(np.int64),
        years=day / 365.0,
        forward=forward,
        vol=vol,
        rate=np.zeros(strike.size),
        is_inverse=np.ones(strike.size, bool),
    )
    nothing = np.full(strike.size, np.nan)
    return Chain(
        asof=asof,
        venue=venue,
        underlying="BTC",
        spot=SPOT,
        options=options,
        open_interest=interest,
        bid_price=nothing,
        ask_price=nothing,
        mark_price=nothing,
        bid_size=nothing,
        ask_size=nothing,
        quarantined=(
            Failure(reason=Reason.EXPIRED, item="BTC-1JAN26-90000-C", message="−14 days to expiry"),
            Failure(reason=Reason.EXPIRED, item=EVIL, message="−14 days to expiry"),
            Failure(reason=Reason.BAD_VOL, item="BTC-30JAN26-1-C", message="vol 900 %"),
        ),
    )


def answer(model=None, *, of=None, **assumed):
    """The exposure study on the chain; fewer draws than usual, for speed."""
    assumed = {"draws": DRAWS} | assumed
    return exposure(of or chain(), model or Naive(), Assumptions(**assumed))


def inventory(*names, kinds=None, weights=None, of=None):
    """Holders with fixed shares of the naive positioning."""
    of = of or chain()
    base = of.open_interest * of.options.sign
    weights = weights or [1.0] * len(names)
    return KnownInventory(
        HolderInventory(
            holders=names,
            holder_types=tuple(kinds or [""] * len(names)),
            quantity=np.stack([w * base for w in weights]),
        )
    )


MODELS = {"naive": Naive(), "dealer-short": DealerShort(), "dealer-long": DealerLong()}


def flip(spot, way):
    """A flip that turns long (``up``) or short (``down``)."""
    return Flip(spot=spot, crossing=Crossing(way))


def variant(base, *, gamma, flips=(), status=None, depth=300e6, short=None, gross=600e6):
    """The answer with another net gamma, other flips and the feedback that follows from them."""
    theta = gamma / depth
    runs = theta <= -1.0
    shock = CriticalShock(
        shock=0.0 if runs else None,
        move_at_fold=None,
        landing=None,
        status=ShockStatus.RUNAWAY if runs else ShockStatus.NONE_IN_RANGE,
    )
    profile = replace(
        base.profile,
        flips=tuple(flips),
        flip_status=status or (FlipStatus.FOUND if flips else FlipStatus.ALWAYS_SHORT),
    )
    if profile.flip_status is FlipStatus.FLAT:
        profile = replace(profile, gamma_usd_per_pct=np.zeros_like(profile.spot))
    return replace(
        base,
        totals=replace(base.totals, gamma_usd_per_pct=gamma, gross_gamma_usd_per_pct=gross),
        profile=profile,
        confidence=replace(
            base.confidence,
            probability_short=base.confidence.probability_short if short is None else short,
        ),
        feedback=Feedback(
            depth_usd_per_pct=depth,
            theta=theta,
            amplification=None if runs else 1.0 / (1.0 + theta),
            runaway_depth_usd_per_pct=-gamma if gamma < 0.0 else None,
            critical_up=shock,
            critical_down=shock,
            status=FeedbackStatus.RUNAWAY if runs else FeedbackStatus.AMPLIFIES,
        ),
    )
