"""Price processes fitted to a price history, with standard errors and intervals.

========== ==================================================== ============================================
process    method                                               limits
========== ==================================================== ============================================
gbm        maximum likelihood, closed form                      none
merton     maximum likelihood of independent moves              jumps of the size of a bar's noise are lost
kou        maximum likelihood of independent moves              the same
heston     quasi-likelihood of a moment-matching filter         correlation and vol_of_vol need long series
hawkes     quasi-likelihood of a filter of the intensity        half-lives far below a bar are not seen
svcj       quasi-likelihood of the filter of heston with jumps  what the jumps leave behind is weak
bootstrap  automatic length of the blocks                       no likelihood
========== ==================================================== ============================================
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from shortgamma.market.calibration.blocks import fit_bootstrap
from shortgamma.market.calibration.clusters import fit_hawkes
from shortgamma.market.calibration.fit import Fit
from shortgamma.market.calibration.jumps import fit_gbm, fit_kou, fit_merton
from shortgamma.market.calibration.volatility import fit_heston, fit_svcj
from shortgamma.market.history import PriceHistory

FITS: Final[Mapping[str, Callable[[PriceHistory], Fit]]] = MappingProxyType(
    {
        "gbm": fit_gbm,
        "merton": fit_merton,
        "kou": fit_kou,
        "heston": fit_heston,
        "hawkes": fit_hawkes,
        "svcj": fit_svcj,
        "bootstrap": fit_bootstrap,
    }
)
"""How each process is fitted, by its name."""

__all__ = [
    "FITS",
    "Fit",
    "fit_bootstrap",
    "fit_gbm",
    "fit_hawkes",
    "fit_heston",
    "fit_kou",
    "fit_merton",
    "fit_svcj",
]
