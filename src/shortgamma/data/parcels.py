"""What a worker process hands to its driver: arrays in a file, so that only its name goes through a pipe.

A message of megabytes takes many writes. A worker that is killed between two of them leaves half a message,
and whoever waits for the other half waits for ever. A name is written at once.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@contextmanager
def parcels() -> Generator[str, None, None]:
    """A folder for parcels, which goes with all that is left in it."""
    with TemporaryDirectory(prefix="shortgamma-", ignore_cleanup_errors=True) as folder:
        yield folder


def post(folder: str, arrays: Mapping[str, Array]) -> str:
    """Writes arrays and returns the name of the file."""
    with NamedTemporaryFile(dir=folder, delete=False) as file:
        np.savez(file, allow_pickle=False, **arrays)
    return file.name


def fetch(name: str) -> dict[str, Array]:
    """Reads the arrays of a parcel and removes it."""
    with np.load(name, allow_pickle=False) as file:
        arrays = {key: file[key] for key in file.files}
    Path(name).unlink()
    return arrays
