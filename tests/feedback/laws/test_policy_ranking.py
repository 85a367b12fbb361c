"""Three policies ranked by what they cost at the same risk."""

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.engine import Run
from shortgamma.feedback.laws import wandering
from shortgamma.feedback.laws.policy_ranking import WIDTH, PolicyRanking, constant
from tests.feedback.laws.examples import obeys


@pytest.mark.slow
@pytest.mark.parametrize("given", PolicyRanking.examples)
def test_the_law_holds_at_its_examples(given):
    obeys(PolicyRanking, given, seed=3)


@pytest.fixture(scope="module")
def diaries():
    """Each policy with few paths, and in steps half as fine."""
    law, run = PolicyRanking(vol=0.4), Run(paths=600, seed=5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wandering, "FINENESS", 50)
        return {name: law.diary(policy, run) for name, policy in law.policies().items()}


def test_the_law_holds_with_few_paths(diaries):
    for name, diary in diaries.items():
        found, expected = constant(diary), PolicyRanking().expected()[name]
        assert found.value == pytest.approx(expected, abs=0.05 * expected)
        assert 0.0 < found.standard_error < 0.02 * expected


def test_figures_of_the_page():
    rounded = {name: round(value, 4) for name, value in PolicyRanking().expected().items()}
    assert rounded == {"edge": 0.2887, "centre": 0.4082, "interval": 0.5642}


def test_one_policy_does_not_pass_for_another(diaries):
    law = PolicyRanking()
    for name, diary in diaries.items():
        for other, expected in law.expected().items():
            if other != name:
                assert not law.tolerances[other].admits(constant(diary).value, expected)


def test_steps_longer_than_the_band_break_it():
    """Then nearly each step trades, and the hedge behaves as at fixed intervals."""
    law = PolicyRanking()
    clock = Clock(years=np.full(60, 25.0 * law.interval))
    diary = law.wanderer.follow(law.policies()["centre"], clock, Run(paths=2_000), first=10)
    found, expected = constant(diary).value, law.expected()
    assert not law.tolerances["centre"].admits(found, expected["centre"])
    assert found == pytest.approx(expected["interval"], rel=0.03)


def test_distances_are_those_of_the_band(diaries):
    """R = H²/3 at the edge and H²/6 at the centre; trades stop at H and at 0; R = ν²Δt/2 by the clock."""
    squares = {name: diary.residuals.mean() / WIDTH**2 for name, diary in diaries.items()}
    assert squares["edge"] == pytest.approx(1 / 3, rel=0.05)
    assert squares["centre"] == pytest.approx(1 / 6, rel=0.05)
    assert squares["interval"] == pytest.approx(1 / 2, rel=0.03)
    assert diaries["edge"].landing.value == pytest.approx(WIDTH, rel=1e-9)
    assert diaries["centre"].landing.value == pytest.approx(0.0, abs=1e-12)


def test_taking_out_sums_of_mean_zero_moves_no_mean_and_leaves_less_noise(diaries):
    for row, calm in ((0, "cost_rates"), (1, "residuals")):
        for name in ("edge", "centre"):
            diary = diaries[name]
            raw, calmed = diary.rows[row] / diary.years, getattr(diary, calm)
            error = raw.std() / np.sqrt(raw.size)
            assert calmed.mean() == pytest.approx(raw.mean(), abs=3.5 * error)
            assert calmed.std() < 0.6 * raw.std()


@pytest.mark.parametrize("vol", [0.0, 10.0, float("nan")])
def test_parameters_outside_the_law_are_refused(vol):
    with pytest.raises(InputError, match="policy-ranking") as refused:
        PolicyRanking(vol=vol)
    assert refused.value.remedy
