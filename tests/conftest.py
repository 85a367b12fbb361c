"""What all rooms' tests share."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def market_data() -> Path:
    """Folder of real market data, which is never part of the project; skips where it is absent."""
    default = Path(__file__).parents[2] / "shared" / "data"
    folder = Path(os.environ.get("SHORTGAMMA_MARKET_DATA", default))
    if not folder.is_dir():
        pytest.skip("no market data at SHORTGAMMA_MARKET_DATA")
    return folder
