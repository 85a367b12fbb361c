"""`price`: every figure against 50-digit derivatives, published Deribit Greeks, implied vol."""

import json

import mpmath
import numpy as np
import pytest

import shortgamma as sg
from tests.acceptance import recordings, reference

HEADER = "kind,forward,strike,years,vol,price,rate"
FIGURES = [
    "price",
    "price_coin",
    "vol",
    "delta",
    "delta_coin",
    "gamma",
    "vega_per_point",
    "theta_per_day",
    "rho_per_point",
    "vanna_per_point",
    "volga_per_point",
    "charm_per_day",
    "speed",
    "zomma_per_point",
    "color_per_day",
    "status",
]
MINUTE = 1 / 525_600
# (kind, forward, years, vol, widths from the money, rate)
HARD = [
    ("call", 1.0, MINUTE, 0.05, 4.5, 0.0),
    ("put", 1e5, MINUTE, 0.05, -4.5, 0.0),
    ("call", 1e5, MINUTE, 4.0, -4.5, 0.08),
    ("put", 3.5, 3.0, 4.0, -4.5, -0.03),
    ("call", 9e4, 3.0, 4.0, 4.5, 0.0),
    ("put", 2_000.0, 1 / 365, 0.7, 4.5, 0.05),
    ("call", 95_000.0, 30 / 365, 0.55, 0.0, 0.0),
    ("put", 95_000.0, 30 / 365, 0.55, 0.3, 0.04),
]


def strike_of(forward, years, vol, widths):
    return float(forward * np.exp(widths * vol * np.sqrt(years)))


@pytest.fixture
def table(tmp_path):
    def write(rows, header=HEADER):
        path = tmp_path / "options.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def test_every_figure_equals_its_50_digit_derivative_on_hard_inputs(run, table):
    inputs = [(k, f, strike_of(f, t, v, z), t, v, r) for k, f, t, v, z, r in HARD]
    rows = [f"{k},{f!r},{s!r},{t!r},{v!r},,{r!r}" for k, f, s, t, v, r in inputs]
    answers = run("price", table(rows), "--json").document
    for (kind, forward, strike, years, vol, rate), answer in zip(inputs, answers, strict=True):
        side = 1 if kind == "call" else -1
        scale = reference.scales(forward, years, vol)
        for name, expected in reference.exact(side, forward, strike, years, vol, rate).items():
            bound = 2e-10 * max(abs(expected), 1e-3 * scale[name])
            assert abs(answer[name] - expected) <= bound, (name, kind, forward, strike, years)


def test_rows_hold_every_key_of_the_interface_and_keep_their_order(run, table):
    rows = ["call,100,100,0.1,0.6,,", "rubbish,1,2,3,4,,", "put,100,100,0.1,,5,0.05"]
    first, bad, last = run("price", table(rows), "--json").document
    for row in (first, bad, last):
        assert set(FIGURES) <= set(row)
    assert first["status"] == last["status"] == "ok"
    assert {bad[name] for name in FIGURES if name != "status"} == {None}
    assert bad["status"] != "ok"
    np.testing.assert_allclose(last["price"], 5, rtol=1e-13)


def test_one_bad_row_among_good_ones_is_not_a_failure_but_only_bad_ones_are(run, table):
    assert run("price", table(["call,100,100,0.1,0.6,,", "call,,,,,,"]), "--json").code == 0
    assert "options.csv" in run("price", table(["call,,,,,,"]), "--json").refusal


@pytest.mark.parametrize("side", [1, -1])
def test_premium_adjusted_delta_and_coin_price_are_the_inverse_identities(side):
    kind, forward, strike, years, vol = "call" if side > 0 else "put", 9e4, 1e5, 0.08, 0.65
    value = sg.price(kind, forward, strike=strike, years=years, vol=vol).values
    d2 = np.log(forward / strike) / (vol * years**0.5) - vol * years**0.5 / 2
    expected = side * strike / forward * float(mpmath.ncdf(side * d2))
    np.testing.assert_allclose(value["delta_coin"][0], expected, rtol=1e-12)
    np.testing.assert_allclose(value["price_coin"][0] * forward, value["price"][0], rtol=1e-14)
    np.testing.assert_allclose(
        value["delta_coin"][0], value["delta"][0] - value["price_coin"][0], rtol=1e-12
    )


def test_signs_a_desk_expects_of_a_long_option():
    for kind in ("call", "put"):
        value = sg.price(kind, 100.0, strike=105.0, years=0.2, vol=0.5).values
        assert value["gamma"][0] > 0
        assert value["vega_per_point"][0] > 0
        assert value["theta_per_day"][0] < 0
        assert value["rho_per_point"][0] < 0
        assert np.sign(value["delta"][0]) == (1 if kind == "call" else -1)


@pytest.mark.parametrize("coin", ["btc", "eth"])
def test_delta_and_vega_lie_within_deribits_published_rounding(market_data, coin):
    rows, book = recordings.tickers(market_data, coin)
    ours = sg.price(
        book["kind"].tolist(),
        book["forward"],
        strike=book["strike"],
        years=book["years"],
        vol=book["vol"],
    ).values
    # Inputs are rounded too: the vol to 0.01 %, the stamp is that of the message.
    delta = np.abs(ours["delta"] - rows["greeks.delta"].to_numpy())
    assert len(delta) > 50
    assert delta.max() < 1e-4
    vega = rows["greeks.vega"].to_numpy()
    slack = 5e-6 + 2e-3 * np.maximum(vega, 0.05 * vega.max())
    assert (np.abs(ours["vega_per_point"] - vega) <= slack).all()


def test_vol_comes_back_to_1e11_from_out_of_the_money_prices_seven_widths_away():
    rng = np.random.default_rng(20)
    size = 120
    forward, years = 10 ** rng.uniform(0, 5, size), 10 ** rng.uniform(-5.7, 0.47, size)
    vol, widths = np.exp(rng.uniform(np.log(0.05), np.log(4), size)), rng.uniform(-7, 7, size)
    strike = forward * np.exp(widths * vol * np.sqrt(years))
    side = np.where(strike > forward, 1, -1)

    def price(i):
        with mpmath.workdps(50):
            f, k, t, v = (mpmath.mpf(float(x[i])) for x in (forward, strike, years, vol))
            w, cp = v * mpmath.sqrt(t), int(side[i])
            d1 = mpmath.log(f / k) / w + w / 2
            return float(cp * (f * mpmath.ncdf(cp * d1) - k * mpmath.ncdf(cp * (d1 - w))))

    answer = sg.price(
        ["call" if s > 0 else "put" for s in side],
        forward,
        strike=strike,
        years=years,
        price=[price(i) for i in range(size)],
    )
    np.testing.assert_allclose(answer.values["vol"], vol, rtol=1e-11)


@pytest.mark.parametrize("price", ["-1", "19.999", "120", "121", "nan", "inf"])
def test_an_impossible_price_is_refused_never_a_number(run, table, price):
    """A call on 120 struck at 100 is worth between 20 and 120."""
    rows = [f"call,120,100,0.1,,{price},", "call,120,100,0.1,0.6,,"]
    refused, _ = run("price", table(rows), "--json").document
    assert refused["vol"] is None
    assert refused["price"] is None
    assert refused["status"] != "ok"


def test_python_and_command_give_the_same_rows(run):
    flags = [
        "--kind",
        "put",
        "--forward",
        "100",
        "--strike",
        "90",
        "--years",
        "0.25",
        "--vol",
        "0.7",
        "--rate",
        "0.03",
    ]
    rows = sg.price("put", 100.0, strike=90.0, years=0.25, vol=0.7, rate=0.03).to_rows()
    assert run("price", *flags, "--json").document == json.loads(json.dumps(rows))


def test_the_table_for_the_eye_shows_whole_numbers(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    flags = [
        "--kind",
        "call",
        "--forward",
        "100",
        "--strike",
        "100",
        "--years",
        "0.1",
        "--vol",
        "0.6",
    ]
    shown = run("price", *flags)
    assert shown.code == 0
    assert "7.55" in shown.out
    assert "0.53" in shown.out
