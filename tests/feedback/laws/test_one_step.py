"""The loss of a hedged option over one short step."""

import numpy as np
import pytest
from scipy import stats

from shortgamma.basics.errors import InputError
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.laws.one_step import OneStep, shape_of
from tests.feedback.laws.examples import obeys


@pytest.mark.parametrize("given", OneStep.examples)
def test_the_law_holds_at_its_examples(given):
    obeys(OneStep, given, seed=3)


def test_figures_of_the_page():
    expected = OneStep().expected()
    square = stats.chi2(1)
    assert expected["loss_probability"] == pytest.approx(0.3173, abs=5e-5)
    assert expected["loss_probability"] == pytest.approx(square.sf(1.0), rel=1e-12)
    skew, kurtosis = square.stats(moments="sk")
    assert expected["skew"] == pytest.approx(float(skew))
    assert expected["excess_kurtosis"] == pytest.approx(float(kurtosis))


@pytest.mark.parametrize("vol", [0.1, 0.6, 3.0])
def test_each_loss_is_that_of_its_move(vol):
    """½|Γ|S²·(x² − σ²Δt), where higher orders are a thousandth of the loss."""
    law = OneStep(vol=vol)
    setup = law.setup()
    outcome = simulate(setup, Run(paths=2_000, seed=1, keep_every=1))
    variance = vol**2 * setup.clock.horizon
    z2 = outcome.log_prices[0, 0] ** 2 / variance
    width = vol * np.sqrt(30.0 / 365.0)
    scale = 0.5 * 100.0 * np.exp(-(width**2) / 8.0) / np.sqrt(2.0 * np.pi) / width * variance
    np.testing.assert_allclose(
        -outcome.market["dealer: pnl_usd"], scale * (z2 - 1.0), rtol=0.02, atol=3e-3 * scale
    )


def test_a_bought_option_breaks_it():
    law = OneStep()
    outcome = simulate(law.setup(quantity=1.0), Run(paths=50_000))
    found, expected = shape_of(-outcome.market["dealer: pnl_usd"]), law.expected()
    assert found["loss_probability"].value == pytest.approx(0.6827, abs=0.01)
    for metric in ("loss_probability", "skew"):
        assert not law.tolerances[metric].admits(found[metric].value, expected[metric])


def test_errors_of_the_moments_are_their_spread_between_samples():
    rng = np.random.default_rng(1)
    samples = [shape_of(rng.gamma(2.0, size=4_000)) for _ in range(400)]
    for metric, true in (("skew", 2**0.5), ("excess_kurtosis", 3.0)):
        values = np.array([sample[metric].value for sample in samples])
        errors = np.array([sample[metric].standard_error for sample in samples])
        assert values.mean() == pytest.approx(true, rel=0.05)
        assert errors.mean() == pytest.approx(values.std(), rel=0.2)


@pytest.mark.parametrize("vol", [0.0, -0.5, 50.0, float("inf")])
def test_parameters_outside_the_law_are_refused(vol):
    with pytest.raises(InputError, match="one-step") as refused:
        OneStep(vol=vol)
    assert refused.value.remedy
