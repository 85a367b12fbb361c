"""The pricing study: units, statuses, and implied vols in place of vols."""

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813

import shortgamma as sg


def test_units_against_quantlib():
    """Per point, per day, coin: each figure of one put in the units its name says."""
    forward, strike, years, vol = 95_000.0, 90_000.0, 0.1, 0.55
    row = sg.price("put", forward, strike=strike, years=years, vol=vol).to_rows()[0]
    black = ql.BlackCalculator(
        ql.PlainVanillaPayoff(ql.Option.Put, strike), forward, vol * np.sqrt(years), 1.0
    )
    assert row["price"] == pytest.approx(black.value(), rel=1e-10)
    assert row["price_coin"] == pytest.approx(black.value() / forward, rel=1e-10)
    assert row["delta"] == pytest.approx(black.deltaForward(), rel=1e-10)
    assert row["delta_coin"] == pytest.approx(
        black.deltaForward() - black.value() / forward, rel=1e-9
    )
    assert row["gamma"] == pytest.approx(black.gammaForward(), rel=1e-10)
    assert row["vega_per_point"] == pytest.approx(0.01 * black.vega(years), rel=1e-10)
    assert row["theta_per_day"] == pytest.approx(
        -0.5 * black.gammaForward() * (forward * vol) ** 2 / 365.0, rel=1e-10
    )
    assert row["rho_per_point"] == pytest.approx(-years * black.value() / 100.0, rel=1e-10)
    assert row["status"] == "ok"


@pytest.mark.parametrize(
    ("name", "figure", "bump", "scale"),
    [
        ("vanna_per_point", "delta", {"vol": 1e-5}, 0.01),
        ("volga_per_point", "vega_per_point", {"vol": 1e-5}, 0.01),
        ("zomma_per_point", "gamma", {"vol": 1e-5}, 0.01),
        ("speed", "gamma", {"forward": 1e-3}, 1.0),
        ("charm_per_day", "delta", {"years": -1e-6}, 1.0 / 365.0),
        ("color_per_day", "gamma", {"years": -1e-6}, 1.0 / 365.0),
        ("theta_per_day", "price", {"years": -1e-6}, 1.0 / 365.0),
    ],
)
@pytest.mark.parametrize("kind", ["call", "put"])
def test_higher_greeks_are_derivatives_in_the_unit_of_their_name(kind, name, figure, bump, scale):
    base = {"forward": 100.0, "strike": 108.0, "years": 0.2, "vol": 0.6, "rate": 0.03}
    key, step = next(iter(bump.items()))

    def at(shift):
        values = base | {key: base[key] + shift}
        return sg.price(kind, values.pop("forward"), **values).to_rows()[0]

    numeric = (at(step)[figure] - at(-step)[figure]) / (2.0 * abs(step)) * scale
    assert at(0.0)[name] == pytest.approx(numeric, rel=2e-6)


def test_price_in_place_of_vol():
    vols = np.array([0.2, 0.5, 1.5])
    priced = sg.price("call", 100.0, strike=120.0, years=0.3, vol=vols)
    back = sg.price("call", 100.0, strike=120.0, years=0.3, price=priced.values["price"])
    assert back.values["vol"] == pytest.approx(vols, rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"price": 200.0}, "price not below its maximum"),
        ({"price": -1.0}, "price below intrinsic value"),
        ({"price": np.inf}, "input not finite"),
        ({"vol": 0.0}, "input not positive"),
        ({"vol": -0.3}, "input not positive"),
        ({"vol": 0.5, "strike": 0.0}, "input not positive"),
        ({"vol": 0.5, "years": -1.0}, "input not positive"),
        ({"vol": 0.5, "rate": np.nan}, "input not finite"),
        ({}, "input not finite"),
    ],
)
def test_impossible_requests_get_a_status_and_no_number(arguments, status):
    row = sg.price("call", 100.0, **({"strike": 90.0, "years": 0.1} | arguments)).to_rows()[0]
    assert row["status"] == status
    assert all(value is None for name, value in row.items() if name != "status")


def test_a_bad_request_leaves_its_neighbours_alone():
    rows = sg.price("call", 100.0, strike=[90.0, -1.0, 110.0], years=0.1, vol=0.5).to_rows()
    assert [row["status"] for row in rows] == ["ok", "input not positive", "ok"]


def test_unknown_kinds_and_unequal_lengths_are_refused():
    with pytest.raises(sg.InputError, match="'straddle'"):
        sg.price("straddle", 100.0, strike=90.0, years=0.1, vol=0.5)
    with pytest.raises(sg.InputError, match="lengths"):
        sg.price("call", [100.0, 101.0], strike=[90.0, 91.0, 92.0], years=0.1, vol=0.5)
