"""The mechanism ``ribbon``, and who holds which options in it."""

from collections.abc import Iterator
from typing import Final

from shortgamma.basics.units import SECONDS_PER_YEAR
from shortgamma.protocols.mechanism import Holding, Mechanism, Origin
from shortgamma.protocols.ribbon.events import (
    BurnRemaining,
    CancelBid,
    CommitAndClose,
    CompleteWithdraw,
    Deposit,
    InitiateWithdraw,
    MaxRedeem,
    PlaceBid,
    Redeem,
    RedeemOptions,
    RollToNextOption,
    SellByQuote,
    Send,
    SetCap,
    SetMinimumPrice,
    SettleAuction,
    StartAuction,
    TransferShares,
    WithdrawInstantly,
)
from shortgamma.protocols.ribbon.exact import step
from shortgamma.protocols.ribbon.otoken import OTOKEN_UNIT
from shortgamma.protocols.ribbon.state import AUCTION, VAULT, RibbonState


def holdings(state: RibbonState) -> Iterator[Holding]:
    """The vault is short what it has sold; the buyers are long as much.

    What the vault holds itself, or still offers, it is neither long nor short. A call vault also owns its
    coins. A put vault owns dollars, which is no holding.
    """
    if state.kind == "call":
        coins = (state.cash + state.short.collateral) / 10**state.decimals
        yield Holding(
            protocol="ribbon", holder=VAULT, holder_type="vault", kind="spot", quantity=coins
        )
    short = state.short
    outside = {name: n for name, n in short.holders.items() if name not in {VAULT, AUCTION} and n}
    sides = {VAULT: -sum(outside.values())} | outside if outside else {}
    years = max(short.expiry - state.time, 0) / SECONDS_PER_YEAR
    for name, options in sides.items():
        yield Holding(
            protocol="ribbon",
            holder=name,
            holder_type="vault" if name == VAULT else "market_maker",
            hedges=name != VAULT,
            kind=state.kind,
            quantity=options / OTOKEN_UNIT,
            strike=short.strike / OTOKEN_UNIT,
            years=years,
        )


RIBBON: Final = Mechanism(
    name="ribbon",
    title="Ribbon-type vault: weekly covered calls and cash-secured puts",
    state=RibbonState,
    events={
        "burn_remaining": BurnRemaining,
        "cancel_bid": CancelBid,
        "commit_and_close": CommitAndClose,
        "complete_withdraw": CompleteWithdraw,
        "deposit": Deposit,
        "initiate_withdraw": InitiateWithdraw,
        "max_redeem": MaxRedeem,
        "place_bid": PlaceBid,
        "redeem": Redeem,
        "redeem_options": RedeemOptions,
        "roll_to_next_option": RollToNextOption,
        "sell_by_quote": SellByQuote,
        "send": Send,
        "set_cap": SetCap,
        "set_minimum_price": SetMinimumPrice,
        "settle_auction": SettleAuction,
        "start_auction": StartAuction,
        "transfer_shares": TransferShares,
        "withdraw_instantly": WithdrawInstantly,
    },
    step=step,
    origin=Origin(
        source="ribbon-finance/ribbon-v2 (vault), opynfinance/GammaProtocol (oTokens), "
        "gnosis/ido-contracts (auction)",
        verified=True,
        doubts="The sale by quotes, the queue of purchases and Gnosis' fee (0 for these auctions) have no "
        "published figures that were compared; no date is stated in the sources.",
    ),
    gamma="Depositors are short the gamma of one strike and one Friday; the auction's buyers are long it.",
    hedger="Nobody in the vault hedges; the buyers do, and being long gamma they dampen moves.",
    holdings=holdings,
)
