"""The C-level against the figures of Premia's own tests, and its laws.

Figures: Premian-Labs/v3-contracts, test/vault/strategies/underwriter/UnderwriterVault.vault.t.sol,
test_computeCLevel_Success and test_cLevelGeoMean_ReturnCorrectOutput.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import WAD, from_float, to_float
from shortgamma.protocols.premia import exact
from shortgamma.protocols.premia.level import LevelTerms, c_level, quoted_level

FROM_ONE = LevelTerms(lowest=1.0)
EXACT_FROM_ONE = exact.Terms(lowest=WAD)
PUBLISHED_LEVELS = [
    (0.0, 0, 10**18),
    (0.2, 3, 10**18),
    (0.4, 6, 10**18),
    (0.6, 9, 1007915959186644182),
    (0.8, 12, 1045034261503684539),
    (1.0, 15, 1125000000000000000),
    (1.0, 250, 10**18),
]
# Total assets, locked assets → quoted level of a trade of 4.3 contracts, 23 hours after the last one.
PUBLISHED_QUOTES = [
    ("10", "0", 1.05),
    ("12", "0", 1.05),
    ("12.5", "7.21", 1.1025950417585488),
    ("13", "8.1", 1.1087367093170641),
    ("14", "3", 1.0650306024789773),
    ("18", "13", 1.1167254362471732),
]
UNITS = st.floats(0.0, 1.0)


def wad(text: str) -> int:
    whole, _, part = text.partition(".")
    return int(whole + part.ljust(18, "0"))


@pytest.mark.parametrize(("utilisation", "hours", "published"), PUBLISHED_LEVELS)
def test_levels_are_the_published_ones_to_the_last_digit(utilisation, hours, published) -> None:
    terms = EXACT_FROM_ONE
    assert exact.c_level(round(utilisation * 10) * WAD // 10, hours * WAD, terms=terms) == published
    assert c_level(utilisation, hours, terms=FROM_ONE) == pytest.approx(published / WAD, rel=1e-12)


@pytest.mark.parametrize(("assets", "locked", "published"), PUBLISHED_QUOTES)
def test_quoted_levels_are_the_published_ones(assets, locked, published) -> None:
    size, hours = 4.3, 23.0
    terms = LevelTerms(steepness=0.15)
    before, after = float(locked) / float(assets), (float(locked) + size) / float(assets)
    assert quoted_level(before, after, hours=hours, terms=terms) == pytest.approx(
        published, rel=1e-9
    )
    level = exact.quoted_level(
        wad(locked) * WAD // wad(assets),
        (wad(locked) + 43 * WAD // 10) * WAD // wad(assets),
        hours=23 * WAD,
        terms=exact.Terms(steepness=15 * WAD // 100),
    )
    # The contract's own test allows 1000 in the last of 18 digits.
    assert abs(level - from_float(published)) <= 1000


@given(UNITS, st.floats(0.0, 200.0), st.floats(0.05, 20.0))
def test_floats_and_integers_agree(utilisation: float, hours: float, steepness: float) -> None:
    level = exact.c_level(
        from_float(utilisation),
        from_float(hours),
        terms=exact.Terms(steepness=from_float(steepness)),
    )
    terms = LevelTerms(steepness=steepness)
    assert c_level(utilisation, hours, terms=terms) == pytest.approx(to_float(level), rel=1e-9)


@given(UNITS, UNITS)
def test_the_level_rises_with_utilisation_and_stays_between_its_ends(a: float, b: float) -> None:
    low, high = sorted((a, b))
    terms = LevelTerms()
    levels = c_level(np.array([low, high]), 0.0, terms=terms)
    assert levels[0] <= levels[1] + 1e-12
    assert np.all(levels >= terms.lowest)
    assert np.all(levels <= terms.highest + 1e-12)


def test_a_fully_used_vault_quotes_the_highest_level() -> None:
    assert c_level(1.0, 0.0, terms=LevelTerms()) == pytest.approx(1.2, rel=1e-14)


def test_utilisation_above_one_is_refused() -> None:
    with pytest.raises(RefusedError, match="utilisation"):
        exact.c_level(WAD + 1, 0, terms=exact.Terms())
