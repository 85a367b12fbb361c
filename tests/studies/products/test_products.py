"""The study of structured products: the page's table, fair comparison, honest errors."""

import json

import numpy as np
import pytest

import shortgamma as sg
from shortgamma.basics.errors import InputError
from shortgamma.protocols.structured.catalogue import MAKERS
from shortgamma.protocols.structured.european import CallSpread, Vanilla
from shortgamma.studies.products.answer import Side
from shortgamma.studies.products.question import ProductsQuestion, labels
from shortgamma.studies.products.study import products

TABLE = {
    "vanilla": (72.0, 190.0, 934.0),
    "call-spread": (41.5, 197.0, 1027.0),
    "twap-call": (76.0, 330.0, 67.0),
    "everlasting": (128.0, 128.0, 128.0),
}
QUICK = {"paths": 200, "step_minutes": 60.0}


@pytest.fixture(scope="module")
def four():
    return products(ProductsQuestion(products=tuple(TABLE), **QUICK), workers=1)


def test_the_table_of_the_design_page(four):
    for found in four.results:
        sizes = [peak.size for peak in found.peaks]
        np.testing.assert_allclose(sizes, TABLE[found.label], rtol=0.01)


def test_the_bound_of_an_average_stands_beside_its_peak(four):
    for found in four.results:
        if found.label == "twap-call":
            assert found.bound_usd_per_pct == pytest.approx(found.life_peak.size, rel=1e-6)
        else:
            assert found.bound_usd_per_pct is None


def test_selling_convexity_raises_vol_and_bounded_gamma_raises_it_less(four):
    first, *others = four.results
    assert first.metrics["realised_vol_ratio"].value > 1.05
    for found in others:
        gap = found.differences["realised_vol_ratio"]
        assert gap.value < -2.0 * gap.standard_error
    average = four.results[2]
    assert average.metrics["peak_flow_usd"].value < 0.5 * first.metrics["peak_flow_usd"].value
    assert first.metrics["mean_theta"].value < 0.0


def test_differences_are_those_of_the_metrics(four):
    first = four.results[0]
    assert not first.differences
    for found in four.results[1:]:
        for name, gap in found.differences.items():
            wanted = found.metrics[name].value - first.metrics[name].value
            assert gap.value == pytest.approx(wanted, rel=1e-9, abs=1e-9)


def test_the_vanilla_comes_first_and_has_the_theta_that_was_asked_for():
    found = products(ProductsQuestion(products=("twap-call",), theta=-0.05, **QUICK), workers=1)
    assert [each.label for each in found.results] == ["vanilla", "twap-call"]
    first = found.results[0]
    assert first.units * first.gamma_usd_per_pct / 1e6 == pytest.approx(0.05)


def test_equal_premium_is_the_same_money():
    asked = ProductsQuestion(products=("call-spread", "digital"), equal="premium", **QUICK)
    found = products(asked, workers=1).results
    money = [each.units * each.price_usd for each in found]
    np.testing.assert_allclose(money, money[0])


def test_threads_do_not_change_a_figure():
    asked = ProductsQuestion(products=("twap-call",), **QUICK)
    one, two = (products(asked, workers=workers).to_dict() for workers in (1, 2))
    assert one == two


def test_the_answer_is_one_json_document(four):
    document = json.loads(json.dumps(four.to_dict(), allow_nan=False))
    rows = document["products"]
    assert [row["product"] for row in rows] == list(TABLE)
    assert rows[0]["peaks"][2]["hours_left"] == 1.0
    assert rows[0]["peaks"][2]["peak_gamma_usd_per_pct"] == pytest.approx(934.0, rel=0.01)
    assert rows[1]["terms"] == {"strike": 2000.0, "cap": 2200.0}
    assert rows[0]["holder_gamma"] == "long"


def test_sides_are_told_apart(four):
    assert [found.side for found in four.results] == [Side.LONG, Side.BOTH, Side.LONG, Side.LONG]


def test_terms_can_be_set_and_tell_products_of_one_name_apart():
    asked = ProductsQuestion(
        strike=1_900.0, products=("twap-call", "twap-call:hours=6", CallSpread(strike=1.0, cap=2.0))
    )
    assert labels(asked.compared) == [
        "vanilla",
        "twap-call:hours=24",
        "twap-call:hours=6",
        "call-spread",
    ]
    assert asked.compared[0] == Vanilla(strike=1_900.0)


def test_everything_of_the_catalogue_is_compared_unless_some_are_named():
    assert [each.name for each in ProductsQuestion().compared] == list(MAKERS)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"vol": -1.0}, "vol is -1"),
        ({"theta": 0.1}, "theta is 0.1"),
        ({"theta": -1.0}, "theta is -1"),
        ({"paths": 10}, "paths is 10"),
        ({"spot": float("nan")}, "spot is nan"),
        ({"hours_left": ()}, "times left"),
        ({"hours_left": (1.0, -1.0)}, "times left"),
        ({"equal": "money"}, "equal is 'money'"),
        ({"products": ("vanila",)}, "no product is called 'vanila'"),
        ({"products": ("twap-call:hours=long",)}, "hours of twap-call is 'long'"),
        ({"products": ("twap-call:hour=2",)}, "has no 'hour'"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(figures, words):
    with pytest.raises(InputError, match=words) as found:
        _ = ProductsQuestion(**figures).compared
    assert "\n" not in str(found.value)


def test_progress_reaches_the_end():
    heard = []
    products(ProductsQuestion(products=("vanilla",), **QUICK), workers=1, progress=heard.append)
    assert sum(heard) == pytest.approx(1.0)


def test_it_is_public():
    assert sg.products is products
    assert sg.ProductsQuestion is ProductsQuestion
