"""The local volatility that hedging of one option makes, and its mean, from the diffusion equation."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_banded

from shortgamma.feedback.laws.options import d1_of, delta_per_log, density

Vector = NDArray[np.float64]

NODES, STEPS = 601, 300
SCREEN = 201


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTheta:
    """θ(y, t) = κ·e^y·φ(d1)/(σ√(T − t)), y = ln(S/S0), of a call in a market of constant USD depth.

    With a shock ε the log price moves by x: ε = (1 + θ)·x + ½ΛN·Δ_yy·x² + ΛN·Δ_t·dt, which gives the
    volatility v = σ/(1 + θ) and the drift −(½σ² + ½ΛN·Δ_yy·v² + ΛN·Δ_t)/(1 + θ).

    Args:
        theta: θ at y = 0, t = 0.
        vol: σ, decimal.
        moneyness: ln(S0/K).
        years: T.
    """

    theta: float
    vol: float
    moneyness: float
    years: float

    @property
    def coins_per_log(self) -> float:
        """S·Γ of one option at the start."""
        return float(delta_per_log(self.moneyness, self.vol * self.years**0.5))

    @property
    def largest_vol(self) -> float:
        """Volatility that is stayed clear of: twice the first one where gamma is short."""
        return self.vol / (1.0 + self.lowest_theta) if self.theta < 0.0 else self.vol

    @property
    def lowest_theta(self) -> float:
        """Half-way between θ at the start and −1."""
        return 0.5 * (self.theta - 1.0)

    def at(self, log_price: Vector, time: float) -> tuple[Vector, Vector]:
        """v² and drift per year, shape (n,).

        Args:
            log_price: y, shape (n,).
            time: t, years.
        """
        left = self.years - time
        width = self.vol * left**0.5
        moneyness = self.moneyness + log_price
        d1 = d1_of(moneyness, width)
        weight = self.theta / self.coins_per_log * np.exp(log_price) * density(d1)
        theta = weight / width
        variance = (self.vol / (1.0 + theta)) ** 2
        curve = -d1 / width**2
        decay = 0.5 * moneyness / (width * left) - 0.25 * width / left
        drift = -0.5 * self.vol**2 - weight * (0.5 * curve * variance + decay)
        return variance, drift / (1.0 + theta)

    def safe_horizon(self, longest: float, deviations: float) -> float:
        """Years, at most ``longest``, in which θ stays above :attr:`lowest_theta` where prices go.

        Args:
            longest: Years.
            deviations: How many standard deviations prices go.
        """
        if self.theta >= 0.0:
            return longest
        years, limit = longest, self.largest_vol**2
        while True:
            reach: float = deviations * self.largest_vol * years**0.5
            prices: Vector = np.linspace(-reach, reach, SCREEN)
            if all(np.max(self.at(prices, t)[0]) <= limit for t in (0.0, 0.5 * years, years)):
                return years
            years *= 0.8

    def mean_variance(self, years: float) -> float:
        """E[∫v²dt]/``years`` from y = 0: the backward equation u_t + a·u_y + ½v²·u_yy + v² = 0.

        Crank–Nicolson; at the far ends u_y = 0.
        """
        reach: float = 8.0 * self.largest_vol * years**0.5
        prices: Vector = np.linspace(-reach, reach, NODES)
        gap, step = prices[1] - prices[0], years / STEPS
        value: Vector = np.zeros(NODES)
        for index in reversed(range(STEPS)):
            variance, drift = self.at(prices, (index + 0.5) * step)
            spread, lean = 0.5 * variance / gap**2, 0.5 * drift / gap
            down, up = spread - lean, spread + lean
            down[-1], up[0] = down[-1] + up[-1], up[0] + down[0]
            bands = np.zeros((3, NODES))
            bands[0, 1:] = -0.5 * step * up[:-1]
            bands[1] = 1.0 + step * spread
            bands[2, :-1] = -0.5 * step * down[1:]
            right = (1.0 - step * spread) * value + step * variance
            right[:-1] += 0.5 * step * up[:-1] * value[1:]
            right[1:] += 0.5 * step * down[1:] * value[:-1]
            value = np.asarray(solve_banded((1, 1), bands, right), dtype=np.float64)
        return float(value[NODES // 2] / years)
