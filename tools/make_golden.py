"""Writes ``tests/kernels/golden_black.csv``: price and Greeks of a few options from 50-digit arithmetic.

The figures are numerical derivatives of the price formula in mpmath (``tests/kernels/exact.py``); the
package's kernels are not called. Run from the root of the repository::

    python -m tools.make_golden
"""

import csv
import sys
from pathlib import Path

from mpmath import mp

from shortgamma.kernels.black import Greek
from tests.kernels.exact import DIGITS, Option, differentiated_greeks

TABLE = Path("tests/kernels/golden_black.csv")
SHOWN = 25  # digits: more than a double holds
MINUTE, HOUR, DAY = 1.0 / 525_600.0, 1.0 / 8_760.0, 1.0 / 365.0
OPTIONS = (
    Option(100.0, 100.0, 1.0, 0.2, 0.0, 1.0),
    Option(100.0, 100.0, 1.0, 0.2, 0.05, -1.0),
    Option(91_400.0, 100_000.0, 30 * DAY, 0.55, 0.0, 1.0),
    Option(91_400.0, 80_000.0, 30 * DAY, 0.62, 0.0, -1.0),
    Option(91_400.0, 80_000.0, 30 * DAY, 0.62, 0.0, 1.0),
    Option(91_400.0, 91_500.0, 8 * HOUR, 0.4, 0.0, 1.0),
    Option(91_400.0, 91_350.0, 15 * MINUTE, 0.35, 0.0, -1.0),
    Option(91_400.0, 91_400.0, MINUTE, 0.05, 0.0, 1.0),
    Option(91_400.0, 300_000.0, 2.0, 0.8, 0.0, 1.0),
    Option(3_100.0, 3_600.0, 90 * DAY, 0.75, 0.04, 1.0),
    Option(3_100.0, 2_400.0, 90 * DAY, 0.85, 0.04, -1.0),
    Option(3_100.0, 2_400.0, 90 * DAY, 0.85, -0.02, 1.0),
    Option(3_100.0, 1_000.0, 10 * DAY, 1.5, 0.0, -1.0),
    Option(5_000.0, 4_000.0, 0.25, 0.15, 0.05, -1.0),
    Option(1.0, 2.0, 3.0, 4.0, 0.0, 1.0),
    Option(1.0, 0.001, 3.0, 4.0, 0.1, -1.0),
    Option(1.0, 1000.0, 1.0, 2.5, 0.0, -1.0),
    Option(0.5, 0.51, 5 * DAY, 0.9, 0.0, 1.0),
)


def table() -> list[list[str]]:
    """Header and rows of the file: the inputs as doubles, the figures with 25 digits."""
    rows = [[*Option._fields, *(greek.name for greek in Greek)]]
    for option in OPTIONS:
        exact = differentiated_greeks(option)
        with mp.workdps(DIGITS):
            figures = [mp.nstr(exact[greek], SHOWN) for greek in Greek]
        rows.append([*(repr(value) for value in option), *figures])
    return rows


def main() -> None:
    """Writes the table."""
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(table())
    sys.stdout.write(f"{TABLE}: {len(OPTIONS)} options\n")


if __name__ == "__main__":
    main()
