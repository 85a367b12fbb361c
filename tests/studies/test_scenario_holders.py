"""One bank against one vault: what theory says of the same gamma in two markets."""

import numpy as np
import pytest
from scipy.stats import norm

from shortgamma.basics.errors import InputError
from shortgamma.exposure.unit import unit_exposure
from shortgamma.feedback.engine import Run
from shortgamma.studies.scenarios.holders import OneBank, OneVault
from shortgamma.studies.scenarios.scenario import Inputs
from shortgamma.studies.simulation import simulation

PATHS = 4_000
BATCHES = 20
# Everybody trades at once, nobody withdraws, nothing jumps: then θ is constant over two hours.
PLAIN = {"process": "gbm", "steps": 120, "depth_floor": 1.0}


@pytest.fixture(scope="module")
def bank():
    return simulation(OneBank(), run=Run(paths=PATHS, seed=3))


@pytest.fixture(scope="module")
def vault():
    return simulation(OneVault(), run=Run(paths=PATHS, seed=3))


def pnl(found):
    """USD that the hedgers made together, per path."""
    figures = found.outcome.market
    return sum(figure for name, figure in figures.items() if name.endswith(": pnl_usd"))


def shortfall(losses, part=0.02):
    """Mean of the worst part of the paths with its standard error, from batches."""
    batches = losses.reshape(BATCHES, -1)
    worst = np.sort(batches, axis=1)[:, : round(part * batches.shape[1])].mean(axis=1)
    return worst.mean(), worst.std(ddof=1) / np.sqrt(BATCHES)


def test_both_hold_the_same_gamma_in_different_depth():
    bank, vault = OneBank(), OneVault()
    held = [scenario.held(Inputs()) for scenario in (bank, vault)]
    for book, scenario in zip(held, (bank, vault), strict=True):
        assert book.gamma_usd_per_pct == pytest.approx(-60e6)
        assert scenario.theta == pytest.approx(-60e6 / scenario.depth_usd_per_pct)
    assert len(held[0].options) > 8
    assert len(np.unique(held[0].options.expiry)) == 8
    assert len(held[1].options) == 1
    assert (bank.vol, bank.process, bank.spot) == (vault.vol, vault.process, vault.spot)


def test_desks_share_the_book_and_differ():
    agents = OneBank().agents(OneBank().held(Inputs()))
    desks = [agent for agent in agents if agent.name.startswith("desk")]
    assert len(desks) == 8
    assert sum(float(desk.quantity.sum()) for desk in desks) == pytest.approx(
        float(OneBank().held(Inputs()).quantity.sum())
    )
    assert len({float(desk.options.years[0]) for desk in desks}) == 8
    assert len({(desk.policy, desk.perp) for desk in desks}) == 8


@pytest.mark.parametrize(
    "scenario",
    [OneBank(desks=0), OneBank(desks=65), OneBank(desk_band=-1.0), OneVault(keeper_band=-0.1)],
)
def test_figures_out_of_range_are_one_line(scenario):
    with pytest.raises(InputError, match=r"desks|keeper band") as caught:
        scenario.build(Inputs())
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("scenario", "tolerance"),
    [
        (OneBank(**PLAIN, desk_band=0.0, basis_half_life_seconds=1.0), 0.01),
        # A hedge that reverts (1 %) or waits for a block comes late: a little less than in theory.
        (OneVault(**PLAIN, keeper_band=0.0), 0.03),
    ],
    ids=["bank", "vault"],
)
def test_vol_is_multiplied_as_theta_says(scenario, tolerance):
    """σ/(1 + θ), θ = gamma over depth."""
    found = simulation(scenario, run=Run(paths=1_500, seed=5)).metrics["realised_vol_ratio"]
    expected = 1.0 / (1.0 + scenario.theta)
    assert abs(found.value - expected) < 3.0 * found.standard_error + tolerance * expected
    assert found.standard_error < 0.01 * expected


def test_the_two_markets_differ_as_theta_says():
    """The ratio of both multiples is (1 + θ of the bank)/(1 + θ of the vault)."""
    bank = OneBank(**PLAIN, desk_band=0.0, basis_half_life_seconds=1.0)
    vault = OneVault(**PLAIN, keeper_band=0.0)
    ratios = [
        simulation(scenario, run=Run(paths=1_500, seed=5)).metrics["realised_vol_ratio"]
        for scenario in (bank, vault)
    ]
    found = ratios[1].value / ratios[0].value
    error = found * np.hypot(*(r.standard_error / r.value for r in ratios))
    expected = (1.0 + bank.theta) / (1.0 + vault.theta)
    assert abs(found - expected) < 3.0 * error + 0.03 * expected


def test_gamma_at_one_strike_peaks_where_spread_gamma_does_not():
    """θ at the worst price and at the end of the day, in closed form and from the books themselves."""
    worst = {}
    for scenario in (OneBank(), OneVault()):
        book = scenario.held(Inputs())
        options, left = book.options, book.options.years - scenario.clock.horizon
        price = book.spot * np.exp(np.linspace(-0.1, 0.1, 401))[:, None]
        deviation = options.vol * np.sqrt(left)
        d1 = np.log(price / options.strike) / deviation + 0.5 * deviation
        gamma = (book.quantity * norm.pdf(d1) / (price * deviation)).sum(axis=1)
        per_pct = 0.01 * gamma * price[:, 0] ** 2
        worst[scenario.name] = per_pct.min() / scenario.depth_usd_per_pct
        depth_left = scenario.depth_floor * scenario.depth_usd_per_pct
        folds = per_pct.min() / depth_left < -1.0
        assert folds == (scenario.name == "one-vault")
    assert worst["one-bank"] == pytest.approx(OneBank().theta, rel=0.1)
    # √(T/(T − 1 day)): what a day does to the gamma of a single strike.
    assert worst["one-vault"] == pytest.approx(OneVault().theta * np.sqrt(3.0 / 2.0), rel=0.01)
    start = unit_exposure(OneVault().held(Inputs()).options).gamma_usd_per_pct
    assert start.shape == (1,)


def test_the_bank_stays_below_its_multiple_and_the_vault_goes_beyond(bank, vault):
    """Bands and turns make hedges late: below 1/(1 + θ). Depth that withdraws makes θ worse: above it."""
    found = bank.metrics["realised_vol_ratio"]
    assert 1.0 + 3.0 * found.standard_error < found.value
    assert found.value < 1.0 / (1.0 + OneBank().theta) + 3.0 * found.standard_error
    found = vault.metrics["realised_vol_ratio"]
    assert found.value - 3.0 * found.standard_error > 1.0 / (1.0 + OneVault().theta)


def test_the_vault_is_squeezed_more_often(bank, vault):
    chances = [found.metrics["squeeze_probability"] for found in (bank, vault)]
    error = np.hypot(*(chance.standard_error for chance in chances))
    assert chances[1].value - chances[0].value > 5.0 * error
    assert chances[0].value < 0.02
    for found in (bank, vault):
        assert found.metrics["squeeze_probability_without"].value < 0.01


def test_the_vault_has_the_worse_tail(bank, vault):
    """Mean loss of the worst 2 % of days, in USD, of everyone who hedges; both hold the same gamma."""
    (of_bank, bank_error), (of_vault, vault_error) = (shortfall(pnl(f)) for f in (bank, vault))
    assert of_vault < of_bank < 0.0
    assert of_bank - of_vault > 3.0 * np.hypot(bank_error, vault_error)


def test_margin_calls_force_the_vault_to_hedge_more_than_its_band_asks():
    """A wide band leaves it exposed; with few funds it is made to trade, with ample funds it is not."""
    free, ample, poor = (
        simulation(
            OneVault(steps=240, keeper_band=0.4, process="gbm", own_funds_usd=funds),
            run=Run(paths=200, seed=3),
        ).outcome.market
        for funds in (0.0, 1e12, 1e6)
    )
    assert "vault: margin_calls" not in free
    assert ample["vault: margin_calls"].sum() == 0.0
    assert ample["final"] == pytest.approx(free["final"], abs=1e-9)
    assert poor["vault: margin_calls"].sum() > 0.0
    assert poor["vault: turnover_usd"].mean() > free["vault: turnover_usd"].mean()
