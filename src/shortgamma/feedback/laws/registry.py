"""All laws by name, in the order of the documentation."""

from typing import Final

from shortgamma.feedback.laws.almgren_chriss import AlmgrenChriss
from shortgamma.feedback.laws.base_fee import BaseFee
from shortgamma.feedback.laws.cascade import Cascade
from shortgamma.feedback.laws.combined import Combined
from shortgamma.feedback.laws.constant_gamma import ConstantGamma
from shortgamma.feedback.laws.dealer_loss import DealerLoss
from shortgamma.feedback.laws.discrete_hedging import DiscreteHedging
from shortgamma.feedback.laws.funding import Funding
from shortgamma.feedback.laws.lagged_hedger import LaggedHedger
from shortgamma.feedback.laws.large_trader import LargeTrader
from shortgamma.feedback.laws.law import Law
from shortgamma.feedback.laws.leland import Leland
from shortgamma.feedback.laws.liquidation_price import LiquidationPrice
from shortgamma.feedback.laws.no_manipulation import NoManipulation
from shortgamma.feedback.laws.one_step import OneStep
from shortgamma.feedback.laws.option_book import OptionBook
from shortgamma.feedback.laws.permanent_transient import PermanentTransient
from shortgamma.feedback.laws.perp_ratio import PerpRatio
from shortgamma.feedback.laws.pinning import Pinning
from shortgamma.feedback.laws.policy_ranking import PolicyRanking
from shortgamma.feedback.laws.squeeze_fold import SqueezeFold
from shortgamma.feedback.laws.svcj_moments import SvcjMoments
from shortgamma.feedback.laws.whalley_wilmott import WhalleyWilmott

FEEDBACK_LAWS: Final[tuple[type[Law], ...]] = (
    ConstantGamma,
    OptionBook,
    LaggedHedger,
    PermanentTransient,
    LargeTrader,
    Pinning,
    Cascade,
    Combined,
    SqueezeFold,
    DealerLoss,
    Funding,
    LiquidationPrice,
    PerpRatio,
    BaseFee,
    SvcjMoments,
    NoManipulation,
)
HEDGING_LAWS: Final[tuple[type[Law], ...]] = (
    DiscreteHedging,
    OneStep,
    Leland,
    PolicyRanking,
    WhalleyWilmott,
    AlmgrenChriss,
)

LAWS: Final[dict[str, type[Law]]] = {law.name: law for law in (*FEEDBACK_LAWS, *HEDGING_LAWS)}
"""By name, as the command line calls them."""
