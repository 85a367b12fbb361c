"""Names and values of figures, and the process that they choose."""

from dataclasses import fields

import numpy as np
import pytest

from shortgamma.basics.errors import InputError
from shortgamma.data import read_prices
from shortgamma.feedback.processes.bootstrap import Bootstrap
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.processes.kou import Kou
from shortgamma.feedback.processes.svcj import Svcj
from shortgamma.market.calibration import FITS
from shortgamma.studies.scenarios.bundled import SCENARIOS
from shortgamma.studies.scenarios.exogenous import PROCESSES, ProcessChoice
from shortgamma.studies.scenarios.scenario import Inputs
from shortgamma.studies.scenarios.settings import UNITS, full_name, with_parameters

FULL = SCENARIOS["full-market"]


@pytest.fixture(scope="module")
def history():
    return read_prices("sample")


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("depth", "depth_usd_per_pct"),
        ("perp_depth", "perp_depth_usd_per_pct"),
        ("half_life", "half_life_seconds"),
        ("basis_half_life", "basis_half_life_seconds"),
        ("open_interest", "open_interest_usd"),
        ("noise", "noise_usd_per_day"),
        ("step", "step_seconds"),
    ],
)
def test_a_unit_may_be_left_out(short, full):
    assert FULL.parse({short: "7"}) == FULL.parse({full: "7"})
    assert getattr(FULL.parse({short: "7"}), full) == 7.0


@pytest.mark.parametrize("kind", SCENARIOS.values(), ids=SCENARIOS)
def test_every_unit_of_every_scenario_may_be_left_out(kind):
    names = [f.name for f in fields(kind)]
    endings = {n: u for n in names for u in UNITS if n.endswith(u)}
    assert endings
    for name, unit in endings.items():
        short = name.removesuffix(unit)
        assert full_name(short, names, owner=kind.name, place="--set") == name


def test_a_short_name_that_means_two_figures_or_none_is_refused():
    known = ["delay_seconds", "delay_days", "depth", "depth_usd"]
    with pytest.raises(InputError, match="has no 'delay'"):
        full_name("delay", known, owner="it", place="--set")
    assert full_name("depth", known, owner="it", place="--set") == "depth"
    with pytest.raises(InputError, match="did you mean delay_days"):
        full_name("delay_day", known, owner="it", place="--set")


def test_one_figure_under_two_names_is_refused():
    with pytest.raises(InputError, match="given twice"):
        FULL.parse({"depth": "1", "depth_usd_per_pct": "2"})


def test_parameters_of_a_name():
    assert with_parameters("band: width=2, landing=edge", place="x") == (
        *("band", {"width": 2.0, "landing": "edge"}),
    )
    for text in ("band:width", "band:=2", "band:width=", "band:width=1,width=2"):
        with pytest.raises(InputError) as caught:
            with_parameters(text, place="--set policy")
        assert caught.value.remedy


def test_a_process_takes_its_own_parameters():
    text = "kou:vol=0.6,intensity=3,mean_up=0.01"
    process = FULL.parse({"process": text}).exogenous(Inputs())
    assert process == Kou(vol=0.6, intensity=3.0, mean_up=0.01)
    assert FULL.parse({"process": "gbm", "vol": "0.7"}).exogenous(Inputs()) == Gbm(vol=0.7)
    svcj = FULL.parse({"process": "svcj:jump_vol=1"}).exogenous(Inputs())
    assert svcj == Svcj(jump_vol=1.0)


@pytest.mark.parametrize("name", sorted(FITS))
def test_prices_fit_every_process_that_has_a_fit(name, history):
    process = FULL.parse({"process": name}).exogenous(Inputs(history=history))
    values = FITS[name](history).values
    assert process.drift == 0.0
    for key, value in values.items():
        if key != "drift":
            assert getattr(process, key) == value
    # The sample's minutes are made with about the vol of a year that the process has to give back.
    measured = np.std(history.log_returns) * np.sqrt(525_600.0)
    assert process.annual_vol == pytest.approx(measured, rel=0.3)


def test_a_bootstrap_with_its_own_block_is_not_fitted(history):
    process = FULL.parse({"process": "bootstrap:block=48"}).exogenous(Inputs(history=history))
    assert isinstance(process, Bootstrap)
    assert process.block == 48


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("levy", "unknown process 'levy'"),
        ("mertn", "did you mean merton"),
        ("kou:jump_vol=1", "kou has no 'jump_vol'"),
        ("kou:vol=high", "vol is 'high'"),
        ("kou:vol=nan", "not finite"),
        ("kou:vol=-1", "negative"),
        ("hawkes:half_life=1,half_life_hours=2", "given twice"),
        ("bootstrap", "needs prices"),
        ("replay", "needs prices"),
        ("bootstrap:history=3", "has no 'history'"),
    ],
)
def test_a_process_that_cannot_be_made(text, words):
    with pytest.raises(InputError, match=words) as caught:
        FULL.parse({"process": text}).exogenous(Inputs())
    assert caught.value.remedy
    assert caught.value.place


def test_a_block_is_whole_and_what_is_fitted_takes_no_parameters(history):
    for text, words in (("bootstrap:block=1.5", "block is 1.5"), ("gbm:vol=1", "to fit it to")):
        with pytest.raises(InputError, match=words):
            FULL.parse({"process": text}).exogenous(Inputs(history=history))


def test_every_process_has_a_name_of_its_own():
    for name, make in PROCESSES.items():
        assert make.__name__.lower() == name
        assert ProcessChoice.parse(name).name == name


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("vol", "60", "vol is 60"),
        ("vol", "-0.1", "vol is -0.1"),
        ("theta", "1e9", "theta is 1e"),
        ("spot", "0", "spot is 0"),
        ("depth", "1e300", "1e300 is beyond any market"),
        ("accounts", "1" + 30 * "0", "beyond any market"),
        ("theta", "inf", "not finite"),
    ],
)
def test_figures_beyond_any_market_are_one_line(name, value, words):
    with pytest.raises(InputError, match=words) as caught:
        FULL.parse({name: value})
    assert caught.value.remedy
    assert (caught.value.place or "").startswith("--set")


@pytest.mark.parametrize("figures", [{"days": 1e9}, {"days": 0.0}, {"wall": 5.0}])
def test_walls_beyond_any_market_are_one_line(figures):
    with pytest.raises(InputError, match="days to a wall"):
        SCENARIOS["gamma-squeeze"](**figures).build(Inputs())
