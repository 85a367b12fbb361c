"""The page, the pictures and the sentences of contagion."""

import msgspec
import plotly.graph_objects as go
import pytest

import shortgamma as sg
from shortgamma.report.contagion_page import contagion_page
from shortgamma.report.documents import write_report
from shortgamma.report.figures.contagion import (
    SHOWN,
    by_round,
    network_after,
    network_before,
    ranked,
)
from tests.architecture.tree import ROOT
from tests.report.test_browser import SCREENS, browser, pytestmark, width_beyond_screen

__all__ = ["browser"]
IN_BROWSER = pytestmark
pytestmark = []
EXAMPLES = ROOT / "examples" / "networks"
FIGURES = (network_before, network_after, ranked, by_round)
EVIL = "<img src=x onerror=alert(1)>"
CASES = {
    "debts": ("defi-debts.json", {"external": "senior"}),
    "costs": ("rogers-veraart.json", {"solution": "least"}),
    "quiet": ("rogers-veraart.json", {}),
    "rank": ("debts.toml", {"reconstruct": "minimum-density"}),
    "shock": ("debts.toml", {"reconstruct": "maximum-entropy", "default": "a"}),
    "furfine": ("defi-debts.json", {"model": "furfine", "default": "lender"}),
    "sales": ("fire-sale.json", {}),
    "limits": ("thresholds.json", {}),
    "loop": ("gamma.json", {}),
}


@pytest.fixture(scope="module", params=CASES)
def every(request):
    file, options = CASES[request.param]
    return sg.contagion(EXAMPLES / file, **options)


def large(count):
    """A ring of many nodes of which one cannot pay."""
    owed = [[0.0] * count for _ in range(count)]
    for place in range(count):
        owed[place][(place + 1) % count] = 10.0
    return {
        "names": [f"n{place}" for place in range(count)],
        "liabilities": owed,
        "external_assets": [1.0] * count,
        "external_liabilities": [50.0, *[0.5] * (count - 1)],
    }


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_is_valid_plain_data(figure, every):
    spec = figure(every)
    go.Figure(spec)
    assert msgspec.json.decode(msgspec.json.encode(spec)) == spec


def test_every_answer_has_a_page(every):
    text = contagion_page(every)
    assert "NaN" not in text.split('id="data"')[1].split("</script>")[0]


def test_what_failed_is_a_square_and_only_at_the_end():
    answer = sg.contagion(EXAMPLES / "defi-debts.json")
    before, after = (figure(answer)["data"][-1]["marker"] for figure in FIGURES[:2])
    assert set(before["symbol"]) == {"circle"}
    assert after["symbol"].count("square") == len(answer.failed) == 3
    assert max(after["color"]) == 100.0


def test_arrows_run_from_debtor_to_creditor():
    answer = sg.contagion(
        {"names": ["a", "b"], "liabilities": [[0, 5], [0, 0]], "external_assets": [1, 1]},
        model="eisenberg-noe",
    )
    line, nodes = network_before(answer)["data"]
    assert (line["x"][0], line["y"][0]) == (nodes["x"][0], nodes["y"][0])
    assert (line["x"][2], line["y"][2]) == (nodes["x"][1], nodes["y"][1])


def test_a_large_network_draws_its_largest_nodes_and_says_so():
    answer = sg.contagion(large(40), model="eisenberg-noe")
    assert len(network_after(answer)["data"][-1]["x"]) == SHOWN
    assert f"The {SHOWN} largest of 40 nodes are drawn" in contagion_page(answer)


def test_names_from_files_are_escaped():
    network = {"names": [EVIL, "b"], "liabilities": [[0, 2], [0, 0]], "external_assets": [1, 1]}
    assert EVIL not in contagion_page(sg.contagion(network, model="eisenberg-noe"))


@pytest.mark.skipif(IN_BROWSER.args[0], reason=IN_BROWSER.kwargs["reason"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_page_draws_every_figure_without_a_complaint(browser, tmp_path, screen, scheme):
    file = tmp_path / "page.html"
    write_report(sg.contagion(EXAMPLES / "defi-debts.json"), file)
    context = browser.new_context(color_scheme=scheme, **SCREENS[screen])
    tab, complaints = context.new_page(), []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(file.as_uri())
    tab.locator("html[data-drawn]").wait_for(state="attached", timeout=30_000)
    assert tab.locator(".plot .main-svg").count() >= 4
    assert complaints == []
    assert width_beyond_screen(tab) <= 0
    context.close()
