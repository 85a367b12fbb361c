"""The Whalley–Wilmott band and what half and double of it cost."""

import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.engine import Run
from shortgamma.feedback.laws import wandering
from shortgamma.feedback.laws.whalley_wilmott import WhalleyWilmott
from tests.feedback.laws.examples import obeys


@pytest.mark.slow
@pytest.mark.parametrize("given", WhalleyWilmott.examples)
def test_the_law_holds_at_its_examples(given):
    obeys(WhalleyWilmott, given, seed=3)


@pytest.fixture
def _coarse(monkeypatch):
    """Steps half as fine."""
    monkeypatch.setattr(wandering, "FINENESS", 50)


@pytest.mark.usefixtures("_coarse")
def test_the_law_holds_with_few_paths_and_is_cheapest_at_the_band():
    found = obeys(WhalleyWilmott, {"gamma": 0.04, "cost": 1e-3}, seed=4, paths=250, slack=2.5)
    assert found["cost_at_band"].value < found["cost_at_half"].value
    assert found["cost_at_band"].value < found["cost_at_double"].value


def test_figures_written_out():
    law = WhalleyWilmott(risk_aversion=0.2, cost=5e-4, spot=100.0, gamma=-0.05, vol=0.6)
    band = (1.5 * 5e-4 * 100.0 * 0.05**2 / 0.2) ** (1.0 / 3.0)
    expected = law.expected()
    assert expected["band"] == pytest.approx(band)
    for name, width in (
        ("cost_at_half", 0.5 * band),
        ("cost_at_band", band),
        ("cost_at_double", 2.0 * band),
    ):
        risk = 0.1 * 60.0**2 * width**2 / 3.0
        assert expected[name] == pytest.approx(risk + 5e-4 * 100.0 * 3.0**2 / (2.0 * width))


@pytest.mark.usefixtures("_coarse")
def test_another_cost_or_aversion_breaks_it():
    """The band goes with their third root, so a factor 1.2 moves it by 6 %."""
    law = WhalleyWilmott()
    for changed in (WhalleyWilmott(cost=6e-4), WhalleyWilmott(risk_aversion=0.2 / 1.2)):
        kept = changed.kept(Run(paths=500))
        assert not law.tolerances["band"].admits(kept.value, law.expected()["band"])
        assert changed.tolerances["band"].admits(kept.value, changed.expected()["band"])


@pytest.mark.parametrize(
    "given",
    [
        {"risk_aversion": 0.0},
        {"cost": -1e-4},
        {"gamma": 0.0},
        {"spot": float("inf")},
        {"risk_aversion": 1e-6},
    ],
)
def test_parameters_outside_the_law_are_refused(given):
    with pytest.raises(InputError, match="whalley-wilmott") as refused:
        WhalleyWilmott(**given)
    assert refused.value.remedy
