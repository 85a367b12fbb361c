"""Squeeth and Crab as commands know them: in whole units, and in the contracts' integers."""

from typing import Final

from shortgamma.protocols.mechanism import Mechanism, Origin
from shortgamma.protocols.squeeth import controller, crab, crab_exact, exact

_SQUEETH_GAMMA: Final = (
    "Vaults are short a gamma that never decays and is the same at every price, −2·norm/10⁴ per oSQTH and "
    "e^(σ²f) times that at the mark; holders of oSQTH are long it."
)
_CRAB_GAMMA: Final = "Crab's depositors are short the constant gamma of the oSQTH that it owes."
_SQUEETH_SOURCE: Final = (
    "opynfinance/squeeth-monorepo: Controller.sol, VaultLib.sol, Power2Base.sol"
)
_CRAB_SOURCE: Final = (
    "opynfinance/squeeth-monorepo: CrabStrategy.sol, CrabStrategyV2.sol, StrategyMath.sol"
)

SQUEETH: Final = Mechanism(
    name="squeeth",
    title="Squeeth, a power perpetual on ETH²",
    state=controller.SqueethState,
    events={
        "market": controller.Market,
        "mint": controller.Mint,
        "burn": controller.Burn,
        "liquidate": controller.Liquidate,
        "transfer": controller.Transfer,
    },
    step=controller.step,
    origin=Origin(
        source=_SQUEETH_SOURCE,
        effective="2022-01-10",
        verified=True,
        doubts="Uniswap positions as collateral, pauses and shutdown are left out",
    ),
    gamma=_SQUEETH_GAMMA,
    hedger="Nobody in the contract; owners of vaults who hedge buy ETH as it rises, Crab above all.",
)

SQUEETH_EXACT: Final = Mechanism(
    name="squeeth-exact",
    title="Squeeth in the contract's integers",
    state=exact.SqueethState,
    events={
        "market": exact.Market,
        "mint": exact.Mint,
        "mint-power": exact.MintPower,
        "burn": exact.Burn,
        "liquidate": exact.Liquidate,
        "transfer": exact.Transfer,
    },
    step=exact.step,
    origin=SQUEETH.origin,
    gamma=SQUEETH.gamma,
    hedger=SQUEETH.hedger,
)

CRAB: Final = Mechanism(
    name="crab",
    title="Crab, short Squeeth and delta-neutral",
    state=crab.CrabState,
    events={
        **SQUEETH.events,
        "deposit": crab.Deposit,
        "withdraw": crab.Withdraw,
        "hedge": crab.Hedge,
        "order": crab.Order,
    },
    step=crab.step,
    origin=Origin(
        source=_CRAB_SOURCE,
        effective="2022-01-10",
        verified=True,
        doubts="the keeper's choice of the time at which a price auction started is the first possible one; "
        "flash deposits, signatures and migration are left out",
    ),
    gamma=_CRAB_GAMMA,
    hedger="Crab: it buys oSQTH after a rise and sells it after a fall, daily or at a move of 1 %.",
)

CRAB_EXACT: Final = Mechanism(
    name="crab-exact",
    title="Crab in the contract's integers",
    state=crab_exact.CrabState,
    events={
        **SQUEETH_EXACT.events,
        "deposit": crab_exact.Deposit,
        "withdraw": crab_exact.Withdraw,
        "hedge": crab_exact.Hedge,
        "order": crab_exact.Order,
    },
    step=crab_exact.step,
    origin=CRAB.origin,
    gamma=CRAB.gamma,
    hedger=CRAB.hedger,
)
