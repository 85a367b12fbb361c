"""Two books as one: their tables added up, so that a book that many desks hold is tabulated once."""

import numpy as np
from numpy.typing import NDArray

from shortgamma.feedback.curves import BookCurve, Cube, CurveShare, TimeTables


class SummedTables(TimeTables):
    """The sum of a multiple of one table and another one, at every step's time.

    Args:
        first, second: With the same times and nodes.
        factor: By which the first one is multiplied.
    """

    def __init__(self, first: TimeTables, second: TimeTables, *, factor: float) -> None:
        self._first, self._second, self._factor = first, second, factor

    def at(self, index: int) -> Cube:
        """The table at ``times[index]``, shape (levels, 2·nodes)."""
        return self._factor * self._first.at(index) + self._second.at(index)


class JoinedCurve(BookCurve):
    """Hedge and value of a book and of what was bought beside it, together.

    Args:
        book: A multiple of a curve.
        bought: On the same times, prices and vol levels.
    """

    def __init__(self, book: CurveShare, bought: BookCurve) -> None:
        self.span, self.times, self.levels = bought.span, bought.times, bought.levels
        self.targets = SummedTables(book.curve.targets, bought.targets, factor=book.factor)
        self._book, self._bought = book, bought
        self._steepest = {}

    @property
    def values(self) -> TimeTables:
        """Value of both at every step, USD."""
        book = self._book
        return SummedTables(book.curve.values, self._bought.values, factor=book.factor)

    def expires(self, start: int, stop: int) -> bool:
        """True where an option expires after ``times[start]`` and not after ``times[stop]``."""
        return self._book.curve.expires(start, stop) or self._bought.expires(start, stop)

    def expiring(self, index: int) -> NDArray[np.intp]:
        """Options that expire in the step that ends at ``times[index]``, each counted in its own book."""
        found = (curve.expiring(index) for curve in (self._book.curve, self._bought))
        return np.concatenate(list(found))

    def settlement(self, index: int) -> Cube | None:
        """What the options that expire at this index are worth, USD; None where none does."""
        first, second = self._book.curve.settlement(index), self._bought.settlement(index)
        if first is None:
            return second
        scaled = self._book.factor * first
        return scaled if second is None else scaled + second
