"""Every error and every failure value of the package.

::

    Exception
    └── ShortgammaError            anything this package raises on purpose
        ├── InputError             the caller's file, flag or array is unusable (exit code 2)
        ├── ShapeError             arrays that do not fit together (a programming error of the caller)
        ├── RefusedError           a contract does not accept an event: what is a revert on a chain
        ├── InvariantError         money, coins or positions appeared or vanished (an error of a simulation)
        └── UnavailableError       an optional part is not installed or not reachable (exit code 1)

Bad *rows* never raise. They become :class:`Failure` values that travel with the result, and bad
*elements* of a calculation become NaN with a :class:`Status`.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class ShortgammaError(Exception):
    """The root of every error that this package raises on purpose."""


class ShapeError(ShortgammaError, ValueError):
    """Arrays whose shapes or types do not fit together."""


class InvariantError(ShortgammaError):
    """Something that a simulation has to conserve was created or destroyed."""


class RefusedError(ShortgammaError):
    """An event that a protocol's contract does not accept, in the contract's terms."""


class UnavailableError(ShortgammaError):
    """An optional part that is not installed or does not answer."""


class InputError(ShortgammaError, ValueError):
    """An input that cannot be used at all, said in one line with its place and the remedy.

    Args:
        problem: What is wrong, with the offending value.
        place: File, flag or argument, if known.
        row: Data row, the first one being 1, if known.
        column: Column or key, if known.
        remedy: What to do about it.
    """

    def __init__(
        self,
        problem: str,
        *,
        place: str | None = None,
        row: int | None = None,
        column: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.problem = problem
        self.place = place
        self.row = row
        self.column = column
        self.remedy = remedy
        super().__init__(str(self))

    def __str__(self) -> str:
        where = [
            self.place,
            None if self.row is None else f"row {self.row}",
            None if self.column is None else f"column {self.column!r}",
        ]
        prefix = ", ".join(part for part in where if part)
        text = f"{prefix}: {self.problem}" if prefix else self.problem
        return f"{text} — {self.remedy}" if self.remedy else text


class Reason(StrEnum):
    """Why a row was put aside."""

    EXPIRED = "expired"
    ZERO_OPEN_INTEREST = "zero open interest"
    NOT_A_NUMBER = "not a number"
    ABSURD = "size beyond any market"
    NEGATIVE_OPEN_INTEREST = "negative open interest"
    BAD_STRIKE = "strike not positive"
    BAD_FORWARD = "forward not positive"
    BAD_VOL = "vol outside (0 %, 500 %]"
    NO_VOL = "neither a vol nor an invertible price"
    CROSSED = "bid above ask"
    NEGATIVE_PRICE = "negative price"
    BAD_KIND = "kind is neither call nor put"
    BAD_EXPIRY = "expiry not readable"
    BAD_NAME = "instrument name not readable"
    DUPLICATE = "instrument listed twice"
    REPEATED_PRINT = "trade printed twice"
    UNKNOWN_INSTRUMENT = "instrument not in the market"
    MALFORMED = "row not readable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One item that was put aside, and why.

    Args:
        reason: The class of the problem.
        item: What it concerns: an instrument name or ``row 12``.
        message: The offending value in words.
    """

    reason: Reason
    item: str
    message: str


class Status(IntEnum):
    """Outcome of one element of a calculation; what it could not give is NaN."""

    OK = 0
    NOT_FINITE = 1
    NOT_POSITIVE = 2
    BELOW_INTRINSIC = 3
    ABOVE_MAXIMUM = 4
    NOT_CONVERGED = 5
    OUT_OF_RANGE = 6
    NO_TIME_VALUE = 7

    @property
    def text(self) -> str:
        """The status in words, as ``--json`` shows it."""
        return _STATUS_TEXT[self]


_STATUS_TEXT = {
    Status.OK: "ok",
    Status.NOT_FINITE: "input not finite",
    Status.NOT_POSITIVE: "input not positive",
    Status.BELOW_INTRINSIC: "price below intrinsic value",
    Status.ABOVE_MAXIMUM: "price not below its maximum",
    Status.NOT_CONVERGED: "not converged",
    Status.OUT_OF_RANGE: "size beyond any market",
    Status.NO_TIME_VALUE: "no time value",
}
