"""Text from outside, made fit for one line of a message."""

from collections.abc import Iterable

MAX_SHOWN = 80
MAX_LISTED = 12
MAX_PLACE = 240


def shown(value: object, limit: int = MAX_SHOWN) -> str:
    r"""The value on one line: control characters escaped, long text cut.

    >>> shown("BTC\n-1APR24")
    'BTC\\n-1APR24'
    """
    text = str(value)[: 2 * limit]
    line = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def place_of(path: object) -> str:
    """A path or source on one line, for the place of an InputError."""
    return shown(path, MAX_PLACE)


def listed(names: Iterable[str]) -> str:
    """Names in a row, cut after the first dozen; ``nothing`` where there are none.

    >>> listed(["kind", "strike"])
    'kind, strike'
    """
    every = [shown(name, 40) for name in names]
    more = len(every) - MAX_LISTED
    tail = [f"… {more} more"] if more > 0 else []
    return ", ".join(every[:MAX_LISTED] + tail) or "nothing"
