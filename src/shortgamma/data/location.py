"""Where a SOURCE lies: an embedded sample or a path. Venues and the store are named, not read."""

import re
from collections.abc import Generator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final

from shortgamma.basics.errors import InputError
from shortgamma.data.wording import listed, place_of, shown

LIVE_VENUES: Final = ("deribit", "okx", "bybit", "binance", "sim")
KNOWN: Final = ("sample", *LIVE_VENUES, "store")
SAMPLES: Final = ("BTC", "ETH")
SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+_-]+):(.*)", re.DOTALL)
FORMS: Final = "use sample, sample:ETH or the path of a .json, .csv or .parquet file"


@contextmanager
def located(
    source: str, sample_file: str, underlying: str | None = None
) -> Generator[str, None, None]:
    """The path of what a SOURCE names, valid inside the context.

    Args:
        source: ``sample``, ``sample:ETH`` or a path.
        sample_file: What to take of a sample: ``chain.parquet``, ``trades.parquet``, ``holders.csv``.
        underlying: Decides between samples where ``source`` does not.

    Raises:
        InputError: It is empty, a live venue, the store or an unknown scheme or sample.
    """
    if not source.strip():
        raise InputError("the source is empty", remedy=FORMS)
    scheme, name = scheme_of(source)
    if scheme is None or (scheme not in KNOWN and Path(source).exists()):
        yield source
    elif scheme == "sample":
        packaged = files("shortgamma.data").joinpath("sample")
        coin = sample_coin(name or underlying or SAMPLES[0], source)
        with as_file(packaged.joinpath(f"{coin.lower()}_{sample_file}")) as path:
            yield str(path)
    else:
        raise refusal(scheme, source)


def scheme_of(source: str) -> tuple[str | None, str]:
    """What stands before and after the colon; no scheme where the source is a path."""
    if source.strip().lower() == "sample":
        return "sample", ""
    match = SCHEME.fullmatch(source)
    return (match[1].lower(), match[2]) if match else (None, "")


def sample_coin(name: str, source: str) -> str:
    """The underlying of an embedded sample."""
    coin = name.strip().upper()
    if coin not in SAMPLES:
        raise InputError(
            f"there is no sample of {shown(coin)!r}",
            place=place_of(source),
            remedy=f"the samples are {listed(SAMPLES)}",
        )
    return coin


def refusal(scheme: str, source: str) -> InputError:
    """Why a source with this scheme cannot be read."""
    place = place_of(source)
    if scheme in LIVE_VENUES:
        return InputError(
            "live venues come with the monitor and are not built yet",
            place=place,
            remedy="save the answer of the venue's API as a file and give its path",
        )
    if scheme == "store":
        return InputError(
            "the store comes with the monitor and is not built yet", place=place, remedy=FORMS
        )
    known = listed(KNOWN)
    return InputError(f"unknown venue {shown(scheme)!r}, known: {known}", place=place, remedy=FORMS)
