"""Comparisons for callers who start from names, files and flags."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Unpack

from shortgamma.basics.errors import InputError
from shortgamma.feedback.engine import weighted
from shortgamma.protocols.pool.design import PoolDesign
from shortgamma.protocols.pool.registry import DESIGNS
from shortgamma.studies.design.answer import DesignAnswer
from shortgamma.studies.design.question import DesignQuestion
from shortgamma.studies.design.search import (
    OBJECTIVE,
    parsed_design,
    parsed_search,
    parsed_sweep,
    searched,
)
from shortgamma.studies.design.shocks import sets_named
from shortgamma.studies.design.study import design
from shortgamma.studies.plans import PATHS as USUAL_PATHS
from shortgamma.studies.plans import Planned, Request, planned, texts
from shortgamma.studies.scenarios.pools import NaivePool, PoolMarket
from shortgamma.studies.threads import threads_of

PATHS = 500
SEARCHING = 0.6
"""Share of the work that a search is."""

Told = Callable[[float], None] | None


def design_comparison(
    scenario: str = NaivePool.name,
    figures: Mapping[str, object] | None = None,
    *,
    designs: Sequence[str | PoolDesign] = (),
    shocks: str = "all",
    sweep: str | None = None,
    optimise: str | None = None,
    **rest: Any,
) -> DesignAnswer:
    """Option pools of different designs under the same shocks.

    Args:
        scenario: ``amm-naive``, ``amm-gamma-aware`` or a scenario file that builds on one of them.
        figures: Figures of the scenario to change, by name; shock sets leave those alone.
        designs: Names, ``NAME:key=value,…`` or designs; the first one is what the others are compared with,
            and the second one is judged. Default: all bundled ones.
        shocks: Names of shock sets with commas between, or ``all``.
        sweep: ``NAME:key=v1,v2,…``: variants of a design that are compared as well.
        optimise: ``NAME:key=low..high,…``: the best of some candidates, tried on other paths, is judged.
        rest: ``tries`` and ``objective`` of a search; ``equal_volume``, ``workers``, ``progress``; ``paths``,
            ``seed``, ``source``, ``positioning``, ``prices``, ``asof``, ``underlying`` as for ``simulate``.

    Raises:
        InputError: Any input cannot be used.
    """
    tries, objective = rest.pop("tries", None) or 16, rest.pop("objective", None) or OBJECTIVE
    equal_volume, progress = rest.pop("equal_volume", True), rest.pop("progress", None)
    threads = threads_of(rest.pop("workers", None))
    market, chosen, plan = market_of(scenario, figures or {}, **rest)
    has_paths = rest.get("paths") is not None or plan.jobs[0].paths != USUAL_PATHS
    question = DesignQuestion(
        market=market,
        chosen=chosen,
        designs=compared(designs, sweep, has_search=optimise is not None),
        sets=sets_named(shocks),
        inputs=plan.jobs[0].inputs,
        paths=plan.jobs[0].paths if has_paths else PATHS,
        seed=plan.jobs[0].seed,
        threads=threads,
        equal_volume=equal_volume,
    )
    if optimise is None:
        return design(question, progress=progress)
    search = parsed_search(optimise, tries=tries, objective=objective)
    best = searched(question, search, progress=weighted(progress, SEARCHING))
    names = {best.name: best, search.design.name: search.design}
    final = replace(question, designs=(question.designs[0], *names.values()))
    found = design(final, progress=weighted(progress, 1.0 - SEARCHING))
    return replace(found, searched=search.record(best))


def compared(
    designs: Sequence[str | PoolDesign], sweep: str | None, *, has_search: bool
) -> tuple[PoolDesign, ...]:
    """What is compared: the given designs or all bundled ones, then the variants of a sweep."""
    given = [parsed_design(item) if isinstance(item, str) else item for item in designs]
    if has_search:
        # The search puts what it finds second; until then any other design stands there.
        first, *rest = given or DESIGNS.values()
        return (first, *(rest or [each for each in DESIGNS.values() if each != first][:1]))
    if sweep is None:
        return tuple(given or DESIGNS.values())
    variants = parsed_sweep(sweep)
    first = given or [next(iter(DESIGNS.values()))]
    return (*first, *(each for each in variants if each not in first))


def market_of(
    scenario: str, figures: Mapping[str, object], **request: Unpack[Request]
) -> tuple[PoolMarket, frozenset[str], Planned]:
    """The scenario, the figures in it that the caller chose, and what else he brings.

    Raises:
        InputError: It is no scenario with a pool, or it sweeps figures.
    """
    plan = planned(scenario, figures, **request)
    market = plan.jobs[0].scenario
    if not isinstance(market, PoolMarket) or plan.axes:
        raise InputError(
            f"{scenario!r} is not one market with an option pool",
            place="design",
            remedy="use amm-naive, amm-gamma-aware, or a file that builds on one of them",
        )
    usual = {item.name: item.default for item in fields(type(market))}
    changed = {name for name, value in usual.items() if getattr(market, name) != value}
    return market, frozenset({*changed, *texts(plan.base, figures)}), plan
