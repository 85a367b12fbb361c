"""The controller of Squeeth in exact integers, as the contract calculates.

All amounts and prices have 18 decimals. The reference of the float version
(:mod:`shortgamma.protocols.squeeth.controller`), whose rules it shares.

Source: opynfinance/squeeth-monorepo, packages/hardhat/contracts/core/Controller.sol, libs/VaultLib.sol and
libs/Power2Base.sol; without collateral in Uniswap positions, pauses and shutdown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from shortgamma.basics.errors import RefusedError
from shortgamma.protocols.fixed_point import WAD, multiply
from shortgamma.protocols.squeeth.funding import (
    INDEX_SCALE,
    exact_index,
    exact_mark,
    exact_norm_after,
)

LEAST_COLLATERAL: Final = WAD // 2
BOUNTY: Final = WAD // 10
_BASIS_POINTS: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """ETH against oSQTH: ``collateral`` in wei, ``short`` oSQTH owed, 18 decimals."""

    owner: str
    collateral: int = 0
    short: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SqueethState:
    """The system, 18 decimals throughout.

    Args:
        norm: Normalisation factor.
        spot: USD per ETH, of the oracle, not scaled down.
        squeeth_price: ETH per oSQTH, of the oracle.
        fee_rate: Basis points of what is minted; at most 100.
        vaults: The first one has the number 1.
        holders: oSQTH of each.
    """

    norm: int = WAD
    spot: int = 3_000 * WAD
    squeeth_price: int = 3 * WAD // 10
    fee_rate: int = 0
    vaults: tuple[Vault, ...] = ()
    holders: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Time passes at average prices, which are the oracle's from then on; funding is paid."""

    seconds: int
    spot: int
    squeeth_price: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mint:
    """oSQTH are minted to the owner of a vault, and ETH is added. ``vault``: 0 = a new one."""

    owner: str
    vault: int = 0
    collateral: int = 0
    squeeth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MintPower:
    """The same for an amount of the power perpetual itself: oSQTH times the normalisation factor."""

    owner: str
    vault: int = 0
    collateral: int = 0
    power: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Burn:
    """The owner of a vault repays ``squeeth`` oSQTH and takes out ``collateral`` wei."""

    vault: int
    squeeth: int = 0
    collateral: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Liquidate:
    """Somebody repays up to ``squeeth`` oSQTH of an unsafe vault."""

    vault: int
    liquidator: str
    squeeth: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """oSQTH change hands."""

    sender: str
    receiver: str
    squeeth: int


Event = Market | Mint | MintPower | Burn | Liquidate | Transfer


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What the caller gets: positive = he receives, negative = he pays. ``fee``: of that, to the fund."""

    eth: int = 0
    squeeth: int = 0
    fee: int = 0
    norm: int = WAD


def step(state: SqueethState, event: Event) -> tuple[SqueethState, Settled]:
    """One event.

    Raises:
        RefusedError: The contract would revert.
    """
    match event:
        case Market():
            return _fund(state, event)
        case Mint():
            return _mint(state, event)
        case MintPower():
            squeeth = event.power * WAD // state.norm
            plain = Mint(
                owner=event.owner, vault=event.vault, collateral=event.collateral, squeeth=squeeth
            )
            return _mint(state, plain)
        case Burn():
            return _burn(state, event)
        case Liquidate():
            return _liquidate(state, event)
        case Transfer():
            return _transfer(state, event)


def debt_eth(state: SqueethState, short: int) -> int:
    """What oSQTH owe at the index, wei."""
    return short * state.norm * (state.spot // INDEX_SCALE) // (WAD * WAD)


def is_safe(state: SqueethState, vault: Vault) -> bool:
    """Whether a vault's collateral is at least 1.5 times its debt."""
    return vault.collateral * 2 >= debt_eth(state, vault.short) * 3


def vault_numbered(state: SqueethState, number: int) -> Vault:
    """A vault.

    Raises:
        RefusedError: There is none.
    """
    if not 1 <= number <= len(state.vaults):
        raise RefusedError(f"no vault {number}")
    return state.vaults[number - 1]


def liquidation(state: SqueethState, vault: Vault, most: int) -> tuple[int, int]:
    """What a liquidator who offers oSQTH has to repay, and the wei that he gets for it."""

    def pay(squeeth: int) -> int:
        value = multiply(squeeth, state.squeeth_price)
        return value + multiply(value, BOUNTY)

    repaid = min(most, vault.short // 2)
    if 0 < vault.collateral - pay(repaid) < LEAST_COLLATERAL:
        repaid = min(most, vault.short)
    if pay(repaid) > vault.collateral:
        return vault.short, vault.collateral
    return repaid, pay(repaid)


def _fund(state: SqueethState, event: Market) -> tuple[SqueethState, Settled]:
    norm = exact_norm_after(
        state.norm,
        exact_mark(event.spot, event.squeeth_price, state.norm),
        index=exact_index(event.spot),
        seconds=event.seconds,
    )
    changed = replace(state, norm=norm, spot=event.spot, squeeth_price=event.squeeth_price)
    return changed, Settled(norm=norm)


def _mint(state: SqueethState, event: Mint) -> tuple[SqueethState, Settled]:
    _check_positive(event.collateral, event.squeeth)
    if event.vault:
        held = vault_numbered(state, event.vault)
        if held.owner != event.owner:
            raise RefusedError("C20: not the owner")
    else:
        held = Vault(owner=event.owner)
    fee = multiply(event.squeeth, state.squeeth_price) * state.fee_rate // _BASIS_POINTS
    if event.collateral <= fee and held.collateral < fee:
        raise RefusedError("nothing to pay the fee from")
    held = replace(
        held,
        collateral=held.collateral + event.collateral - fee,
        short=held.short + event.squeeth,
    )
    _check(state, held)
    number = event.vault or len(state.vaults) + 1
    changed = _with_holder(_with_vault(state, number, held), event.owner, event.squeeth)
    return changed, Settled(eth=-event.collateral, squeeth=event.squeeth, fee=fee, norm=state.norm)


def _burn(state: SqueethState, event: Burn) -> tuple[SqueethState, Settled]:
    _check_positive(event.collateral, event.squeeth)
    held = vault_numbered(state, event.vault)
    left = replace(
        held, collateral=held.collateral - event.collateral, short=held.short - event.squeeth
    )
    if min(left.collateral, left.short) < 0:
        raise RefusedError("more than the vault has")
    _check(state, left)
    changed = _with_holder(_with_vault(state, event.vault, left), held.owner, -event.squeeth)
    return changed, Settled(eth=event.collateral, squeeth=-event.squeeth, norm=state.norm)


def _liquidate(state: SqueethState, event: Liquidate) -> tuple[SqueethState, Settled]:
    _check_positive(event.squeeth)
    held = vault_numbered(state, event.vault)
    if is_safe(state, held):
        raise RefusedError("C12: the vault is safe")
    repaid, paid = liquidation(state, held, event.squeeth)
    if event.squeeth < repaid:
        raise RefusedError("C21: needs a full liquidation")
    left = replace(held, collateral=held.collateral - paid, short=held.short - repaid)
    _check_dust(left)
    changed = _with_holder(_with_vault(state, event.vault, left), event.liquidator, -repaid)
    return changed, Settled(eth=paid, squeeth=-repaid, norm=state.norm)


def _transfer(state: SqueethState, event: Transfer) -> tuple[SqueethState, Settled]:
    _check_positive(event.squeeth)
    changed = _with_holder(state, event.sender, -event.squeeth)
    changed = _with_holder(changed, event.receiver, event.squeeth)
    return changed, Settled(squeeth=-event.squeeth, norm=state.norm)


def _check_positive(*amounts: int) -> None:
    if min(amounts) < 0:
        raise RefusedError("a negative amount")


def _check_dust(vault: Vault) -> None:
    if vault.short and vault.collateral < LEAST_COLLATERAL:
        raise RefusedError("C22: dust is left in the vault")


def _check(state: SqueethState, vault: Vault) -> None:
    if not is_safe(state, vault):
        raise RefusedError("C24: not enough collateral")
    _check_dust(vault)


def _with_vault(state: SqueethState, number: int, vault: Vault) -> SqueethState:
    vaults = (*state.vaults[: number - 1], vault, *state.vaults[number:])
    return replace(state, vaults=vaults)


def _with_holder(state: SqueethState, name: str, change: int) -> SqueethState:
    balance = state.holders.get(name, 0) + change
    if balance < 0:
        raise RefusedError(f"{name} has too few oSQTH")
    return replace(state, holders={**state.holders, name: balance})
