"""Answers that many tests read; they are frozen, so one of each is enough."""

import pytest

from tests.report.builders import MODELS, answer, chain, inventory


@pytest.fixture(scope="session")
def naive():
    return answer()


@pytest.fixture(scope="session")
def short():
    return answer(MODELS["dealer-short"])


@pytest.fixture(scope="session")
def long():
    return answer(MODELS["dealer-long"])


@pytest.fixture(scope="session")
def named():
    """Two makers that hedge, a vault and customers that do not."""
    return answer(
        inventory(
            "alpha",
            "beta",
            "weekly-vault",
            "customers",
            kinds=("market_maker", "market_maker", "vault", "customer"),
            weights=(-0.7, -0.2, 0.1, 0.8),
        )
    )


@pytest.fixture(scope="session")
def flat():
    """Two makers whose books cancel."""
    return answer(inventory("alpha", "beta", kinds=("market_maker",) * 2, weights=(1.0, -1.0)))


@pytest.fixture(
    scope="session",
    params=["naive", "short", "long", "named", "flat", "ahead", "undated", "runaway"],
)
def every(request):
    """One answer of each kind."""
    match request.param:
        case "ahead":
            return answer(days_ahead=2.0, dynamics="surface")
        case "undated":
            return answer(of=chain(asof=None, venue=""))
        case "runaway":
            return answer(MODELS["dealer-short"], depth_usd_per_pct=5e6)
        case name:
            return request.getfixturevalue(name)
