"""What laws expect, against the figures of the design page, other formulas and other people's functions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from shortgamma.feedback.laws.base_fee import BaseFee
from shortgamma.feedback.laws.cascade import Cascade
from shortgamma.feedback.laws.constant_gamma import ConstantGamma
from shortgamma.feedback.laws.dealer_loss import DealerLoss
from shortgamma.feedback.laws.funding import RATES, Funding
from shortgamma.feedback.laws.large_trader import LargeTrader
from shortgamma.feedback.laws.liquidation_price import LiquidationPrice
from shortgamma.feedback.laws.local_theta import LocalTheta
from shortgamma.feedback.laws.option_book import OptionBook
from shortgamma.feedback.laws.permanent_transient import PermanentTransient
from shortgamma.feedback.laws.perp_ratio import PerpRatio
from shortgamma.feedback.laws.pinning import Pinning
from shortgamma.feedback.laws.squeeze_fold import SqueezeFold
from shortgamma.feedback.laws.svcj_moments import SvcjMoments
from shortgamma.venues.funding import FUNDING_RULES
from shortgamma.venues.gas import next_base_fee
from shortgamma.venues.liquidation import PerpContract, liquidation_price


def test_the_figures_of_the_design_page():
    assert ConstantGamma(theta=-0.3, vol=0.6).expected()["realised_vol"] == pytest.approx(
        0.8571, abs=5e-5
    )
    assert ConstantGamma(theta=0.3, vol=0.6).expected()["realised_vol"] == pytest.approx(
        0.4615, abs=5e-5
    )
    assert Pinning(alpha=0.25, z0=0.0).expected()["probability"] == pytest.approx(0.3935, abs=5e-5)
    assert list(Cascade(branching=0.6).expected().values()) == pytest.approx(
        [2.5, 9.375, 0.5488], abs=5e-5
    )
    thetas = PermanentTransient(theta_permanent=-0.2, theta_transient=-0.4, vol=1.0)
    assert list(thetas.expected().values()) == pytest.approx([2.5, 1.25])
    assert list(DealerLoss(theta=-0.3).expected().values()) == pytest.approx(
        [2.041, 1.429], abs=5e-4
    )


def test_the_squeeze_of_the_design_page():
    fold = SqueezeFold(spot=93.0, strike=100.0, vol=0.6, days=2.0, lambda_n=0.15).expected()
    assert fold["critical_shock"] == pytest.approx(0.012314, abs=5e-7)
    # The page gives moves of the price, the law log moves.
    assert fold["move_below"] == pytest.approx(0.0320, abs=5e-5)
    assert fold["move_above"] == pytest.approx(0.1482, abs=5e-5)


def test_the_fold_is_where_the_smallest_shock_without_a_near_solution_lies():
    law = SqueezeFold(spot=110.0, strike=100.0, vol=0.8, days=3.0, lambda_n=0.25)
    width = 0.8 * math.sqrt(3.0 / 365.0)

    def shock(move):
        d1 = (math.log(1.1) + np.array([move, 0.0])) / width + 0.5 * width
        held = stats.norm.cdf(d1)
        return move - 0.25 * (held[0] - held[1])

    lowest = optimize.minimize_scalar(shock, bounds=(-0.1, 0.0), method="bounded").fun
    assert law.expected()["critical_shock"] == pytest.approx(lowest, rel=1e-6)
    for multiple, metric in ((0.98, "move_below"), (1.02, "move_above")):
        move = law.expected()[metric]
        assert shock(move) == pytest.approx(multiple * lowest, rel=1e-6)


@pytest.mark.parametrize("branching", [0.1, 0.6, 0.8])
def test_cascade_sizes_have_the_moments_of_the_borel_distribution(branching):
    n = np.arange(1, 3_000)
    log_p = (
        -branching * n
        + (n - 1) * np.log(branching * n)
        - np.array([math.lgamma(k + 1.0) for k in n])
    )
    p = np.exp(log_p)
    mean = p @ n
    expected = Cascade(branching=branching).expected()
    assert expected["mean"] == pytest.approx(mean, rel=1e-9)
    assert expected["variance"] == pytest.approx(p @ (n - mean) ** 2, rel=1e-9)
    assert expected["p_one"] == pytest.approx(p[0], rel=1e-12)


@given(st.floats(0.02, 2.0), st.floats(-2.0, 2.0), st.floats(0.1, 0.9))
def test_the_chance_of_not_being_pinned_solves_the_backward_equation(alpha, z, left):
    def free(z, left):
        return math.exp(-2.0 * alpha * math.exp(-0.5 * z * z / left) / math.sqrt(left))

    h = 1e-4
    by_time = (free(z, left - h) - free(z, left + h)) / (2 * h)
    by_z = (free(z + h, left) - free(z - h, left)) / (2 * h)
    bend = (free(z + h, left) - 2 * free(z, left) + free(z - h, left)) / h**2
    drift = -alpha * z * left**-1.5 * math.exp(-0.5 * z * z / left)
    scale = abs(by_time) + abs(drift * by_z) + abs(bend) + 1e-3
    assert abs(by_time + drift * by_z + 0.5 * bend) < 2e-3 * scale
    assert Pinning(alpha=alpha, z0=z).expected()["probability"] == pytest.approx(1 - free(z, 1.0))


@given(st.integers(0, 10**14), st.integers(0, 10**8), st.integers(2, 10**8))
def test_the_base_fee_is_that_of_the_venues_room(fee, used, limit):
    used = min(used, limit)
    law = BaseFee(base_fee=fee, gas_used=used, gas_limit=limit)
    assert law.expected()["next_base_fee"] == next_base_fee(fee, used, gas_limit=limit)
    assert law.simulated(paths=1, seed=0, threads=1)["next_base_fee"].value == pytest.approx(
        law.expected()["next_base_fee"], abs=0.0
    )


@pytest.mark.parametrize("venue", RATES)
@given(premium=st.floats(-0.9, 3.0) | st.floats(-0.002, 0.002))
def test_the_rate_of_every_venue_is_that_of_the_venues_room(venue, premium):
    expected = Funding(venue=venue, premium=premium).expected()["rate"]
    assert FUNDING_RULES[venue].rate(premium) == pytest.approx(expected, rel=1e-12, abs=1e-18)


def test_published_funding_rates():
    # The page: .025 % is Deribit's damper, .01 % the interest of the others, .05 % their clamp.
    assert Funding(venue="deribit", premium=0.0002).expected()["rate"] == 0.0
    assert Funding(venue="deribit", premium=-0.001).expected()["rate"] == pytest.approx(-0.00075)
    assert Funding(venue="bybit", premium=0.0004).expected()["rate"] == pytest.approx(0.0001)
    assert Funding(venue="bitmex", premium=0.001).expected()["rate"] == pytest.approx(0.0005)
    assert Funding(venue="hyperliquid", premium=0.9).expected()["rate"] == pytest.approx(0.04)
    assert Funding(venue="dydx", premium=0.01).expected()["rate"] == pytest.approx(0.00125)
    assert Funding(venue="synthetix", premium=4.0).expected()["rate"] == pytest.approx(9.0)


@given(st.floats(1.1, 100.0), st.floats(0.0, 0.009), st.sampled_from(["linear", "inverse"]))
def test_at_the_liquidation_price_equity_is_the_maintenance(leverage, maintenance, contract):
    law = LiquidationPrice(leverage=leverage, maintenance=maintenance, contract=contract)
    for name, side in (("long", 1.0), ("short", -1.0)):
        price = law.expected()[name]
        if contract == "linear":
            equity, notional = 1 / leverage + side * (price - 1.0), price
        else:
            equity, notional = 1 / leverage + side * (1.0 - 1.0 / price), 1.0 / price
        assert equity == pytest.approx(maintenance * notional, abs=1e-9)
        room = liquidation_price(
            1.0, leverage, side=side, maintenance=maintenance, contract=PerpContract(contract)
        )
        assert price == pytest.approx(float(room), rel=1e-12)


@given(st.floats(0.5, 100.0), st.floats(-0.3, 0.3))
def test_at_the_perpetuals_ratio_carry_pays_for_funding(kappa, rate):
    # A long pays κ(f − x) a year and earns the growth r·f of a price that has to rise at r.
    ratio = PerpRatio(kappa=kappa, rate=rate).expected()["ratio"]
    assert kappa * (ratio - 1.0) == pytest.approx(rate * ratio, abs=1e-9)


def test_large_traders_multiples_are_those_of_a_finite_difference():
    law = LargeTrader(rho=0.1, spot=90.0, strike=100.0, vol=0.8, days=60.0)
    width = 0.8 * math.sqrt(60.0 / 365.0)

    def holding(log_price):
        return stats.norm.cdf((log_price - math.log(100.0)) / width + 0.5 * width)

    y, h = math.log(90.0), 1e-5
    # Frey: y = u + ρ·φ. Sircar–Papanicolaou: price proportional to income over (1 − ρφ).
    plain = 1.0 - 0.1 * (holding(y + h) - holding(y - h)) / (2 * h)
    short = 1.0 + (math.log(1 - 0.1 * holding(y + h)) - math.log(1 - 0.1 * holding(y - h))) / (
        2 * h
    )
    assert law.expected()["frey"] == pytest.approx(1.0 / plain, rel=1e-6)
    assert law.expected()["sircar_papanicolaou"] == pytest.approx(1.0 / short, rel=1e-6)


def test_jump_moments_are_those_of_the_sampled_model():
    law = SvcjMoments()
    generator = np.random.Generator(np.random.PCG64(5))
    size = 4_000_000
    z = generator.exponential(law.mu_v, size)
    jump = law.mu_y + law.rho_j * z + law.sigma_y * generator.standard_normal(size)
    mean_variance = (law.alpha + law.lambda_j * law.mu_v) / -law.beta
    square = mean_variance + law.lambda_j * np.mean(jump**2)
    assert law.expected()["annual_vol_250"] == pytest.approx(math.sqrt(square), rel=2e-3)
    ratio = law.expected()["annual_vol_365"] / law.expected()["annual_vol_250"]
    assert ratio == pytest.approx(math.sqrt(365.0 / 250.0))


def test_path_vol_of_a_flat_theta_is_the_first_steps():
    # An option that lives for years has the same gamma at all prices of a day.
    law = OptionBook(theta=-0.3, days=3_000.0)
    assert law.expected()["path_vol"] == pytest.approx(law.expected()["first_step_vol"], rel=1e-3)


def test_the_diffusion_equation_gives_the_mean_over_sampled_paths():
    local = LocalTheta(theta=0.6, vol=0.5, moneyness=0.02, years=2.0 / 365.0)
    years, steps, size = 0.4 / 365.0, 400, 20_000
    generator = np.random.Generator(np.random.PCG64(9))
    y, total = np.zeros(size), np.zeros(size)
    for index in range(steps):
        variance, drift = local.at(y, index * years / steps)
        total += variance / steps
        step = years / steps
        y = y + drift * step + np.sqrt(variance * step) * generator.standard_normal(size)
    error = total.std() / math.sqrt(size)
    assert abs(total.mean() - local.mean_variance(years)) < 4 * error + 1e-3 * total.mean()


def test_local_theta_is_gamma_over_depth():
    local = LocalTheta(theta=-0.3, vol=0.6, moneyness=math.log(0.95), years=7.0 / 365.0)
    y, t = np.array([-0.05, 0.0, 0.08]), 1.0 / 365.0

    def gamma_usd(log_price, time):
        width = 0.6 * np.sqrt(7.0 / 365.0 - time)
        d1 = (math.log(0.95) + log_price) / width + 0.5 * width
        spot = np.exp(log_price)
        return spot**2 * stats.norm.pdf(d1) / (spot * width)

    theta = -0.3 * gamma_usd(y, t) / gamma_usd(0.0, 0.0)
    variance, _drift = local.at(y, t)
    np.testing.assert_allclose(variance, (0.6 / (1.0 + theta)) ** 2, rtol=1e-12)
