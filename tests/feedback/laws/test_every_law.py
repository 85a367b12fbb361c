"""What holds for all laws: they are met, with an error small against the tolerance, and refuse nonsense."""

from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.feedback.laws.registry import FEEDBACK_LAWS, LAWS

# The table of the design page: law, its parameters in order, its metrics.
TABLE = {
    "constant-gamma": ("theta vol", "realised_vol"),
    "option-book": ("theta vol strike spot days", "first_step_vol path_vol"),
    "lagged-hedger": ("theta vol", "autocorrelation one_step_vol"),
    "permanent-transient": ("theta_permanent theta_transient vol", "short_vol long_vol"),
    "large-trader": ("rho spot strike vol days", "frey sircar_papanicolaou"),
    "pinning": ("alpha z0", "probability"),
    "cascade": ("branching", "mean variance p_one"),
    "combined": ("shock branching theta", "move"),
    "squeeze-fold": ("spot strike vol days lambda_n", "critical_shock move_below move_above"),
    "dealer-loss": ("theta", "after_move average_fill"),
    "funding": ("venue premium", "rate net_paid"),
    "liquidation-price": ("leverage maintenance contract", "long short"),
    "perp-ratio": ("kappa rate", "ratio"),
    "base-fee": ("base_fee gas_used gas_limit", "next_base_fee"),
    "svcj-moments": (
        "mu mu_y sigma_y lambda_j alpha beta rho sigma_v rho_j mu_v",
        "annual_vol_250 annual_vol_365",
    ),
    "no-manipulation": ("seed", "max_round_trip_profit"),
}
COMPUTED = {
    ("funding", "rate"),
    ("perp-ratio", "ratio"),
    ("base-fee", "next_base_fee"),
}
EXAMPLES = [(law, given) for law in FEEDBACK_LAWS for given in law.examples]
# Away from the examples: other signs, near the edges, whole numbers as a command line gives them.
ELSEWHERE = [
    ("constant-gamma", {"theta": -0.95, "vol": 0.2}),
    ("constant-gamma", {"theta": 4, "vol": 2}),
    ("constant-gamma", {"theta": 0.0}),
    ("option-book", {"theta": -0.8}),
    ("option-book", {"theta": -0.3, "spot": 80, "strike": 100}),
    ("option-book", {"theta": 3.0, "days": 0.5}),
    ("option-book", {"theta": 0.8, "spot": 110.0, "days": 2.0, "vol": 0.4}),
    ("option-book", {"theta": 0.0}),
    ("lagged-hedger", {"theta": 0.95}),
    ("lagged-hedger", {"theta": -0.9, "vol": 2}),
    ("lagged-hedger", {"theta": 0.0}),
    ("permanent-transient", {"theta_permanent": 0.0, "theta_transient": 0.5}),
    ("permanent-transient", {"theta_permanent": -0.5, "theta_transient": 0.0}),
    ("permanent-transient", {"theta_permanent": 0.0, "theta_transient": 0.0}),
    ("permanent-transient", {"theta_permanent": 2, "theta_transient": 3}),
    ("large-trader", {"rho": -0.2}),
    ("large-trader", {"rho": 0.2, "spot": 140}),
    ("large-trader", {"rho": 0.005, "days": 0.3, "strike": 99.5}),
    ("pinning", {"alpha": 2, "z0": 2}),
    ("pinning", {"alpha": 0.02, "z0": -1}),
    ("cascade", {"branching": 0.05}),
    ("cascade", {"branching": 0.85}),
    ("combined", {"shock": 0.05, "branching": 1.2, "theta": 0.5}),
    ("combined", {"shock": 0.01, "branching": 0, "theta": -0.9}),
    ("combined", {"shock": -0.01, "branching": 0.05, "theta": 3}),
    ("squeeze-fold", {"spot": 70, "strike": 100, "days": 10, "lambda_n": 0.4}),
    ("squeeze-fold", {"spot": 97, "days": 0.05, "vol": 0.3, "lambda_n": 0.05}),
    ("squeeze-fold", {"spot": 93, "days": 2, "lambda_n": 0.3}),
    ("dealer-loss", {"theta": -0.9}),
    ("dealer-loss", {"theta": 5}),
    ("funding", {"venue": "dydx", "premium": 0.5}),
    ("funding", {"venue": "synthetix", "premium": -2 / 3}),
    ("funding", {"venue": "bybit", "premium": -0.0003}),
    ("funding", {"venue": "bitmex", "premium": 0}),
    ("liquidation-price", {"leverage": 1.01, "contract": "inverse"}),
    ("liquidation-price", {"leverage": 125, "maintenance": 0}),
    ("perp-ratio", {"kappa": 1, "rate": 0.99}),
    ("base-fee", {"base_fee": 0, "gas_used": 3, "gas_limit": 3}),
    ("base-fee", {"base_fee": 10**30, "gas_used": 0, "gas_limit": 10**9}),
    ("svcj-moments", {"lambda_j": 0}),
    ("no-manipulation", {"seed": 7}),
]
NONSENSE = [
    ("constant-gamma", {"theta": -1.0}),
    ("constant-gamma", {"vol": 0.0}),
    ("option-book", {"theta": -1.2}),
    ("option-book", {"days": 0.0}),
    ("option-book", {"spot": float("nan")}),
    ("lagged-hedger", {"theta": 1.0}),
    ("lagged-hedger", {"theta": -1.0}),
    ("permanent-transient", {"theta_permanent": -0.2, "theta_transient": 0.4}),
    ("permanent-transient", {"theta_permanent": -0.5, "theta_transient": -0.5}),
    ("large-trader", {"rho": 0.0}),
    ("large-trader", {"rho": 0.9}),
    ("pinning", {"alpha": -0.1}),
    ("pinning", {"z0": float("inf")}),
    ("cascade", {"branching": 1.0}),
    ("cascade", {"branching": 0.0}),
    ("combined", {"branching": 0.8, "theta": -0.3}),
    ("combined", {"shock": 0.0}),
    ("combined", {"shock": 0.4}),
    ("squeeze-fold", {"lambda_n": 0.05}),
    ("squeeze-fold", {"spot": 99.0}),
    ("squeeze-fold", {"lambda_n": 2.0, "spot": 70.0}),
    ("dealer-loss", {"theta": -1.0}),
    ("funding", {"venue": "mtgox"}),
    ("funding", {"premium": -1.0}),
    ("liquidation-price", {"leverage": 1.0}),
    ("liquidation-price", {"leverage": 100.0, "maintenance": 0.02}),
    ("liquidation-price", {"contract": "quanto"}),
    ("perp-ratio", {"kappa": 0.05, "rate": 0.05}),
    ("perp-ratio", {"kappa": -1.0, "rate": -2.0}),
    ("base-fee", {"gas_used": 31_000_000}),
    ("base-fee", {"base_fee": 0.5}),
    ("base-fee", {"base_fee": float("inf")}),
    ("svcj-moments", {"beta": 0.1}),
    ("svcj-moments", {"mu_v": -1.0}),
    ("no-manipulation", {"seed": -1}),
]


def label(case) -> str:
    law, given = case
    name = law if isinstance(law, str) else law.name
    return " ".join([name, *(f"{key}={value}" for key, value in given.items())])


def test_laws_parameters_and_metrics_are_those_of_the_page_in_its_order():
    assert [law.name for law in FEEDBACK_LAWS] == list(TABLE)
    assert list(LAWS)[: len(TABLE)] == list(TABLE)
    for name, (parameters, metrics) in TABLE.items():
        assert " ".join(field.name for field in fields(LAWS[name])) == parameters
        assert " ".join(LAWS[name]().expected()) == metrics
        assert list(LAWS[name].tolerances) == metrics.split()


@pytest.mark.parametrize("law", FEEDBACK_LAWS, ids=lambda law: law.name)
def test_a_law_has_three_different_examples_and_a_source(law):
    assert len({repr(law(**given)) for given in law.examples}) == 3
    assert law.source


@pytest.mark.parametrize("case", EXAMPLES, ids=label)
def test_the_simulator_obeys_every_law_at_its_examples(case):
    kind, given = case
    law = kind(**given)
    found = law.simulated(paths=kind.default_paths, seed=11, threads=2)
    expected = law.expected()
    assert list(found) == list(expected)
    for metric, tolerance in kind.tolerances.items():
        estimate = found[metric]
        assert tolerance.admits(estimate.value, expected[metric]), (metric, estimate, expected)
        if (kind.name, metric) in COMPUTED:
            assert estimate.standard_error == 0.0
        else:
            assert estimate.standard_error > 0.0
        if not tolerance.is_ceiling:
            allowed = tolerance.allowed(expected[metric])
            assert estimate.standard_error <= 0.25 * allowed, metric


@pytest.mark.parametrize("case", ELSEWHERE, ids=label)
def test_and_elsewhere_too(case):
    name, given = case
    law = LAWS[name](**given)
    found = law.simulated(paths=LAWS[name].default_paths, seed=12, threads=2)
    for metric, expected in law.expected().items():
        tolerance = LAWS[name].tolerances[metric]
        assert np.isfinite(found[metric].value)
        assert tolerance.admits(found[metric].value, expected), (metric, found[metric], expected)


@pytest.mark.parametrize("case", NONSENSE, ids=label)
def test_parameters_out_of_range_are_refused_with_place_and_remedy(case):
    name, given = case
    with pytest.raises(InputError) as caught:
        LAWS[name](**given)
    assert caught.value.place == name
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["constant-gamma", "lagged-hedger", "cascade", "dealer-loss"])
def test_a_law_gives_the_same_bits_whatever_the_threads_and_others_for_another_seed(name):
    law = LAWS[name]()
    runs = [
        law.simulated(paths=9_000, seed=seed, threads=threads)
        for seed, threads in ((1, 1), (1, 2), (2, 2))
    ]
    assert runs[0] == runs[1]
    assert runs[1] != runs[2]


@pytest.mark.parametrize("name", ["constant-gamma", "permanent-transient", "cascade"])
def test_the_standard_error_is_that_of_the_spread_over_seeds(name):
    law = LAWS[name]()
    runs = [law.simulated(paths=400, seed=seed, threads=1) for seed in range(30)]
    for metric in law.expected():
        if metric == "variance":
            continue  # too heavy-tailed for 400 cascades
        values = [run[metric].value for run in runs]
        errors = [run[metric].standard_error for run in runs]
        assert 0.6 < np.std(values) / np.mean(errors) < 1.6, metric


def test_one_path_is_refused_because_it_has_no_standard_error():
    with pytest.raises(InputError, match="paths: 1 paths leave no standard error"):
        LAWS["constant-gamma"]().simulated(paths=1, seed=0, threads=1)


def test_examples_of_a_law_differ_in_what_is_expected():
    for law in FEEDBACK_LAWS:
        if law.name != "no-manipulation":
            figures = [tuple(law(**given).expected().values()) for given in law.examples]
            assert all(one != other for one, other in pairwise(figures))
