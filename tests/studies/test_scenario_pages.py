"""Every bundled scenario has a page whose table holds its figures as they are."""

import re
from dataclasses import fields
from fractions import Fraction

import pytest

from shortgamma.studies.scenarios.bundled import SCENARIOS
from shortgamma.studies.scenarios.scenario import Scenario
from tests.architecture.tree import ROOT

PAGES = ROOT / "docs" / "scenarios"
ROW = re.compile(r"^\| `(\w+)` \| `?([^|`]+)`? \| (.+) \|$", re.MULTILINE)


def value(text):
    try:
        return float(Fraction(text))
    except ValueError:
        return text


def wrong_rows(page, kind):
    """Figures that the page leaves out, gets wrong, or gives no origin for."""
    rows = {name: (value(found), origin) for name, found, origin in ROW.findall(page)}
    usual = {f.name: f.default for f in fields(Scenario)}
    own = {f.name: f.default for f in fields(kind) if usual.get(f.name) != f.default}
    missing = own.keys() - rows.keys()
    unlike = {n for n, (found, _o) in rows.items() if getattr(kind(), n) != pytest.approx(found)}
    return missing | unlike | {name for name, (_v, origin) in rows.items() if not origin.strip()}


@pytest.mark.parametrize("name", SCENARIOS)
def test_page_holds_every_figure_of_its_own(name):
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert wrong_rows(page, SCENARIOS[name]) == set()
    assert f"shortgamma simulate {name}" in page
    assert "## What it does not show" in page


def test_a_wrong_or_missing_row_is_found():
    page = (PAGES / "one-vault.md").read_text(encoding="utf-8")
    kind = SCENARIOS["one-vault"]
    assert wrong_rows(page.replace("| `theta` | -0.4 |", "| `theta` | 0.4 |"), kind) == {"theta"}
    assert wrong_rows(page.replace("| `days` |", "| days |"), kind) == {"days"}


def test_the_overview_and_the_navigation_name_every_scenario():
    overview = (PAGES / "index.md").read_text(encoding="utf-8")
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for name in SCENARIOS:
        assert f"[{name}]({name}.md)" in overview
        assert f"scenarios/{name}.md" in navigation
    assert {path.stem for path in PAGES.glob("*.md")} == {*SCENARIOS, "index"}


@pytest.mark.parametrize("name", ["oct-2025", "mar-2020"])
def test_crashes_say_what_they_are(name):
    page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    assert "Calibration, not validation" in page
    assert SCENARIOS[name].summary.endswith("calibration, not validation")
