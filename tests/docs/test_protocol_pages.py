"""Every mechanism has a page, an example that plays, and figures on the page that the example gives."""

import importlib
import json
import re
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache

import msgspec
import numpy as np
import pytest

from shortgamma.data.mechanism_files import state_from
from shortgamma.protocols.mechanism import as_plain
from shortgamma.protocols.registry import MECHANISMS
from shortgamma.studies.mechanism import mechanism
from tests.architecture.tree import ROOT

NAMES = sorted(MECHANISMS)
EXAMPLES = ROOT / "examples" / "protocols"
PAGES = ROOT / "docs" / "protocols"
LONGEST_PAGE = 80
NUMBER = re.compile(r"(?<![\w.])[-\u2212]?\d[\d,_]*(?:\.\d+)?(?:e[-+]?\d+)?(?![\w])", re.IGNORECASE)
CODE = re.compile(r"^```python\n.*?^```$", re.DOTALL | re.MULTILINE)
DERIVED = {
    "squeeth": {
        "12.61": "1.5 × 100 oSQTH × norm × 2,900/10,000: the least collateral of the vault"
    },
}
"""Figures of an example that its page works out from others, and how."""
MOST = 12
"""Digits of a fraction that are compared: two ways to the same float differ beyond."""
TELLING = 4
"""Digits from which a number of a page counts as a figure of its example."""


def played(name):
    folder = EXAMPLES / name
    return mechanism(name, state=folder / "state.json", events=folder / "events.json")


def page_of(name):
    return (PAGES / f"{page_name(name)}.md").read_text(encoding="utf-8")


def page_name(name):
    return make_protocol_table().page_name(name)


@cache
def make_protocol_table():
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        return importlib.import_module("make_protocol_table")
    finally:
        sys.path.pop(0)


def numbers_in(document) -> Iterator[Decimal]:
    """Every number of a document, and those that stand in its texts."""
    if isinstance(document, Mapping):
        for item in document.values():
            yield from numbers_in(item)
    elif isinstance(document, list):
        for item in document:
            yield from numbers_in(item)
    elif isinstance(document, int | float) and not isinstance(document, bool):
        yield Decimal(repr(document))
    elif isinstance(document, str):
        yield from quoted_in(document)


def quoted_in(text) -> Iterator[Decimal]:
    """Numbers as a text writes them."""
    for match in NUMBER.finditer(text):
        yield Decimal(re.sub("[,_]", "", match[0]).replace("\u2212", "-"))


def digits(number) -> int:
    """Significant ones."""
    return len(number.normalize().as_tuple().digits)


def example_of(name) -> str:
    """What a page says of its example: from the name of its files to the next heading, without code."""
    _, _, rest = page_of(name).partition(f"examples/protocols/{name}")
    return CODE.sub("", rest.partition("\n## ")[0])


def agree(quoted, given) -> bool:
    """True where a figure is the other one, rounded or cut to as many digits.

    The point may stand elsewhere: contracts count in smallest units, pages in coins and percent.
    """
    if not quoted or not given:
        return quoted == given
    written = digits(quoted)
    places = (written if quoted == quoted.to_integral_value() else min(written, MOST)) - 1
    first, second = (abs(n).scaleb(-n.adjusted()) for n in (quoted, given))
    apart = min(abs(first - second), abs(first / 10 - second), abs(first - second / 10))
    return apart < Decimal(1).scaleb(-places)


def test_the_index_lists_every_mechanism_as_the_registry_has_it():
    table = make_protocol_table()
    page = (PAGES / "index.md").read_text(encoding="utf-8")
    assert table.table() in page
    assert table.with_table(page) == page


def test_there_is_no_page_or_example_without_a_mechanism():
    assert {path.stem for path in PAGES.glob("*.md")} <= {"index", *NAMES}
    assert {path.name for path in EXAMPLES.iterdir() if path.is_dir()} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_example_plays_and_is_plain_json(name):
    ran = played(name)
    document = json.loads(msgspec.json.encode(ran.to_dict()))
    assert len(document["states"]) == len(document["outcomes"]) == len(ran.events) > 0
    assert ran.refused < len(ran.events)


@pytest.mark.parametrize("name", NAMES)
def test_the_states_of_the_example_can_be_read_again(name):
    """What is printed is a state file: a run can go on where another one ended."""
    ran = played(name)
    for state in (ran.play.initial, *ran.play.states):
        plain = as_plain(state)
        assert as_plain(state_from(plain, ran.mechanism, place="state")) == plain


@pytest.mark.parametrize("name", NAMES)
def test_the_page_is_short_and_names_its_example(name):
    page = page_of(name)
    assert len(page.splitlines()) <= LONGEST_PAGE
    wanted = name if page_name(name) != name else f"examples/protocols/{name}"
    assert re.search(rf"{wanted}(?![\w-])", page)


@pytest.mark.parametrize("name", NAMES)
def test_the_figures_of_the_worked_example_are_those_of_the_run(name):
    """A page that two mechanisms share may quote either."""
    runs = [played(other) for other in NAMES if page_name(other) == page_name(name)]
    given = list(numbers_in(json.loads(msgspec.json.encode([ran.to_dict() for ran in runs]))))
    figures = [number for number in quoted_in(example_of(name)) if digits(number) >= TELLING]
    wrong = {str(f) for f in figures if not any(agree(f, number) for number in given)}
    assert wrong == set(DERIVED.get(name, {}))


@pytest.mark.parametrize("name", NAMES)
def test_a_mechanism_says_who_carries_and_who_hedges_its_gamma(name):
    found = MECHANISMS[name]
    for sentence in (found.gamma, found.hedger):
        assert sentence.strip().endswith(".")
    assert found.origin.source
    assert found.origin.verified or found.origin.doubts
    assert len(set(found.events.values())) == len(found.events)


@pytest.mark.parametrize("name", NAMES)
def test_holdings_of_the_example_are_finite_and_of_known_kinds(name):
    ran = played(name)
    if ran.mechanism.holdings is None or ran.paths is not None:
        return
    for state in (ran.play.initial, *ran.play.states):
        for held in ran.mechanism.holdings(state):
            assert held.kind in {"call", "put", "spot", "perpetual"}
            assert np.isfinite(held.quantity)
            assert held.years >= 0.0
            assert (held.strike > 0.0) is (held.kind in {"call", "put"})


def test_a_wrong_figure_is_noticed():
    assert agree(Decimal("0.1235"), Decimal("0.12345"))
    assert agree(Decimal("0.1234"), Decimal("0.12345"))
    assert agree(Decimal("0.50260688"), Decimal(50260688))
    assert agree(Decimal("1.000"), Decimal("0.99996"))
    assert not agree(Decimal("0.1237"), Decimal("0.12345"))
    assert not agree(Decimal("0.50260689"), Decimal(50260687))
    assert list(quoted_in("a 1,234.5 and −0.1235, 1e18 of block_77")) == [
        *map(Decimal, ("1234.5", "-0.1235", "1e18"))
    ]
