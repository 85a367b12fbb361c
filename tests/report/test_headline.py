"""Plain words that are right in every case: sides, flips, runaway, doubt, names."""

from dataclasses import replace

import pytest

from shortgamma.exposure.feedback import CriticalShock, ShockStatus
from shortgamma.exposure.profile import FlipStatus
from shortgamma.report.amounts import moment
from shortgamma.report.headline import concentration, headline, hedging, sentences, shocks, sureness
from shortgamma.report.tiles import tiles
from tests.report.builders import MODELS, answer, flip, inventory, variant

UP, DOWN = flip(97_400.0, "up"), flip(97_400.0, "down")
UP_BELOW, DOWN_BELOW = flip(91_400.0, "up"), flip(91_400.0, "down")

HEADLINES = [
    (-42e6, [UP], None, "Dealers are short 42 M$ per 1 %; above 97,400 they turn long."),
    (-42e6, [DOWN_BELOW], None, "Dealers are short 42 M$ per 1 %; below 91,400 they turn long."),
    (
        -42e6,
        [DOWN_BELOW, UP],
        None,
        "Dealers are short 42 M$ per 1 %; above 97,400 and below 91,400 they turn long.",
    ),
    (42e6, [UP_BELOW], None, "Dealers are long 42 M$ per 1 %; below 91,400 they turn short."),
    (42e6, [DOWN], None, "Dealers are long 42 M$ per 1 %; above 97,400 they turn short."),
    (
        -42e6,
        [],
        FlipStatus.ALWAYS_SHORT,
        "Dealers are short 42 M$ per 1 % and stay short at every price.",
    ),
    (
        42e6,
        [],
        FlipStatus.ALWAYS_LONG,
        "Dealers are long 42 M$ per 1 % and stay long at every price.",
    ),
    (
        -42e6,
        [],
        FlipStatus.OUTSIDE_GRID,
        "Dealers are short 42 M$ per 1 % and stay short between 47,500 and 190,000.",
    ),
    (0.0, [], FlipStatus.FLAT, "Dealers have no net gamma at this price nor at any other."),
    (0.0, [UP], None, "Dealers have no net gamma at this price; above 97,400 they turn long."),
    (
        0.0,
        [],
        FlipStatus.ALWAYS_SHORT,
        "Dealers have no net gamma at this price and would be short at others.",
    ),
    (
        -42e6,
        [DOWN],
        None,
        (
            "Dealers are short 42 M$ per 1 %; repriced with its smile dynamics the book has another "
            "sign here than on today's quotes."
        ),
    ),
]

HEDGING = [
    (
        -42e6,
        300e6,
        (
            "When the price rises 1 % they must buy 42 M$, when it falls 1 % they must sell 42 M$: at 300 M$ "
            "depth per 1 % (assumed) that multiplies volatility by 1.16."
        ),
    ),
    (
        42e6,
        300e6,
        (
            "When the price rises 1 % they must sell 42 M$, when it falls 1 % they must buy 42 M$: at 300 M$ "
            "depth per 1 % (assumed) that multiplies volatility by 0.88."
        ),
    ),
    (
        -42e6,
        84e6,
        (
            "When the price rises 1 % they must buy 42 M$, when it falls 1 % they must sell 42 M$: at 84 M$ "
            "depth per 1 % (as given) that multiplies volatility by 2.00."
        ),
    ),
    (
        -42e6,
        42e6,
        (
            "When the price rises 1 % they must buy 42 M$, when it falls 1 % they must sell 42 M$: at 42 M$ "
            "depth per 1 % (as given) that is at least as much as each move itself, so hedging runs away "
            "(θ = −1 ≤ −1); it takes more than 42 M$ of depth to stop it."
        ),
    ),
    (
        -42e3,
        300e6,
        (
            "When the price rises 1 % they must buy 42 k$, when it falls 1 % they must sell 42 k$: at 300 M$ "
            "depth per 1 % (assumed) that leaves volatility practically as it is (× 1.00)."
        ),
    ),
    (
        0.0,
        300e6,
        "There is nothing to hedge per 1 %, so hedging neither amplifies nor dampens small moves.",
    ),
]


@pytest.mark.parametrize(("gamma", "flips", "status", "text"), HEADLINES)
def test_headline(naive, gamma, flips, status, text):
    assert headline(variant(naive, gamma=gamma, flips=flips, status=status)) == text


@pytest.mark.parametrize(("gamma", "depth", "text"), HEDGING)
def test_what_hedgers_must_do(naive, gamma, depth, text):
    assert hedging(variant(naive, gamma=gamma, depth=depth)) == text


def test_a_real_short_book_buys_rises(short):
    assert headline(short).startswith("Dealers are short ")
    assert "rises 1 % they must buy" in hedging(short)
    assert tiles(short)[0].value.startswith("−")


def test_a_real_long_book_sells_rises(long):
    assert headline(long).startswith("Dealers are long ")
    assert "rises 1 % they must sell" in hedging(long)
    assert tiles(long)[0].value.startswith("+")


@pytest.mark.parametrize(
    ("gamma", "short", "words"),
    [
        (-42e6, 0.68, "P(net gamma < 0) = 68 %: the sign itself is uncertain."),
        (-42e6, 0.31, "P(net gamma < 0) = 31 %: most draws say the opposite."),
        (42e6, 0.62, "P(net gamma < 0) = 62 %: most draws say the opposite."),
        (-42e6, 0.999, "P(net gamma < 0) > 99 %."),
        (42e6, 0.001, "P(net gamma < 0) < 1 %."),
    ],
)
def test_doubt_is_said(naive, gamma, short, words):
    text = sureness(variant(naive, gamma=gamma, flips=[UP], short=short))
    assert text.startswith("Positioning: naive. ")
    assert "75 % of the time (assumed)" in text
    assert text.endswith(words)


def test_every_answer_names_its_model_and_its_depth(every):
    text = " ".join((headline(every), *sentences(every)))
    assert f"Positioning: {every.positioning.model}." in text
    assert "depth per 1 %" in text or "nothing to hedge" in text
    assert "nan" not in text
    assert "None" not in text


def test_many_flips_are_counted(naive):
    flips = [flip(80_000.0 + 1_000.0 * i, "down" if i % 2 else "up") for i in range(9)]
    text = " ".join(sentences(variant(naive, gamma=-42e6, flips=flips)))
    assert "the side changes 9 times: to long at 80,000, to short at 81,000" in text
    assert "and 3 more" in text


def test_holders_with_names(named):
    assert headline(named).startswith("The 2 hedgers on file are ")
    assert "taken as exact" in sureness(named)
    assert "(assumed)" not in sureness(named)
    assert concentration(named).startswith("The largest short holder is ")


def test_one_hedger_is_singular():
    made = inventory("desk", "customers", kinds=("market_maker", "customer"), weights=(-1.0, 1.0))
    result = answer(made)
    assert headline(result).startswith("The hedger on file is ")
    assert "it turns" in headline(result) or "and stays" in headline(result)


def test_nobody_hedges():
    result = answer(inventory("v", "customers", kinds=("vault", "customer"), weights=(1.0, -1.0)))
    assert headline(result) == "No holder on file hedges: nothing is bought or sold per 1 %."


def test_names_unknown_and_nobody_short(naive, named):
    assert "knows sides, not names" in concentration(naive)
    nobody = replace(
        named,
        system=replace(
            named.system, largest=None, herfindahl=None, concentration_status="nobody short"
        ),
    )
    assert concentration(nobody) == "No holder on file is short gamma."


def test_flat_books_have_no_sign_to_doubt(flat):
    assert (
        headline(flat) == "The 2 hedgers on file have no net gamma at this price nor at any other."
    )
    assert "P(net" not in sureness(flat)
    values = {tile.label: tile.value for tile in tiles(flat)}
    assert values["Net gamma"] == "0 $"
    assert values["Nearest flip"] == "none"
    assert values["P(net gamma < 0)"] == "–"


def test_rolled_books_say_so():
    result = answer(MODELS["naive"], days_ahead=2.0)
    assert any("2 days ahead" in sentence for sentence in sentences(result))


def test_critical_shocks_are_named(naive):
    found = CriticalShock(shock=0.0488, move_at_fold=0.07, landing=0.1823, status=ShockStatus.FOUND)
    changed = replace(naive, feedback=replace(naive.feedback, critical_up=found))
    assert (
        shocks(changed) == "A shock of +5 % (ending at +20 %) would be carried further by hedging."
    )
    assert shocks(naive) == ""


def test_a_missing_time_is_said():
    assert moment(None) == "time not stated by the source"
