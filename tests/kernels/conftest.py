"""Market data is collected beside the repository and is not part of it: tests on it skip where absent."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def market_data() -> Path:
    folder = Path(os.environ.get("SHORTGAMMA_MARKET_DATA", BESIDE))
    if not (folder / "chains").is_dir():
        pytest.skip(f"no market data in {folder}: set SHORTGAMMA_MARKET_DATA")
    return folder
