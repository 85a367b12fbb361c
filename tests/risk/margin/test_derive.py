"""Derive's managers against the figures of the venue's own tests (derivexyz/v2-core, test/risk-managers)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shortgamma.risk.margin.account import account_of
from shortgamma.risk.margin.derive import SkewTerms
from shortgamma.risk.margin.shocks import VolShock
from tests.risk.margin.books import NO_VOL, asked, book_of, holding, option

FORWARD = 1500.8332793109938176
ATM_VOL = 1.047884494084986240
DAY = 86_400
ELEVEN_JAN = 10 * DAY + 8 * 3600
EIGHTEEN_JAN = 17 * DAY + 8 * 3600
TWENTY_SEVEN_FEB = 57 * DAY + 8 * 3600
FORWARDS = {ELEVEN_JAN: 2002.83305, EIGHTEEN_JAN: 2004.7545, TWENTY_SEVEN_FEB: 2015.7696}


def weekly(kind, strike, quantity, vol):
    return option(kind, strike, quantity, vol=vol, forward=FORWARD)


# TestStandardManager_Option.t.sol: spot 1500, mocked marks, assertions cut to whole USD.
@pytest.mark.parametrize(
    ("kind", "strike", "mark", "initial", "maintenance"),
    [
        ("call", 1500, 100, 325, 212),
        ("call", 400, 1100, 1325, 1212),
        ("call", 3000, 10, 160, 122),
        ("put", 1500, 100, 325, 212),
        ("put", 3000, 1500, 1725, 1612),
        ("put", 400, 10, 160, 122),
    ],
)
def test_isolated_margins_are_those_of_the_contracts_tests(
    kind, strike, mark, initial, maintenance
):
    # A forward that gives the mocked mark without vol; margins are measured from spot, not from it.
    sign = 1.0 if kind == "call" else -1.0
    book = book_of(option(kind, strike, -1, vol=NO_VOL, forward=strike + sign * mark), spot=1500.0)
    # Only the isolated sum is asserted there; the largest loss binds nowhere but in the 400 put.
    found = asked(book, "derive-srm", "test")
    assert found[0] == pytest.approx(initial, abs=1.0)
    assert found[1] == pytest.approx(maintenance, abs=1.0)


def test_a_short_call_in_the_money_at_zero_vol_is_the_worked_example():
    book = book_of(option("call", 1400, -1, vol=NO_VOL), spot=1500.0)
    assert asked(book, "derive-srm", "test") == pytest.approx((325.0, 212.5), abs=1e-9)


# test-cases-portfolio.json with TestCaseExpiries.t.sol: spot 2000, vol 0.5, cut to whole USD.
@pytest.mark.parametrize(
    ("legs", "initial", "maintenance"),
    [
        ([("call", 1500, -1, ELEVEN_JAN)], 802, 652),
        ([("put", 3000, -2, ELEVEN_JAN)], 2594, 2294),
        ([("call", 2500, -1, EIGHTEEN_JAN)], 201, 151),
        ([("put", 1100, -1, ELEVEN_JAN)], 200, 150),
        ([("call", 1800, -1, ELEVEN_JAN), ("call", 2000, 1, ELEVEN_JAN)], 200, 200),
        ([("put", 2500, 1, ELEVEN_JAN), ("put", 3000, -1, ELEVEN_JAN)], 500, 500),
        ([("call", 2300, -1, ELEVEN_JAN), ("call", 4000, 1, ELEVEN_JAN)], 203, 153),
        ([("put", 1200, 1, ELEVEN_JAN), ("put", 2000, -1, ELEVEN_JAN)], 365, 215),
        (
            [
                ("call", 1800, -1, ELEVEN_JAN),
                ("call", 2000, 1, ELEVEN_JAN),
                ("call", 1800, -1, EIGHTEEN_JAN),
                ("call", 2000, 1, EIGHTEEN_JAN),
            ],
            400,
            400,
        ),
        (
            [
                ("put", 1200, 1, ELEVEN_JAN),
                ("put", 1500, -1, ELEVEN_JAN),
                ("call", 2500, -1, TWENTY_SEVEN_FEB),
                ("call", 2700, 1, TWENTY_SEVEN_FEB),
            ],
            400,
            331,
        ),
        ([("call", 2900, 1, ELEVEN_JAN), ("call", 3500, -1, ELEVEN_JAN)], 0, 0),
        ([("put", 2900, -1, ELEVEN_JAN), ("put", 3500, 1, ELEVEN_JAN)], 0, 0),
        (
            [
                ("call", 1000, -1, ELEVEN_JAN),
                ("put", 1000, 1, ELEVEN_JAN),
                ("call", 2000, 1, ELEVEN_JAN),
                ("put", 2000, -1, ELEVEN_JAN),
            ],
            1000,
            1000,
        ),
        ([("put", 100, -1, EIGHTEEN_JAN)], 100, 100),
        ([("call", 1100, -1.01, ELEVEN_JAN), ("call", 1200, 1, ELEVEN_JAN)], 125, 123),
        ([("call", 2000, 1, ELEVEN_JAN)], 0, 0),
    ],
)
def test_standard_portfolios_are_those_of_the_contracts_tests(legs, initial, maintenance):
    rows = [
        option(kind, strike, quantity, seconds=seconds, forward=FORWARDS[seconds])
        for kind, strike, quantity, seconds in legs
    ]
    found = asked(book_of(*rows, spot=2000.0), "derive-srm", "test-portfolio")
    assert tuple(int(figure + 1e-9) for figure in found) == (initial, maintenance)


@pytest.mark.parametrize(("quantity", "entry", "initial", "maintenance"), [(1, 2005, 134, 104)])
def test_a_perpetual_is_margined_on_its_own_price(quantity, entry, initial, maintenance):
    # test_long_ATM_perp: perpetual at 2001 bought at 2005, so that a loss of 4 is in the venue's figure.
    book = book_of(spot=2000.0, others=[holding("perpetual", quantity, 2001)])
    found = asked(book, "derive-srm", "test-portfolio")
    lost = quantity * (entry - 2001)
    assert tuple(int(figure + lost) for figure in found) == (initial, maintenance)


def test_coins_count_at_their_factor():
    # test_borrowing_ETH: 1 ETH at 2000 with factor 0.8 gives 1600 of margin, a negative requirement.
    book = book_of(spot=2000.0, others=[holding("spot", 1, 2000)])
    assert asked(book, "derive-srm", "test-portfolio") == pytest.approx((-1600.0, -1600.0))


# test-cases.json, Test1, Test3 and Test4: spot 1500, rate 3 %, to the last digit of a double.
@pytest.mark.parametrize(
    ("kind", "strike", "vol", "initial", "maintenance"),
    [
        ("call", 1500, ATM_VOL, 304.371585189059952640, 191.871585189059952640),
        ("call", 1900, 1.179993832279113216, 156.008261835426660352, 118.508261835426660352),
        ("put", 1300, 1.083189415509876480, 164.322794294374039552, 126.822794294374039552),
    ],
)
def test_standard_margins_agree_to_a_dozen_digits(kind, strike, vol, initial, maintenance):
    book = book_of(weekly(kind, strike, -1, vol), spot=1500.0, rate=0.03)
    assert asked(book, "derive-srm", "test-portfolio") == pytest.approx(
        (initial, maintenance), rel=1e-12
    )


# testAndVerifyScenarios.json, Test1 to Test4, Test10 and Test13, spot 1500.
@pytest.mark.parametrize(
    ("legs", "initial", "maintenance"),
    [
        ([("call", 1500, -1, ATM_VOL)], 368.487619761755652, 301.768534860364317),
        ([("call", 1200, 1, 1.138939398828297472)], -14.004464630197843968, -81.329742280758919),
        (
            [("call", 500, 1, 1.653152366370104064), ("call", 900, -1, 1.328657463897111040)],
            -332.344238458856734720,
            -347.943066330574028800,
        ),
        ([("call", 1500, 1, ATM_VOL)], 23.511886412749873152, -0.230453187667777120),
    ],
)
def test_portfolio_margins_are_those_of_the_contracts_tests(legs, initial, maintenance):
    rows = [weekly(*leg) for leg in legs]
    book = book_of(*rows, spot=1500.0, rate=0.03)
    assert asked(book, "derive-pmrm", "test") == pytest.approx((initial, maintenance), rel=1e-9)


SECOND = {
    # PMRM_2/portfolio_cases: name: (spot, rate, legs, other holdings, initial, maintenance)
    "test_12_risk_cancelling_naked_short_call": (
        95663.50604855,
        0.15,
        [("call", 100000, -1, 0.453803924321583, 794852, 95776.67392708939)],
        [],
        14604.048120144837,
        11824.858703959073,
    ),
    "test_13_risk_cancelling_btc_covered_call": (
        95663.50604855,
        0.15,
        [("call", 100000, -2, 0.453803924321583, 794852, 95776.67392708939)],
        # The stablecoin stood at 1.00019088635 USD, in which the coin is valued.
        [("spot", 1, 95663.50604855 / 1.00019088635)],
        -74395.66964312586,
        -78744.92602874589,
    ),
    "test_18_structures_OTM_call_spread": (
        2681.6029850999994,
        0.15,
        [
            ("call", 4000, -1, 0.8795543651099665, 794852, 2682.9997436016715),
            ("call", 4200, 1, 0.8833255402190362, 794852, 2682.9997436016715),
        ],
        [],
        35.75844560967082,
        25.96404757080802,
    ),
    "test_19_structures_ITM_call_spread": (
        2681.6029850999994,
        0.15,
        [
            ("call", 2000, -1, 1.05566815917837, 794852, 2682.9997436016715),
            ("call", 2200, 1, 0.8887739594928362, 794852, 2682.9997436016715),
        ],
        [],
        213.40509129365722,
        206.6664205061025,
    ),
    "test_20_structures_basic_put": (
        95663.50604855,
        0.17,
        [("put", 100000, -1, 0.4547630768795904, 1399652, 95923.63240250274)],
        [],
        22163.82044010292,
        18851.840811908318,
    ),
}


@pytest.mark.parametrize("name", SECOND)
def test_second_portfolio_margins_are_those_of_the_contracts_tests(name):
    spot, rate, legs, others, initial, maintenance = SECOND[name]
    rows = [
        option(kind, strike, quantity, vol=vol, seconds=seconds, forward=forward)
        for kind, strike, quantity, vol, seconds, forward in legs
    ]
    book = book_of(*rows, spot=spot, rate=rate, others=[holding(*other) for other in others])
    # Rates there go through a feed of fixed point: 0.15 is 0.15000000000000002.
    assert asked(book, "derive-pmrm2", "test") == pytest.approx((initial, maintenance), rel=1e-10)


def test_a_perpetual_beside_puts_is_the_maintenance_margin_of_the_contracts_test():
    # test_33_perps_general_perp_hedging; initial margin there adds 32099.54… for doubtful feeds.
    book = book_of(
        option(
            "put", 100000, 10, vol=0.6701175743327585, seconds=794852, forward=3113.1678785393888
        ),
        spot=3000.0,
        rate=0.15,
        others=[holding("perpetual", -1, 100000), holding("spot", 1, 3000 / 1.00019088635)],
    )
    initial, maintenance = asked(book, "derive-pmrm2", "test")
    assert maintenance == pytest.approx(-907071.7014477414, rel=1e-10)
    assert initial + 32099.541960193546 == pytest.approx(-859668.4190349346, rel=1e-10)


def test_vol_shocks_are_those_of_the_contracts_test():
    # Both JSON files state the multipliers.
    first = VolShock(up=0.45, down=0.3).factors(np.array([500400, 1191600]) / DAY)
    np.testing.assert_allclose(first[0], [1.7370684514926746, 1.5681511166375728], rtol=1e-12)
    np.testing.assert_allclose(first[1], [0.508621032338217, 0.6212325889082848], rtol=1e-12)
    second = VolShock(up=0.5, down=0.275).factors(np.array([794852, 3214052, 18938852]) / DAY)
    np.testing.assert_allclose(
        second[0], [1.712811375927374, 1.4862120042860796, 1.3860882452894718], rtol=1e-12
    )
    np.testing.assert_allclose(
        second[1], [0.6079537432399443, 0.7325833976426561, 0.7876514650907905], rtol=1e-12
    )


def test_skewed_vols_are_those_of_the_contracts_test():
    # test_19 and test_12 state the multipliers of the linear and of the absolute skew.
    forward = 2682.9997436016715
    rows = [
        option("call", strike, 1, vol=1.0, seconds=794852, forward=forward)
        for strike in (2000, 2200, 4000)
    ]
    (linear, _), (absolute, _) = SkewTerms().vols(
        account_of(book_of(*rows, spot=2681.6029850999994))
    )
    np.testing.assert_allclose(
        linear[0], [0.8874857380178873, 0.9239873778412303, 1.1420620229941945], rtol=1e-12
    )
    np.testing.assert_allclose(
        absolute[0], [1.1125142619821127, 1.0760126221587698, 1.1420620229941945], rtol=1e-12
    )


@settings(max_examples=25, deadline=None)
@given(
    factor=st.floats(0.2, 50.0),
    strikes=st.lists(st.integers(700, 2500), min_size=1, max_size=4, unique=True),
    sizes=st.lists(
        st.floats(-3.0, 3.0).filter(lambda size: abs(size) > 1e-3), min_size=4, max_size=4
    ),
)
@pytest.mark.parametrize("name", ["derive-srm", "derive-pmrm", "derive-pmrm2"])
def test_margin_grows_in_proportion_to_the_book(name, factor, strikes, sizes):
    kinds = ("call", "put") * 2
    legs = list(zip(kinds, strikes, sizes, strict=False))
    once = asked(book_of(*(option(*leg) for leg in legs), spot=1500.0), name)
    scaled = [(kind, strike, factor * size) for kind, strike, size in legs]
    more = asked(book_of(*(option(*leg) for leg in scaled), spot=1500.0), name)
    assert more == pytest.approx(tuple(factor * figure for figure in once), rel=1e-9, abs=1e-7)
