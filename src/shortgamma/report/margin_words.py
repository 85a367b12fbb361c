"""Margins in sentences and cells: who asks for how much, how far they are apart, what a shock does."""

from collections.abc import Iterator

import numpy as np

from shortgamma.report.amounts import number, signed_percent, signed_usd, usd
from shortgamma.studies.margin import Asked, Margin, Shocked, Spread

REGIME_HEADS = (
    "Regime|",
    "Own funds, initial",
    "Own funds, maintenance",
    "As stated, initial",
    "As stated, maintenance",
    "Unit|",
    "Verified|",
    "Effective|",
    "Parameters|",
)
PART_HEADS = ("Regime|", "Part of initial margin|", "USD")
SHOCK_HEADS = ("Regime|", "Spot", "Vol", "Own funds, initial", "Growth", "Cash to bring")
WORST = ((-0.2, 2.0), (0.2, 2.0))
"""Spot move and vol factor of the shocks that the sentences name."""


def taken(answer: Margin) -> tuple[Asked, ...]:
    """The regimes that take the book, the dearest first."""
    found = [one for one in answer.asked if one.is_taken]
    return tuple(sorted(found, key=lambda one: -float(one.now.initial_equity[0])))


def times_words(ratio: float) -> str:
    """``4.2 times``."""
    return f"{number(ratio, 2)} times"


def headline(answer: Margin) -> str:
    """The answer in one sentence."""
    found = answer.initial_spread
    if found.ratio is not None:
        return (
            f"The same book needs {usd(found.dearest_usd or 0.0)} of own funds under {found.dearest} and "
            f"{usd(found.cheapest_usd or 0.0)} under {found.cheapest}: {times_words(found.ratio)} as much"
        )
    asking = taken(answer)
    if not asking:
        return "No regime takes this book"
    only = asking[0]
    return (
        f"{only.regime.name} asks for {usd(float(only.now.initial[0]))} initially and "
        f"{usd(float(only.now.maintenance[0]))} to maintain"
    )


def sentences(answer: Margin) -> list[str]:
    """What else has to be known."""
    found = [own_words(), maintenance_words(answer.maintenance_spread)]
    found += [
        growth_words(answer),
        call_words(answer),
        verified_words(answer),
        refused_words(answer),
    ]
    return [words for words in found if words]


def own_words() -> str:
    """What own funds are."""
    return (
        "Own funds are what the account has to be worth beyond the marks of its options, so that rules which "
        "count premiums differently can be compared; “as stated” is the venue's own figure."
    )


def maintenance_words(found: Spread) -> str:
    """The screen on maintenance margin."""
    if found.ratio is None:
        return ""
    return (
        f"To maintain it, {found.dearest} asks for {usd(found.dearest_usd or 0.0)} and {found.cheapest} for "
        f"{usd(found.cheapest_usd or 0.0)}, {times_words(found.ratio)} as much."
    )


def worst_of(one: Asked) -> Shocked:
    """The shock that asks for most cash."""
    return max(one.shocked, key=lambda row: row.call_usd)


def growth_words(answer: Margin) -> str:
    """Who grows most and least when vol doubles."""
    rows = [
        (row.growth, one.regime.name)
        for one in taken(answer)
        for row in one.shocked
        if (row.spot_move, row.vol_factor) == (0.0, 2.0) and np.isfinite(row.growth)
    ]
    if len(rows) < 2:
        return ""
    most, least = max(rows), min(rows)
    return (
        f"If vol doubles while spot stays, {most[1]} asks for {times_words(most[0])} as much and {least[1]} "
        f"for {times_words(least[0])}: margin that grows in a storm takes cash when it is scarce."
    )


def call_words(answer: Margin) -> str:
    """The largest margin call."""
    asking = taken(answer)
    if not asking:
        return ""
    one = max(asking, key=lambda each: worst_of(each).call_usd)
    row = worst_of(one)
    if row.call_usd <= 0.0:
        return ""
    return (
        f"The largest margin call is {usd(row.call_usd)} of cash, under {one.regime.name} at spot "
        f"{signed_percent(row.spot_move)} and vol × {row.vol_factor:g}: what the requirement grows by and "
        "what the book lost."
    )


def verified_words(answer: Margin) -> str:
    """How much of it was compared with published figures."""
    sure = [one.regime.name for one in answer.asked if one.regime.verified]
    return (
        f"{len(sure)} of {len(answer.asked)} regimes were compared with figures that the venue published: "
        f"{', '.join(sure) or 'none'}; the others say what is not known."
    )


def refused_words(answer: Margin) -> str:
    """Who does not take the book."""
    refused = [
        f"{one.regime.name} ({one.now.status.removeprefix('refused: ')})"
        for one in answer.asked
        if not one.is_taken
    ]
    return f"Not taken by {', '.join(refused)}." if refused else ""


def amount(value: float) -> str:
    """USD, or a dash where there is none."""
    return signed_usd(value).removeprefix("+") if np.isfinite(value) else "–"


def regime_rows(answer: Margin) -> Iterator[tuple[str, ...]]:
    """Every regime as cells, the dearest first, those that do not take the book last."""
    others = tuple(one for one in answer.asked if not one.is_taken)
    for one in (*taken(answer), *others):
        now, regime = one.now, one.regime
        yield (
            regime.name,
            amount(float(now.initial_equity[0])),
            amount(float(now.maintenance_equity[0])),
            amount(float(now.initial[0])),
            amount(float(now.maintenance[0])),
            regime.unit.value,
            "yes" if regime.verified else "no",
            regime.effective or "not stated",
            regime.parameters,
        )


def part_rows(answer: Margin) -> Iterator[tuple[str, ...]]:
    """What initial margin is made of."""
    for one in taken(answer):
        for name, part in one.now.parts.items():
            if abs(float(part[0])) > 0.0:
                yield one.regime.name, name, amount(float(part[0]))


def shock_rows(answer: Margin) -> Iterator[tuple[str, ...]]:
    """Every regime after every shock."""
    for one in taken(answer):
        for row in one.shocked:
            yield (
                one.regime.name,
                signed_percent(row.spot_move),
                f"× {row.vol_factor:g}",
                amount(row.initial_equity),
                f"× {number(row.growth, 3)}" if np.isfinite(row.growth) else "–",
                amount(row.call_usd),
            )
