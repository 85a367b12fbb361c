"""The exogenous price process of a scenario: named with its parameters, or fitted to prices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from inspect import signature
from types import MappingProxyType
from typing import Any, Final, Self

from shortgamma.basics.errors import InputError
from shortgamma.feedback.processes.bootstrap import Bootstrap
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.processes.hawkes import Hawkes
from shortgamma.feedback.processes.heston import Heston
from shortgamma.feedback.processes.kou import Kou
from shortgamma.feedback.processes.merton import Merton
from shortgamma.feedback.processes.process import Process
from shortgamma.feedback.processes.replay import Replay
from shortgamma.feedback.processes.svcj import Svcj
from shortgamma.feedback.processes.windows import Windows
from shortgamma.market.calibration import FITS
from shortgamma.market.history import PriceHistory
from shortgamma.studies.scenarios.settings import full_name, with_parameters

PROCESSES: Final[Mapping[str, Callable[..., Process]]] = MappingProxyType(
    {
        "gbm": Gbm,
        "merton": Merton,
        "kou": Kou,
        "heston": Heston,
        "hawkes": Hawkes,
        "svcj": Svcj,
        "bootstrap": Bootstrap,
        "replay": Replay,
        "windows": Windows,
    }
)
"""By name."""
OF_HISTORY: Final = frozenset({"bootstrap", "replay", "windows"})
"""Made of prices, not only fitted to them."""
PLACE: Final = "--set process"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessChoice:
    """A process by name, with the parameters that somebody chose.

    Args:
        name: A key of :data:`PROCESSES`.
        parameters: By the names of its constructor.
    """

    name: str
    parameters: Mapping[str, float]

    @classmethod
    def parse(cls, text: str, *, place: str = PLACE) -> Self:
        """The choice in ``name`` or ``name:key=value,…``.

        Raises:
            InputError: No such process or parameter, or a parameter that is no number.
        """
        name, given = with_parameters(text, place=place)
        if name not in PROCESSES:
            near = "".join(f"did you mean {n}? " for n in get_close_matches(name, PROCESSES, n=1))
            raise InputError(
                f"unknown process {name!r}", place=place, remedy=f"{near}use {', '.join(PROCESSES)}"
            )
        accepted = [key for key in signature(PROCESSES[name]).parameters if key != "history"]
        parameters: dict[str, float] = {}
        for key, value in given.items():
            full = full_name(key, accepted, owner=name, place=place)
            if full in parameters:
                raise InputError(f"{full!r} is given twice", place=place, remedy="give it once")
            if isinstance(value, str):
                raise InputError(f"{key} is {value!r}", place=place, remedy="give a number")
            parameters[full] = value
        return cls(name=name, parameters=parameters)

    def check_prices(self, *, has_prices: bool, place: str = PLACE) -> None:
        """Refuses prices that are missing, and parameters for what is fitted.

        Raises:
            InputError: Either.
        """
        if self.name in OF_HISTORY and not has_prices:
            raise InputError(
                f"{self.name} needs prices", place=place, remedy="give them with --prices FILE"
            )
        if has_prices and self.parameters and self.name not in OF_HISTORY:
            raise InputError(
                f"{self.name} has parameters, and prices to fit it to",
                place=place,
                remedy="leave out one of them",
            )

    def make(self, *, vol: float, history: PriceHistory | None) -> Process:
        """The process.

        Args:
            vol: Of a process that has one and is neither given another nor fitted; decimal per √year.
            history: What it is fitted to, draws blocks from or replays; the fitted drift is left out, so
                that the price stays a martingale.

        Raises:
            InputError: Prices are missing or contradict the parameters, or a parameter is out of range.
        """
        self.check_prices(has_prices=history is not None)
        accepted = signature(PROCESSES[self.name]).parameters
        values: dict[str, Any] = {"vol": vol} if "vol" in accepted else {}
        if history is not None and self.name in FITS and not self.parameters:
            values = {k: v for k, v in FITS[self.name](history).values.items() if k != "drift"}
        values |= self.parameters
        for key in values:
            if accepted[key].annotation is int:
                values[key] = whole(values[key], name=key)
        if self.name in OF_HISTORY:
            values["history"] = history
        return PROCESSES[self.name](**values)


def whole(value: float, *, name: str) -> int:
    """The number as an integer.

    Raises:
        InputError: It is none.
    """
    if not float(value).is_integer():
        raise InputError(f"{name} is {value:g}", place=PLACE, remedy="give a whole number")
    return int(value)
