"""The cheapest sale, executed in the market and as a quadratic programme."""

from dataclasses import replace

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.depth import Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.laws.almgren_chriss import SCALE, SPOT, AlmgrenChriss
from tests.feedback.laws.examples import obeys


@pytest.mark.parametrize("given", AlmgrenChriss.examples)
def test_the_law_holds_at_its_examples(given):
    obeys(AlmgrenChriss, given, seed=3)


def test_the_published_example():
    """Almgren and Chriss (2001), section 3: κ is about 0.61 a day at λ = 1e-6."""
    assert AlmgrenChriss().expected()["kappa"] == pytest.approx(0.61, abs=0.005)


@pytest.mark.parametrize("given", AlmgrenChriss.examples)
def test_no_schedule_of_any_shape_is_cheaper(given):
    """The best sale of one coin by linear algebra, from the cost function of the paper.

    For holdings x it is ½γX² + (η − ½γτ)/τ·Σ(x_{k−1} − x_k)² + λσ²τ·Σx_k².
    """
    law = AlmgrenChriss(**given)
    n = law.trades
    impact = (law.eta - 0.5 * law.gamma * law.tau) / law.tau
    risk = law.risk_aversion * law.vol**2 * law.tau
    matrix = np.diag(np.full(n - 1, 2.0 * impact + risk))
    matrix -= impact * (np.eye(n - 1, k=1) + np.eye(n - 1, k=-1))
    first = np.zeros(n - 1)
    first[0] = impact
    held = np.concatenate([[1.0], np.linalg.solve(matrix, first), [0.0]])
    urgency = np.arccosh((held[:-2] + held[2:]) / (2.0 * held[1:-1]))
    np.testing.assert_allclose(urgency / law.tau, law.expected()["kappa"], rtol=1e-9)
    np.testing.assert_allclose(law.schedule(law.urgency), -np.diff(held), rtol=1e-9)


def test_the_market_charges_what_the_paper_says():
    """Mean and variance of the shortfall of one schedule, in the units of the setup."""
    law = AlmgrenChriss(**AlmgrenChriss.examples[1])
    trades = law.schedule(0.2)
    market = simulate(law.setup(0.2), Run(paths=40_000, seed=1)).market
    shortfall, luck = market["seller: shortfall"], market["seller: luck"]
    slope = SPOT * SCALE
    gamma, eta = law.share * slope, 0.5 * slope
    mean = 0.5 * gamma + (eta - 0.5 * gamma) * np.sum(trades**2)
    left = 1.0 - np.cumsum(trades)[:-1]
    variance = slope**2 / law.trades * np.sum(left**2)
    assert (shortfall - luck).mean() == pytest.approx(mean, rel=2e-3)
    assert shortfall.var() == pytest.approx(variance, rel=0.03)
    assert luck.mean() == pytest.approx(0.0, abs=4.0 * luck.std() / 200.0)


def test_impact_that_stays_otherwise_breaks_it(monkeypatch):
    given = {"eta": 1e-5, "gamma": 2e-5, "risk_aversion": 2e-6, "vol": 1.5, "tau": 0.5}
    law, honest = AlmgrenChriss(**given), AlmgrenChriss.setup

    def none_stays(self, urgency):
        setup = honest(self, urgency)
        gone = Impact(permanent_share=0.0, half_life_seconds=setup.impact.half_life_seconds)
        return replace(setup, impact=gone)

    monkeypatch.setattr(AlmgrenChriss, "setup", none_stays)
    found = law.simulated(paths=40_000, seed=1, threads=2)["kappa"].value
    assert not law.tolerances["kappa"].admits(found, law.expected()["kappa"])
    without = AlmgrenChriss(**(given | {"gamma": 0.0}))
    assert without.tolerances["kappa"].admits(found, without.expected()["kappa"])


@pytest.mark.parametrize(
    "given",
    [{"eta": 0.0}, {"gamma": -1e-7}, {"gamma": 1e-5}, {"vol": 1e-6}, {"tau": float("nan")}],
)
def test_parameters_outside_the_law_are_refused(given):
    with pytest.raises(InputError, match="almgren-chriss") as refused:
        AlmgrenChriss(**given)
    assert refused.value.remedy
