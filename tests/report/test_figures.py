"""Figure specs: valid, plain, and with the right signs."""

from dataclasses import replace

import msgspec
import numpy as np
import plotly.graph_objects as go
import pytest

from shortgamma.report.figures.expiries import atm_vol, gamma_by_expiry
from shortgamma.report.figures.gauge import feedback_gauge
from shortgamma.report.figures.greeks import vanna_and_charm
from shortgamma.report.figures.holders import NAMED, gamma_by_holder, gamma_by_model
from shortgamma.report.figures.palette import LONG, SHORT
from shortgamma.report.figures.profile import gamma_against_spot
from shortgamma.report.figures.smile import SHOWN, smiles
from shortgamma.report.figures.strikes import MOST_BARS, gamma_by_strike, strike_expiry_heatmap
from shortgamma.report.figures.themes import templates
from tests.report.builders import EVIL, answer, flip, inventory, variant

FIGURES = [
    gamma_against_spot,
    vanna_and_charm,
    gamma_by_strike,
    strike_expiry_heatmap,
    gamma_by_expiry,
    atm_vol,
    smiles,
    gamma_by_holder,
    gamma_by_model,
    feedback_gauge,
]


def numbers(values):
    return np.array([value for value in values if value is not None])


def traces(spec, **wanted):
    return [t for t in spec["data"] if all(t.get(k) == v for k, v in wanted.items())]


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_is_a_valid_plotly_spec(figure, every):
    spec = figure(every)
    assert set(spec) == {"data", "layout"}
    assert "template" not in spec["layout"]
    go.Figure(spec)


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_is_plain_data(figure, every):
    spec = figure(every)
    assert msgspec.json.decode(msgspec.json.encode(spec)) == spec


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_templates_are_valid(theme):
    go.Figure({"data": [], "layout": {"template": templates()[theme]}})


def test_short_book_lies_below_zero(short):
    profile = gamma_against_spot(short)
    assert not traces(profile, name="net long")
    (line,) = traces(profile, name="net short")
    assert line["line"]["color"] == SHORT
    assert (numbers(line["y"]) <= 0.0).all()
    for name in ("calls", "puts", "net"):
        (trace,) = traces(gamma_by_strike(short), name=name)
        assert (numbers(trace["y"]) <= 0.0).all()
    expiries = gamma_by_expiry(short)["data"][0]
    assert (numbers(expiries["x"]) < 0.0).all()
    assert set(expiries["marker"]["color"]) == {SHORT}
    holders = gamma_by_holder(short)["data"][0]
    assert holders["y"][0] == "dealers"
    assert holders["x"][0] < 0.0 < holders["x"][1]


def test_long_book_lies_above_zero(long):
    profile = gamma_against_spot(long)
    assert not traces(profile, name="net short")
    (line,) = traces(profile, name="net long")
    assert line["line"]["color"] == LONG
    assert (numbers(line["y"]) >= 0.0).all()


def test_strikes_and_expiries_sum_to_the_net(naive):
    (net,) = traces(gamma_by_strike(naive), name="net")
    total = naive.totals.gamma_usd_per_pct
    near = np.abs(naive.by_strike.key - naive.chain.spot) <= 0.4 * naive.chain.spot
    scale = 1e6
    assert numbers(net["y"]).sum() * scale == pytest.approx(
        naive.by_strike.gamma_usd_per_pct[near].sum(), rel=1e-4
    )
    assert numbers(gamma_by_expiry(naive)["data"][0]["x"]).sum() * scale == pytest.approx(
        total, rel=1e-4
    )


def test_heatmap_buckets_keep_every_cell(naive):
    spec = strike_expiry_heatmap(naive)
    (trace,) = spec["data"]
    near = np.abs(naive.heatmap.strike - naive.chain.spot) <= 0.4 * naive.chain.spot
    cells = np.array([[np.nan if v is None else v for v in row] for row in trace["z"]])
    assert np.nansum(cells) * 1e6 == pytest.approx(
        np.nansum(naive.heatmap.gamma_usd_per_pct[:, near]), rel=1e-4
    )
    assert spec["layout"]["coloraxis"]["cmin"] == -spec["layout"]["coloraxis"]["cmax"]
    assert trace["y"][0] == "16 Jan (23h)"


def test_flips_are_ringed_and_named(naive):
    spec = gamma_against_spot(naive)
    (rings,) = traces(spec, name="flip")
    in_view = [f for f in naive.profile.flips if f.spot < 1.35 * naive.chain.spot]
    assert len(rings["x"]) == len(in_view) > 0
    words = " ".join(note["text"] for note in spec["layout"]["annotations"])
    assert "turns long above" in words
    assert "spot" in words
    assert "hedgers buy rises, sell falls" in words


def test_flips_that_are_close_share_one_label(naive):
    crowd = [flip(95_000.0 + 100.0 * i, "up" if i % 2 else "down") for i in range(1, 12)]
    spec = gamma_against_spot(variant(naive, gamma=-40e6, flips=crowd))
    labels = [n for n in spec["layout"]["annotations"] if "above" in n["text"]]
    assert len(traces(spec, name="flip")[0]["x"]) == 11
    assert len(labels) <= 2


def test_the_view_reaches_a_far_flip(naive):
    spec = gamma_against_spot(variant(naive, gamma=-40e6, flips=[flip(160_000.0, "up")]))
    assert spec["layout"]["xaxis"]["range"][1] > 160_000.0


def test_exact_holdings_have_no_band(named):
    assert not [t for t in gamma_against_spot(named)["data"] if t.get("legendgroup") == "band"]
    assert not [t for t in feedback_gauge(named)["data"] if t.get("mode") == "lines"]


def test_flat_book_shows_no_noise(flat):
    profile = gamma_against_spot(flat)
    assert [t["name"] for t in profile["data"] if t.get("name", "").startswith("net")] == [
        "net zero"
    ]
    assert profile["layout"]["yaxis"]["range"][1] >= 1.0
    assert not [n for n in gamma_by_strike(flat)["layout"]["annotations"] if "wall" in n["text"]]


def test_today_is_marked(naive):
    spec = gamma_by_expiry(naive)
    assert spec["layout"]["yaxis"]["ticktext"][0].startswith("<b>0DTE</b>")
    assert spec["data"][0]["marker"]["pattern"]["shape"] == ["/", "", "", ""]


def test_smiles_are_few_and_span_all_expiries(naive):
    lines = traces(smiles(naive), mode="lines")
    assert len(lines) == min(SHOWN, len(naive.surface.smiles)) == 4
    assert lines[0]["name"].startswith("16 Jan")


@pytest.mark.parametrize("gamma", [-3e9, -40e6, 0.0, 40e6, 9e9])
def test_needle_stays_on_the_scale(naive, gamma):
    spec = feedback_gauge(variant(naive, gamma=gamma))
    low, high = spec["layout"]["xaxis"]["range"]
    (needle,) = [t for t in spec["data"] if t.get("marker", {}).get("size") == 30]
    assert low <= -1.0
    assert high >= 1.0
    assert low <= needle["x"][0] <= high


def test_many_holders_are_summed_up_and_names_escaped():
    names = [f"holder-{i}" for i in range(30)] + [EVIL, EVIL]
    weights = [-0.05 * i for i in range(30)] + [2.0, 3.0]
    trace = gamma_by_holder(answer(inventory(*names, weights=weights)))["data"][0]
    assert len(trace["y"]) == NAMED + 1
    assert len(set(trace["y"])) == NAMED + 1
    assert "18 more hedgers" in trace["y"]
    assert not [name for name in trace["y"] if "<" in name]


def test_model_in_use_comes_first_and_has_the_band(naive):
    spec = gamma_by_model(naive)
    assert spec["data"][0]["y"][0] == "<b>naive</b> (in use)"
    assert spec["data"][1]["y"] == ["<b>naive</b> (in use)"] * 2


def test_bars_are_grouped_where_strikes_are_many(naive):
    spec = gamma_by_strike(naive)
    assert "in steps" not in spec["layout"]["xaxis"]["title"]["text"]
    dense = np.linspace(60_000.0, 130_000.0, 3 * MOST_BARS)
    table = {
        name: np.interp(dense, naive.by_strike.key, getattr(naive.by_strike, name))
        for name in (
            "gamma_usd_per_pct",
            "call_gamma_usd_per_pct",
            "put_gamma_usd_per_pct",
        )
    }
    others = dict.fromkeys(
        (
            "gross_gamma_usd_per_pct",
            "vega_usd_per_point",
            "vanna_usd_per_point",
            "charm_usd_per_day",
            "open_interest",
        ),
        dense,
    )
    spec = gamma_by_strike(
        replace(naive, by_strike=replace(naive.by_strike, key=dense, **table, **others))
    )
    assert "in steps of 1,000" in spec["layout"]["xaxis"]["title"]["text"]
    assert len(spec["data"][0]["x"]) <= MOST_BARS
    assert numbers(spec["data"][0]["y"]).sum() * 1e6 == pytest.approx(
        table["call_gamma_usd_per_pct"].sum(), rel=1e-4
    )
