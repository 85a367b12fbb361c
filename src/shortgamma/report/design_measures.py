"""The figures of a pool's design as readers see them: names, units, and what an interval leaves of digits."""

import math
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from shortgamma.report.amounts import MINUS, number, scale_of, with_sign
from shortgamma.studies.design.figures import HIGHER_IS_BETTER, LOWER_IS_BETTER, Estimate

MOST_DIGITS: Final = 4


class Form(Enum):
    """How a figure is written."""

    PLAIN = auto()
    CHANCE = auto()
    USD = auto()
    POINTS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure of a design as readers see it.

    Args:
        name: Of the figure.
        title: As a heading.
        head: As the head of a column.
        form: How it is written.
    """

    name: str
    title: str
    head: str
    form: Form

    @property
    def has_side(self) -> bool:
        """True where one side is the better one."""
        return self.name in HIGHER_IS_BETTER or self.name in LOWER_IS_BETTER

    @property
    def way(self) -> str:
        """Which side is the better one."""
        return "lower is better" if self.name in LOWER_IS_BETTER else "higher is better"

    def unit(self, size: float) -> tuple[float, str]:
        """What a value of that size is divided by, and its unit then."""
        match self.form:
            case Form.USD:
                scale = scale_of(size)
                return scale.divisor, scale.unit
            case Form.CHANCE:
                return 0.01, "%"
            case Form.POINTS:
                return 1.0, ""
            case Form.PLAIN:
                return 1.0, ""

    def value(self, found: Estimate) -> str:
        """The value alone."""
        divisor, unit = self.unit(found.value)
        return f"{number(found.value / divisor)} {unit}".strip()

    def text(self, found: Estimate) -> str:
        """The value with its interval."""
        return self.written(found, is_change=False)

    def change(self, found: Estimate) -> str:
        """A difference with its interval; it always shows its sign."""
        return self.written(found, is_change=True)

    def written(self, found: Estimate, *, is_change: bool) -> str:
        """Value and interval to the digits that the interval leaves."""
        divisor, unit = self.unit(max(map(abs, (found.value, found.low, found.high))))
        value, low, high = (each / divisor for each in (found.value, found.low, found.high))
        if not high > low:
            words, interval = number(value), ""
        else:
            places = decimals(value, 0.5 * (high - low))
            words = fixed(value, places)
            interval = f" [{fixed(low, places)}, {fixed(high, places)}]"
        text = with_sign(words, value) if is_change else words
        return f"{text}{interval} {unit}".strip()


def decimals(value: float, half: float) -> int:
    """Decimals that an interval of that half width leaves: two digits of it, four of all at most."""
    most = MOST_DIGITS - 1 - math.floor(math.log10(max(abs(value), half)))
    return max(min(1 - math.floor(math.log10(half)), most), 0)


def fixed(value: float, places: int) -> str:
    """So many decimals, with a real minus sign and no minus zero."""
    text = f"{abs(value):,.{places}f}"
    return f"{MINUS}{text}" if value < 0.0 and float(text.replace(",", "")) != 0.0 else text


VOL: Final = Measure(
    name="realised_vol_ratio",
    title="Realised vol by hedging",
    head="Realised vol ×",
    form=Form.PLAIN,
)
TAIL: Final = Measure(
    name="lp_es_usd", title="Worst 5 % of the providers", head="Worst 5 %", form=Form.USD
)
INSOLVENT: Final = Measure(
    name="insolvency_probability", title="Insolvency", head="Insolvent", form=Form.CHANCE
)
MEAN: Final = Measure(
    name="lp_mean_usd", title="Mean of the providers", head="LP mean", form=Form.USD
)
FLOW: Final = Measure(
    name="peak_flow_over_volume",
    title="Peak hedge over volume",
    head="Peak flow",
    form=Form.CHANCE,
)
COST: Final = Measure(
    name="trader_cost_points",
    title="What clients pay, vol points",
    head="Clients' cost",
    form=Form.POINTS,
)
SQUEEZES: Final = Measure(
    name="squeeze_probability", title="Paths with a squeeze", head="Squeezes", form=Form.CHANCE
)
REFUSED: Final = Measure(
    name="refused_share", title="Refused volume", head="Refused", form=Form.CHANCE
)
MEASURES: Final = (
    VOL,
    TAIL,
    INSOLVENT,
    MEAN,
    FLOW,
    SQUEEZES,
    COST,
    Measure(
        name="trader_cost_share",
        title="What clients pay, of the premium",
        head="Of premium",
        form=Form.CHANCE,
    ),
    REFUSED,
    Measure(name="notional_usd", title="Traded notional", head="Volume", form=Form.USD),
    Measure(
        name="capital_efficiency", title="Notional over capital", head="Efficiency", form=Form.PLAIN
    ),
    Measure(name="mean_theta", title="Mean θ of the options", head="Mean θ", form=Form.PLAIN),
)
"""All figures, in the order in which they are shown."""
