"""`hedge` against a plain linear program, an independent recomputation, and real chains."""

import json

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.data import write_canonical
from shortgamma.hedging.optimiser.solution import Status
from shortgamma.studies.hedge import hedge, tradable_chain
from tests.studies.hedge_reference import (
    book_of,
    figures,
    market,
    random_book,
    reference_cost,
    short_straddle,
)

GREEKS = ("delta", "gamma_usd_per_pct", "vega_usd_per_point", "vanna_usd_per_point")
SCENARIOS = {"spot": [-0.3, -0.1, 0.1, 0.3], "vol": [-0.2, 0.0, 0.4]}


def limits_for(book, chain, seed):
    """Bounds at a random part of what the book has."""
    rng = np.random.default_rng(seed)
    now = figures(book, np.zeros(len(chain)), chain, 0.0)
    return {
        name: abs(now[name]) * rng.uniform(0.05, 0.8) + 1e-3 for name in (*GREEKS, "worst_cell_usd")
    }


def quantities(answer, chain):
    """Trades of every option, and of the perpetual."""
    done = {trade.instrument: trade.quantity for trade in answer.trades}
    hedge_ = done.pop("perpetual", 0.0)
    names = list(chain.options.instrument)
    assert set(done) <= set(names)
    return np.array([done.get(name, 0.0) for name in names]), hedge_


@pytest.mark.parametrize("seed", range(50))
def test_random_books_come_inside_at_the_cost_of_a_plain_program(seed):
    chain = market(seed, inverse=seed % 2 == 0, one_sided=seed % 3, sizes=seed % 5 != 0)
    book = random_book(chain, seed)
    limits = limits_for(book, chain, seed)
    answer = hedge(book, market=chain, limits={"limits": limits, "scenarios": SCENARIOS})
    tradable = chain if seed % 3 == 0 else without_quotes(chain)
    expected = reference_cost(book, tradable, limits)
    if expected is None:
        assert answer.status is Status.RELAXED
        return
    assert answer.status is Status.OPTIMAL
    assert answer.cost_usd <= 1.02 * expected + 1e-6
    assert answer.cost_usd >= expected * (1.0 - 1e-6) - 1e-6
    trades, hedge_ = quantities(answer, chain)
    after = figures(book, trades, chain, hedge_)
    for name, most in limits.items():
        value = after[name] if name == "worst_cell_usd" else abs(after[name])
        assert value <= most * (1.0 + 1e-7), name
    unquoted = ~(chain.bid_price > 0.0)
    assert np.all(trades[unquoted] == 0.0)


def test_most_of_the_random_books_can_come_inside():
    """Else the law above would compare nothing."""
    feasible = 0
    for seed in range(50):
        chain = market(seed, inverse=seed % 2 == 0, one_sided=seed % 3, sizes=seed % 5 != 0)
        book = random_book(chain, seed)
        tradable = chain if seed % 3 == 0 else without_quotes(chain)
        limits = limits_for(book, chain, seed)
        feasible += reference_cost(book, tradable, limits) is not None
    assert feasible >= 40


def without_quotes(chain):
    """The chain as the reference may trade it: no quote, no size."""
    gone = np.isnan(chain.bid_price)
    values = {
        name: np.where(gone, filler, getattr(chain, name))
        for name, filler in (
            ("bid_price", 0.0), ("ask_price", 0.0), ("bid_size", 0.0), ("ask_size", 0.0)
        )
    }  # fmt: skip
    fields = ("asof", "venue", "underlying", "spot", "options", "open_interest", "mark_price")
    return type(chain)(**{name: getattr(chain, name) for name in fields}, **values)


def test_cost_is_quantity_times_half_spread_and_prices_are_the_quotes():
    chain = market(3, inverse=True)
    answer = hedge(
        short_straddle(chain), market=chain, limits={"limits": {"gamma_usd_per_pct": 100.0}}
    )
    place = {name: index for index, name in enumerate(chain.options.instrument)}
    total = 0.0
    for trade in answer.trades:
        if trade.instrument == "perpetual":
            assert trade.price == chain.spot
            continue
        index = place[trade.instrument]
        quotes = chain.bid_price[index], chain.ask_price[index]
        assert trade.price == quotes[int(trade.quantity > 0.0)]
        total += abs(trade.quantity) * 0.5 * (quotes[1] - quotes[0]) * chain.spot
    assert answer.cost_usd == pytest.approx(total)
    assert answer.cost_usd > 0.0


def test_a_straddle_sold_needs_gamma_bought_and_a_straddle_bought_needs_it_sold():
    chain = market(4)
    limits = {"limits": {"gamma_usd_per_pct": 50.0, "delta": 0.1}}
    sold = hedge(short_straddle(chain), market=chain, limits=limits)
    bought = hedge(short_straddle(chain, size=-3.0), market=chain, limits=limits)
    assert sum(t.gamma_usd_per_pct for t in sold.trades) > 0.0
    assert sum(t.gamma_usd_per_pct for t in bought.trades) < 0.0
    assert sold.before.feedback.theta < sold.after.feedback.theta < 0.0
    assert 0.0 < bought.after.feedback.theta < bought.before.feedback.theta


def test_a_thin_market_runs_away_before_and_not_after():
    chain = market(4)
    book = short_straddle(chain, size=3.0)
    limits = {"limits": {"gamma_usd_per_pct": 50.0, "delta": 0.1}}
    answer = hedge(book, market=chain, limits=limits, depth_usd_per_pct=1_000.0)
    assert answer.before.feedback.amplification is None
    assert answer.before.feedback.critical_up.shock == 0.0
    assert answer.after.feedback.theta == pytest.approx(-0.05, rel=1e-6)
    assert answer.after.feedback.amplification == pytest.approx(1.0 / 0.95, rel=1e-6)


def test_vega_is_bounded_by_tenor():
    chain = market(5)
    book = short_straddle(chain)
    limits = {"limits": {"vega_by_tenor": {"0-20": 5.0, "20-60": 40.0, "60+": 10.0}}}
    answer = hedge(book, market=chain, limits=limits)
    trades, _hedge = quantities(answer, chain)
    o = chain.options
    vega = o.forward * np.sqrt(o.years) * 0.01 * density(o)
    for low, high, most in ((0, 20, 5.0), (20, 60, 40.0), (60, np.inf, 10.0)):
        inside = (o.years * 365 > low) & (o.years * 365 <= high)
        days = book.options.years * 365
        held = (days > low) & (days <= high)
        mine = book.options.forward * np.sqrt(book.options.years) * 0.01 * density(book.options)
        assert (
            abs(trades[inside] @ vega[inside] + book.quantity[held] @ mine[held])
            <= most * 1.0000001
        )


def density(o):
    """Normal density at d1."""
    width = o.vol * np.sqrt(o.years)
    d1 = np.log(o.forward / o.strike) / width + 0.5 * width
    return np.exp(-0.5 * d1**2) / np.sqrt(2.0 * np.pi)


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("cvar_usd", {"cvar_level": 0.75}),
        ("margin_usd", {"margin_factor": 1.25}),
        ("worst_cell_usd", {}),
    ],
)
def test_losses_are_bounded_and_judged_on_the_cells_of_the_book_that_is_held(name, more):
    chain = market(6)
    book = short_straddle(chain)
    free = hedge(book, market=chain, limits={"limits": {name: 1e9, **more}, "scenarios": SCENARIOS})
    start = free.before.measured.limited[name]
    answer = hedge(
        book, market=chain, limits={"limits": {name: 0.5 * start, **more}, "scenarios": SCENARIOS}
    )
    assert free.trades == ()
    assert answer.status is Status.OPTIMAL
    losses = np.sort(-answer.after.measured.cells_usd)[::-1]
    by_hand = {
        "cvar_usd": losses[:3].mean(),
        "margin_usd": 1.25 * losses[0],
        "worst_cell_usd": losses[0],
    }
    assert answer.after.measured.limited[name] == pytest.approx(by_hand[name], rel=1e-9)
    assert by_hand[name] <= 0.5 * start


def test_the_floor_of_a_single_cell_is_kept_and_named():
    chain = market(6)
    book = short_straddle(chain)
    cell = {"spot": -0.3, "vol": 0.4, "most_usd": 5_000.0}
    answer = hedge(book, market=chain, limits={"limits": {"cells": [cell]}})
    (row,) = answer.rows
    assert row.name == "cell (spot -30 %, vol × 1.4)"
    assert row.before > 5_000.0 >= row.after


def test_limits_out_of_reach_are_named_and_the_rest_is_kept():
    chain = market(7)
    book = short_straddle(chain, size=5_000.0)
    limits = {"limits": {"gamma_usd_per_pct": 10.0, "delta": 0.5}}
    answer = hedge(book, market=chain, limits=limits)
    assert answer.status is Status.RELAXED
    assert [row.name for row in answer.rows if not row.holds] == ["gamma_usd_per_pct"]
    assert abs(answer.after.measured.delta) <= 0.5 * (1.0 + 1e-4)
    assert answer.trades
    assert answer.to_dict()["relaxations"] == [
        {"limit": "gamma_usd_per_pct", "by": pytest.approx(answer.rows[1].relaxed_by)}
    ]


def test_the_answer_is_one_plain_document():
    chain = market(8)
    limits = {"limits": {"gamma_usd_per_pct": 100.0, "delta": 0.1}, "lots": {"option": 0.1}}
    answer = hedge(short_straddle(chain), market=chain, limits=limits | {"legs": 4})
    document = json.loads(json.dumps(answer.to_dict(), allow_nan=False))
    keys = {"status", "trades", "cost_usd", "before", "after", "shadow_prices"}
    assert keys <= set(document)
    assert set(document["shadow_prices"]) == {"delta", "gamma_usd_per_pct"}
    assert all({"instrument", "quantity", "price"} <= set(trade) for trade in document["trades"])
    assert len(document["trades"]) <= 4
    assert abs(document["after"]["gamma_usd_per_pct"]) <= 100.0
    lots = [t["quantity"] / 0.1 for t in document["trades"] if t["instrument"] != "perpetual"]
    np.testing.assert_allclose(lots, np.rint(lots), atol=1e-9)


def test_listings_without_open_interest_can_be_traded(tmp_path):
    chain = market(9)
    file = tmp_path / "chain.csv"
    write_canonical(chain, file)
    text = file.read_text().replace("\r", "")
    head, *rows = text.splitlines()
    place = head.split(",").index("open_interest")
    cells = [row.split(",") for row in rows]
    for cell in cells[::2]:
        cell[place] = "0"
    file.write_text("\n".join([head, *(",".join(cell) for cell in cells)]) + "\n")
    assert len(tradable_chain(str(file))) == len(chain)


def test_an_empty_book_is_refused():
    chain = market(0)
    with pytest.raises(InputError, match="the book is empty"):
        hedge(book_of(chain, np.zeros(len(chain))), market=chain, limits={"limits": {"delta": 1.0}})


REAL = {
    "sizes": ("amberdata_level1_btc_2024-04-01.json", {}, "BTC-26APR24-70000"),
    "no sizes": ("deribit_6hourly_2026-01.parquet", {"asof": "2026-01-15T12:00Z"}, None),
}


@pytest.mark.parametrize("name", REAL)
def test_a_short_straddle_on_a_real_chain_gets_executable_trades(name, market_data):
    file, choice, _straddle = REAL[name]
    chain = tradable_chain(str(market_data / "chains" / file), **choice)
    book = real_straddle(chain)
    limits = {
        "delta": 1.0,
        "gamma_usd_per_pct": 20e3,
        "vega_usd_per_point": 1e3,
        "worst_cell_usd": 5e5,
    }
    answer = hedge(book, market=chain, limits={"limits": limits})
    assert answer.status is Status.OPTIMAL
    assert answer.before.measured.totals.gamma_usd_per_pct < -20e3
    trades, _hedge = quantities(answer, chain)
    bought, sold = trades > 0.0, trades < 0.0
    assert np.all(chain.ask_price[bought] > 0.0)
    assert np.all(chain.bid_price[sold] > 0.0)
    assert not np.any(trades[bought] > chain.ask_size[bought])
    assert not np.any(-trades[sold] > chain.bid_size[sold])
    after = figures(book, trades, chain, _hedge)
    for limit in ("delta", "gamma_usd_per_pct", "vega_usd_per_point"):
        assert abs(after[limit]) <= limits[limit] * (1.0 + 1e-6)


def real_straddle(chain):
    """Short 20 of the call and the put nearest the money, about four weeks out."""
    o = chain.options
    quantity = np.zeros(len(chain))
    expiry = o.expiry[np.argmin(np.abs(o.years * 365 - 28))]
    for is_call in (True, False):
        chosen = np.flatnonzero((o.expiry == expiry) & (o.is_call == is_call))
        quantity[chosen[np.argmin(np.abs(o.strike[chosen] - o.forward[chosen]))]] = -20.0
    return book_of(chain, quantity)
