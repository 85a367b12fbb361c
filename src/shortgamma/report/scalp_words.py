"""Gamma scalping in sentences and rows, for the page and the terminal."""

from collections.abc import Iterator

from shortgamma.report.amounts import number, percent, signed_percent, signed_usd, usd
from shortgamma.report.simulation_words import usd_with_error, with_error
from shortgamma.studies.scalping.answer import IMPACT, Scalping, Setting, Side
from shortgamma.studies.scalping.break_even import BreakEvenVol, VolPoint
from shortgamma.studies.scalping.constraints import NO_CONSTRAINT, Constraint
from shortgamma.studies.scalping.limits import COST, Limit
from shortgamma.studies.simulation import Metric

PARTS = {
    "gamma_usd": "Gamma",
    "theta_usd": "Theta",
    "vega_usd": "Vega",
    "delta_usd": "Delta left unhedged",
    "execution_usd": "Execution",
    "basis_usd": "Basis",
    "spread_usd": "Spread",
    "fees_usd": "Fees",
    "slippage_usd": "Slippage",
    "gas_usd": "Gas",
    "funding_usd": "Funding",
    "margin_usd": "Margin",
    "haircut_usd": "Auto-deleveraging",
}
"""Parts of a result, in the order in which they are shown."""
CONSTRAINTS = {
    "fee": "the fee",
    "spread": "the spread",
    "slippage": "slippage",
    "latency": "latency",
    "lot": "the lot",
    "depth": "depth (own impact)",
    "gas": "gas",
    "funding": "funding",
    "margin": "margin",
    NO_CONSTRAINT: "nothing",
}
"""For sentences."""
MIXED = (
    "The book is long some options and short others, so its gamma changes sign with the price: long and "
    "short are its net at the start, and without friction it need not break even at the implied vol"
)
DUST = 1e-6
"""Of the largest part: less is rounding."""
BASIS_POINT = 1e4
NEAR = 1e-9
SIDE_NAMES = {"long": "Long gamma", "short": "Short gamma"}


def vol_text(vol: float) -> str:
    """A vol in percent, to a tenth.

    >>> vol_text(0.6)
    '60.0 %'
    """
    return f"{100.0 * vol:.1f} %"


def headline(answer: Scalping) -> str:
    """At which vols the two sides break even, in one sentence."""
    long, short = answer.long.vol, answer.short.vol
    implied = vol_text(answer.setting.implied_vol)
    if long.vol is not None and short.vol is not None:
        return (
            f"Long gamma breaks even at a realised vol of {vol_text(long.vol)}, short gamma at "
            f"{vol_text(short.vol)}; implied is {implied}."
        )
    return f"{side_words(answer.long)}; {side_words(answer.short).lower()}; implied is {implied}."


def side_words(side: Side) -> str:
    """Whether and where a side breaks even."""
    name, found = SIDE_NAMES[side.name], side.vol
    if found.vol is None:
        return f"{name} {found.status.value}"
    return f"{name} breaks even at {vol_text(found.vol)}"


def sentences(answer: Scalping) -> tuple[str, ...]:
    """What has to be known before the figures."""
    found = [result_words(answer, side) for side in answer.sides]
    found += [binding_words(side) for side in answer.sides]
    found.append(cost_words(answer))
    found += [stop_words(limit) for limit in answer.long.limits if limit.stops]
    found.append(identity_words(answer))
    quantity = answer.setting.book.quantity
    if quantity.min() < 0.0 < quantity.max():
        found.append(MIXED)
    return tuple(found)


def result_words(answer: Scalping, side: Side) -> str:
    """Where a side's result comes from, at the scenario's own vol."""
    net, pnl = side.net, side.pnl
    return (
        f"{SIDE_NAMES[side.name]} at a realised vol of {vol_text(answer.realised_vol)}: gamma "
        f"{signed_usd(side.parts['gamma_usd'].value)}, theta {signed_usd(side.parts['theta_usd'].value)}, "
        f"together {usd_with_error(net)}; after costs {usd_with_error(pnl)} a path"
    )


def binding_words(side: Side) -> str:
    """Which constraint binds."""
    name = SIDE_NAMES[side.name]
    if side.binding == NO_CONSTRAINT:
        return f"{name}: no constraint costs more than chance{risk_words(side)}"
    first = side.constraints[0]
    return (
        f"{name}: what binds is {CONSTRAINTS[first.name]}; without it alone a path earns "
        f"{usd_with_error(first.gain)} more{risk_words(side)}"
    )


def risk_words(side: Side) -> str:
    """Which constraint binds in risk; empty where none does."""
    found = next((one for one in side.constraints if one.name == side.binding_risk), None)
    if found is None:
        return ""
    fall = negative(found.risk)
    return (
        f". In risk it is {CONSTRAINTS[found.name]}: without it the standard deviation falls by "
        f"{usd_with_error(fall)}"
    )


def cost_words(answer: Scalping) -> str:
    """The first vols at which a cost can be paid at all."""
    paid = sum(own_cost(answer))
    texts = [text for side in answer.sides if (text := cost_of_side(answer, side))]
    if not texts:
        return "At no vol that was tried is there a gain that a cost could use up"
    texts[1:] = [f"{text[:1].lower()}{text[1:]}" for text in texts[1:]]
    return f"{'; '.join(texts)}. It pays {basis_points(paid)}"


def cost_of_side(answer: Scalping, side: Side) -> str | None:
    """Break-even cost of one side at the vol nearest to implied where it has one."""
    known = [point for point in side.curve if point.cost.cost is not None]
    implied = answer.setting.implied_vol
    beyond = [point for point in known if abs(point.vol / implied - 1.0) > 0.1]
    if not beyond:
        return None
    point = min(beyond, key=lambda one: abs(one.vol - implied))
    cost = point.cost.cost
    if cost is None:
        return None
    return (
        f"{SIDE_NAMES[side.name]} at a realised vol of {vol_text(point.vol)} can pay "
        f"{with_error(BASIS_POINT * cost.value, BASIS_POINT * cost.standard_error)} bp one way"
    )


def own_cost(answer: Scalping) -> tuple[float, float]:
    """Half spread and fee of the scenario, parts of the notional."""
    scenario = answer.setting.scenario
    return scenario.half_spread, scenario.taker_fee


def basis_points(share: float) -> str:
    """A part of the notional.

    >>> basis_points(0.00055)
    '5.5 bp'
    """
    return f"{number(BASIS_POINT * share)} bp"


def stop_words(limit: Limit) -> str:
    """That a constraint stops scalping altogether."""
    return (
        f"{limit.name.capitalize()} stops it: {limit_text(limit)} would be needed, here it is "
        f"{amount(limit, limit.actual)}"
    )


def limit_text(limit: Limit) -> str:
    """A limit with what it is of."""
    what = "cost" if limit.unit == COST else "gamma"
    return f"a {what} of {limit.kind} {amount(limit, limit.bound)}"


def amount(limit: Limit, value: float) -> str:
    """A bound in its unit."""
    return basis_points(value) if limit.unit == COST else f"{usd(value)} per 1 %"


def identity_words(answer: Scalping) -> str:
    """How close the identity is."""
    found = answer.identity
    return (
        "½ΓS²·(r² − σ²Δt), added up over the steps, is the booked gamma and theta to "
        f"{percent(found.relative_error)} (correlation {found.correlation:.4f} over paths)"
    )


def extent(setting: Setting) -> str:
    """Paths, steps, horizon, process."""
    days = setting.horizon_days
    long = days >= 1.0 - NEAR
    length = f"{number(days)} days" if long else f"{number(24.0 * days)} hours"
    return (
        f"{setting.paths:,} paths × {setting.steps:,} steps over {length}, {setting.process}, "
        f"seed {setting.seed}"
    )


def book_words(setting: Setting) -> str:
    """What is held."""
    return (
        f"{setting.book.label}: {len(setting.book.options):,} options, long or short "
        f"{usd(setting.gamma_usd_per_pct)} per 1 % at the start, priced at {vol_text(setting.implied_vol)}"
    )


PART_HEADS = ("Mean per path|", "Long gamma", "Short gamma")
CONSTRAINT_HEADS = (
    *("Taken away alone|", "Long earns more", "its std"),
    *("Short earns more", "its std"),
)
COST_HEADS = (
    "Realised vol|",
    "Of implied",
    "Long result",
    "Long can pay",
    "Short result",
    "Short can pay",
)
LIMIT_HEADS = ("Constraint|", "What is left of the gain needs|", "Here", "Stops it|")
VOL_HEADS = ("Side|", "Break-even vol", "90 % interval", "From costs alone", "From implied")


def part_rows(answer: Scalping) -> Iterator[tuple[str, ...]]:
    """Every part of the results, under PART_HEADS."""
    for part, name in PARTS.items():
        if any(is_there(side, side.parts[part]) for side in answer.sides):
            yield (name, *(usd_with_error(side.parts[part]) for side in answer.sides))
    yield ("Result", *(usd_with_error(side.pnl) for side in answer.sides))
    yield ("Standard deviation", *(usd_with_error(side.std) for side in answer.sides))
    yield (
        "Own impact, contained above",
        *(usd_with_error(negative(side.costs[IMPACT])) for side in answer.sides),
    )
    yield ("Turnover", *(usd(side.turnover.value) for side in answer.sides))
    yield ("Trades", *(number(side.trades.value) for side in answer.sides))


def negative(metric: Metric) -> Metric:
    """A cost as a part of the result."""
    return Metric(value=-metric.value, standard_error=metric.standard_error)


def is_there(side: Side, part: Metric) -> bool:
    """True where a part is more than rounding."""
    largest = max(abs(found.value) for found in side.parts.values())
    return abs(part.value) > DUST * largest


def constraint_rows(answer: Scalping) -> Iterator[tuple[str, ...]]:
    """Every constraint, the order of the long side, under CONSTRAINT_HEADS."""
    others = {one.name: one for one in answer.short.constraints}
    for one in answer.long.constraints:
        yield (one.name, *constraint_cells(one), *constraint_cells(others[one.name]))


def constraint_cells(one: Constraint) -> tuple[str, str]:
    """Gain, and change of the standard deviation."""
    star = "" if one.is_significant else " (chance)"
    if one.gain.value < 0.0:
        star = ""
    return f"{usd_with_error(one.gain)}{star}", usd_with_error(one.risk)


def vol_rows(answer: Scalping) -> Iterator[tuple[str, ...]]:
    """Break-even vols under VOL_HEADS."""
    implied = answer.setting.implied_vol
    free = ("Without any friction", answer.frictionless)
    sides = ((SIDE_NAMES[side.name], side.vol) for side in answer.sides)
    for name, found in (*sides, free):
        over = "–" if found.vol is None else signed_percent(found.vol / implied - 1.0)
        estimate = "–" if found.estimate is None else vol_text(found.estimate)
        yield (name, vol_or_status(found), interval_text(found), estimate, over)


def vol_or_status(found: BreakEvenVol) -> str:
    """The vol, or why there is none."""
    return found.status.value if found.vol is None else vol_text(found.vol)


def interval_text(found: BreakEvenVol) -> str:
    """Its interval."""
    if found.low is None or found.high is None:
        return "–"
    return f"{100.0 * found.low:.2f}\u2013{100.0 * found.high:.2f} %"


def cost_rows(answer: Scalping) -> Iterator[tuple[str, ...]]:
    """Results and break-even costs at every vol, under COST_HEADS."""
    implied = answer.setting.implied_vol
    for long, short in zip(answer.long.curve, answer.short.curve, strict=True):
        yield (
            vol_text(long.vol),
            f"× {number(long.vol / implied)}",
            signed_usd(float(long.pnl.mean())),
            cost_text(long),
            signed_usd(float(short.pnl.mean())),
            cost_text(short),
        )


def cost_text(point: VolPoint) -> str:
    """A break-even cost in basis points, or a dash."""
    cost = point.cost.cost
    if cost is None:
        return "–"
    text = with_error(BASIS_POINT * cost.value, BASIS_POINT * cost.standard_error)
    return f"{text} bp"


def limit_rows(answer: Scalping) -> Iterator[tuple[str, ...]]:
    """Limits under LIMIT_HEADS."""
    for limit in answer.long.limits:
        yield (
            limit.name,
            limit_text(limit).removeprefix("a "),
            amount(limit, limit.actual),
            "yes" if limit.stops else "no",
        )


def verdict(answer: Scalping) -> str:
    """In two or three words, whether the long side earns anything at the scenario's own vol."""
    for side in answer.sides:
        if side.pnl.value > 2.0 * side.pnl.standard_error:
            return f"{SIDE_NAMES[side.name]} earns"
    if all(side.pnl.value < 0.0 for side in answer.sides):
        return "Neither side earns its costs"
    return "Within chance of nothing"
