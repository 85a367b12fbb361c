"""The page of a tail in a browser."""

import json

import pytest

import shortgamma as sg
from shortgamma.report.documents import write_report
from tests.report.test_browser import SCREENS, browser, pytestmark, width_beyond_screen
from tests.studies.test_value_at_risk import hedged_book, history_of

__all__ = ["browser", "pytestmark"]


@pytest.mark.parametrize("screen", SCREENS)
def test_the_page_draws_every_figure_without_a_complaint(browser, tmp_path, screen):
    file = tmp_path / "page.html"
    write_report(sg.var(hedged_book(), prices=history_of(), paths=1_000), file)
    context = browser.new_context(color_scheme="dark", **SCREENS[screen])
    tab, complaints = context.new_page(), []
    tab.on("console", lambda message: complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(file.as_uri())
    tab.wait_for_function("document.querySelectorAll('.plot .main-svg').length >= 3")
    assert complaints == []
    assert width_beyond_screen(tab) <= 0
    assert json.loads(tab.evaluate("document.getElementById('data').textContent"))["figures"]
    context.close()
