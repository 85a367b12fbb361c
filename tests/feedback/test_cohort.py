"""The drawn crowd begins alive."""

import numpy as np
import pytest

from shortgamma.feedback.agents.cohort import Positions
from shortgamma.venues.liquidation import LIQUIDATION_RULES


@pytest.mark.parametrize("median", [2.0, 10.0, 15.0, 40.0])
@pytest.mark.parametrize("rules", LIQUIDATION_RULES.values(), ids=lambda rules: rules.name)
def test_nobody_is_liquidated_at_the_start(rules, median):
    for seed in range(5):
        crowd = Positions.drawn(
            open_interest_usd=1e9, spot=90_000.0, median_leverage=median, seed=seed
        )
        level = rules.liquidation_price(crowd.entry, crowd.leverage, side=crowd.side)
        assert np.all(crowd.side * (90_000.0 - level) > 0.0)
