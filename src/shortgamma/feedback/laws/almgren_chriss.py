"""How fast to sell: the urgency at which impact and risk together cost least."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from shortgamma.basics.units import SECONDS_PER_DAY, SECONDS_PER_YEAR
from shortgamma.feedback.agent import Agent
from shortgamma.feedback.clock import Clock
from shortgamma.feedback.depth import CoinDepth, Impact
from shortgamma.feedback.engine import Run, simulate
from shortgamma.feedback.exchange import NO_COSTS, FlowOrder
from shortgamma.feedback.laws.law import Estimate, Law, Tolerance, check_parameters, mean_of
from shortgamma.feedback.processes.gbm import Gbm
from shortgamma.feedback.setup import Setup
from shortgamma.feedback.world import World
from shortgamma.hedging.theory import almgren_chriss_kappa
from shortgamma.kernels.settlement import FUNDAMENTAL

Vector = NDArray[np.float64]

SPOT = 100.0
SCALE = 1e-3
"""Log move by which news moves the price, and by which the whole sale would: prices stay nearly linear."""
URGENCIES = 4.0
"""κ·T of the sale: long enough that the schedule shows its urgency."""
FEWEST_TRADES, MOST_TRADES = 4, 400
LEAST_URGENCY, MOST_URGENCY = 0.02, 3.0
BATCHES = 20
BRACKET = 4.0


