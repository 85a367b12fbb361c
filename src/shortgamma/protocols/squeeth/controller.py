"""The controller of Squeeth in floats, one per path: vaults, their collateral, funding and liquidation.

A vault holds ETH and owes oSQTH; 1 oSQTH owes norm·S/10⁴ ETH. A vault is safe while its collateral is at
least 1.5 times what it owes at the index, and must hold 0.5 ETH if it owes anything. Anyone may repay half
of an unsafe vault (all of it where less than 0.5 ETH would be left) and gets its market value and 10 %.

An event that the contract would refuse on some paths leaves those as they were and says so in ``refused``.

Source: opynfinance/squeeth-monorepo, packages/hardhat/contracts/core/Controller.sol and libs/VaultLib.sol;
without collateral in Uniswap positions, pauses and shutdown. Held to
:mod:`shortgamma.protocols.squeeth.exact`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from shortgamma.basics.errors import RefusedError
from shortgamma.basics.units import DAYS_PER_YEAR
from shortgamma.protocols.mechanism import PoolGreeks, Values
from shortgamma.protocols.paths import refusals
from shortgamma.protocols.squeeth.funding import (
    FUNDING_YEARS,
    HIGHEST_MARK,
    INDEX_SCALE,
    LOWEST_MARK,
    fair_ratio,
    mark_ratio,
    norm_after,
)

Mask = NDArray[np.bool_]

SAFE_RATIO: Final = 1.5
LEAST_COLLATERAL: Final = 0.5
BOUNTY: Final = 0.1
_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vault:
    """ETH against oSQTH.

    Args:
        owner: Who.
        collateral: ETH.
        short: oSQTH owed.
    """

    owner: str
    collateral: Values = 0.0
    short: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SqueethState:
    """The system.

    Args:
        norm: Normalisation factor.
        spot: USD per ETH, of the oracle.
        squeeth_price: ETH per oSQTH, of the oracle.
        fee_rate: Fraction of what is minted that goes to the insurance fund; at most 0.01.
        vaults: The first one has the number 1.
        holders: oSQTH of each.
    """

    norm: Values = 1.0
    spot: Values = 3_000.0
    squeeth_price: Values = 0.3
    fee_rate: float = 0.0
    vaults: tuple[Vault, ...] = ()
    holders: Mapping[str, Values] = field(default_factory=dict[str, Values])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Market:
    """Time passes at average prices, which are the oracle's from then on; funding is paid.

    Args:
        seconds: That pass.
        spot: USD per ETH.
        squeeth_price: ETH per oSQTH.
    """

    seconds: float
    spot: Values
    squeeth_price: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mint:
    """oSQTH are minted to the owner of a vault, and ETH is added.

    Args:
        owner: Who.
        vault: Its number; 0 = a new one.
        collateral: ETH that comes in, the fee included.
        squeeth: oSQTH to mint.
    """

    owner: str
    vault: int = 0
    collateral: Values = 0.0
    squeeth: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Burn:
    """The owner of a vault repays ``squeeth`` oSQTH and takes out ``collateral`` ETH."""

    vault: int
    squeeth: Values = 0.0
    collateral: Values = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Liquidate:
    """Somebody repays up to ``squeeth`` oSQTH of an unsafe vault."""

    vault: int
    liquidator: str
    squeeth: Values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Transfer:
    """oSQTH change hands."""

    sender: str
    receiver: str
    squeeth: Values


Event = Market | Mint | Burn | Liquidate | Transfer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Settled:
    """What the caller gets.

    Args:
        eth, squeeth: Positive = he receives, negative = he pays.
        fee: ETH of what he pays that goes to the insurance fund.
        norm: Normalisation factor afterwards.
        refused: Paths on which nothing happened because the contract would refuse.
    """

    eth: Values = 0.0
    squeeth: Values = 0.0
    fee: Values = 0.0
    norm: Values = 1.0
    refused: Mask


def step(state: SqueethState, event: Event) -> tuple[SqueethState, Settled]:
    """One event on every path.

    Raises:
        RefusedError: There is one path, and the contract would refuse; or there is no such vault.
    """
    match event:
        case Market():
            return _fund(state, event)
        case Mint():
            return _mint(state, event)
        case Burn():
            return _burn(state, event)
        case Liquidate():
            return _liquidate(state, event)
        case Transfer():
            return _transfer(state, event)


def debt_eth(state: SqueethState, short: Values) -> Values:
    """What oSQTH owe at the index, ETH."""
    return short * state.norm * state.spot / INDEX_SCALE


def is_safe(state: SqueethState, vault: Vault) -> Mask:
    """Paths on which a vault's collateral is at least 1.5 times its debt."""
    return np.asarray(np.greater_equal(vault.collateral, SAFE_RATIO * debt_eth(state, vault.short)))


def lacks(state: SqueethState, name: str, squeeth: Values) -> Mask:
    """Paths on which somebody has fewer oSQTH than he is to pay, beyond what floats round."""
    return np.asarray(
        np.greater(squeeth, state.holders.get(name, 0.0) + _ROUNDING * np.abs(squeeth))
    )


def vault_numbered(state: SqueethState, number: int) -> Vault:
    """A vault.

    Raises:
        RefusedError: There is none.
    """
    if not 1 <= number <= len(state.vaults):
        raise RefusedError(f"no vault {number}")
    return state.vaults[number - 1]


def greeks(state: SqueethState, spot: Values, vol: Values) -> PoolGreeks:
    """Value and Greeks of all vaults together: ETH held less oSQTH owed at the fair price of a volatility.

    V = C·S − N·norm·m·S²/10⁴ with m = e^(σ²f): Γ = −2·N·norm·m/10⁴ at every price. Time pays the vaults as
    norm shrinks by ln(m clamped)/f a year.

    Args:
        state: The system.
        spot: S, USD per ETH.
        vol: σ, decimal per √year.
    """
    collateral = sum((vault.collateral for vault in state.vaults), 0.0)
    short = sum((vault.short for vault in state.vaults), 0.0)
    return short_greeks(collateral, short * state.norm, spot=spot, vol=vol)


def short_greeks(collateral: Values, power: Values, *, spot: Values, vol: Values) -> PoolGreeks:
    """Greeks of a holding of ETH that owes a power perpetual, as :func:`greeks`.

    Args:
        collateral: C, ETH.
        power: N·norm, oSQTH owed times the normalisation factor.
        spot: S, USD per ETH.
        vol: σ, decimal per √year.
    """
    ratio = fair_ratio(vol)
    owed = power * ratio * np.square(spot) / INDEX_SCALE
    yearly = np.log(np.clip(ratio, LOWEST_MARK, HIGHEST_MARK)) / FUNDING_YEARS
    return PoolGreeks(
        value_usd=collateral * spot - owed,
        delta=collateral - 2.0 * owed / spot,
        gamma=-2.0 * power * ratio / INDEX_SCALE,
        vega_usd_per_point=-owed * 2.0 * vol * FUNDING_YEARS * 0.01,
        theta_usd_per_day=owed * yearly / DAYS_PER_YEAR,
    )


def _fund(state: SqueethState, event: Market) -> tuple[SqueethState, Settled]:
    ratio = mark_ratio(state.norm, event.spot, event.squeeth_price)
    norm = norm_after(state.norm, ratio, event.seconds)
    changed = replace(state, norm=norm, spot=event.spot, squeeth_price=event.squeeth_price)
    return changed, Settled(norm=norm, refused=np.zeros(norm.shape, dtype=np.bool_))


def _mint(state: SqueethState, event: Mint) -> tuple[SqueethState, Settled]:
    if event.vault:
        held = vault_numbered(state, event.vault)
        if held.owner != event.owner:
            raise RefusedError("C20: not the owner")
    else:
        held = Vault(owner=event.owner)
    fee = event.squeeth * state.squeeth_price * state.fee_rate
    # The fee is the sum of both: out of the deposit where that suffices, else out of the vault.
    wanted = replace(
        held,
        collateral=held.collateral + event.collateral - fee,
        short=held.short + event.squeeth,
    )
    covered = np.greater(event.collateral, fee) | np.greater_equal(held.collateral, fee)
    negative = np.less(event.collateral, 0.0) | np.less(event.squeeth, 0.0)
    checks = {"a negative amount": negative, "nothing to pay the fee from": ~covered}
    refused = np.asarray(refusals({**checks, **_vault_checks(state, wanted)}))
    number = event.vault or len(state.vaults) + 1
    changed = _with_vault(state, number, _kept(refused, held, wanted))
    minted = np.where(refused, 0.0, event.squeeth)
    return _with_holder(changed, event.owner, minted), Settled(
        eth=-np.where(refused, 0.0, event.collateral),
        squeeth=minted,
        fee=np.where(refused, 0.0, fee),
        norm=state.norm,
        refused=refused,
    )


def _burn(state: SqueethState, event: Burn) -> tuple[SqueethState, Settled]:
    held = vault_numbered(state, event.vault)
    wanted = replace(
        held,
        collateral=_less(held.collateral, event.collateral),
        short=_less(held.short, event.squeeth),
    )
    negative = np.less(event.collateral, 0.0) | np.less(event.squeeth, 0.0)
    short = np.less(wanted.collateral, 0.0) | np.less(wanted.short, 0.0)
    lacking = lacks(state, held.owner, event.squeeth)
    checks = {"a negative amount": negative, "more than the vault has": short}
    checks |= {f"{held.owner} has too few oSQTH": lacking, **_vault_checks(state, wanted)}
    refused = np.asarray(refusals(checks))
    changed = _with_vault(state, event.vault, _kept(refused, held, wanted))
    burnt = np.where(refused, 0.0, event.squeeth)
    return _with_holder(changed, held.owner, -burnt), Settled(
        eth=np.where(refused, 0.0, event.collateral),
        squeeth=-burnt,
        norm=state.norm,
        refused=refused,
    )


def liquidation(state: SqueethState, vault: Vault, most: Values) -> tuple[Values, Values]:
    """What a liquidator who offers oSQTH has to repay, and the ETH that he gets for it.

    Args:
        state: The system.
        vault: Unsafe.
        most: oSQTH that he offers; where he must repay more, the contract refuses.
    """
    price = state.squeeth_price * (1.0 + BOUNTY)
    half = np.minimum(most, 0.5 * np.asarray(vault.short))
    rest = vault.collateral - half * price
    dust = (rest > 0.0) & (rest < LEAST_COLLATERAL)
    repaid = np.where(dust, np.minimum(most, vault.short), half)
    beyond = repaid * price > vault.collateral
    repaid = np.where(beyond, vault.short, repaid)
    return repaid, np.where(beyond, vault.collateral, repaid * price)


def _liquidate(state: SqueethState, event: Liquidate) -> tuple[SqueethState, Settled]:
    held = vault_numbered(state, event.vault)
    repaid, paid = liquidation(state, held, event.squeeth)
    wanted = replace(held, collateral=held.collateral - paid, short=_less(held.short, repaid))
    checks = {
        "a negative amount": np.less(event.squeeth, 0.0),
        "C12: the vault is safe": is_safe(state, held),
        "C21: needs a full liquidation": np.greater(repaid, event.squeeth),
        "C22: dust is left in the vault": _is_dust(wanted),
        f"{event.liquidator} has too few oSQTH": lacks(state, event.liquidator, repaid),
    }
    refused = np.asarray(refusals(checks))
    changed = _with_vault(state, event.vault, _kept(refused, held, wanted))
    burnt = np.where(refused, 0.0, repaid)
    return _with_holder(changed, event.liquidator, -burnt), Settled(
        eth=np.where(refused, 0.0, paid), squeeth=-burnt, norm=state.norm, refused=refused
    )


def _transfer(state: SqueethState, event: Transfer) -> tuple[SqueethState, Settled]:
    sent = np.asarray(event.squeeth, dtype=np.float64)
    lacking = lacks(state, event.sender, sent)
    checks = {"a negative amount": sent < 0.0, f"{event.sender} has too few oSQTH": lacking}
    refused = np.asarray(refusals(checks))
    moved = np.where(refused, 0.0, sent)
    changed = _with_holder(_with_holder(state, event.sender, -moved), event.receiver, moved)
    return changed, Settled(squeeth=-moved, norm=state.norm, refused=refused)


def _less(held: Values, taken: Values) -> Values:
    """What is left; nothing where only the rounding of floats is, which would be dust that owes."""
    left = held - np.asarray(taken)
    return np.where(np.abs(left) <= _ROUNDING * np.abs(held), 0.0, left)


def _is_dust(vault: Vault) -> Mask:
    """Paths on which a vault owes something and holds less than it must."""
    return np.asarray(np.greater(vault.short, 0.0) & np.less(vault.collateral, LEAST_COLLATERAL))


def _vault_checks(state: SqueethState, vault: Vault) -> dict[str, Mask]:
    """Why a vault may not be left so."""
    return {
        "C24: not enough collateral": ~is_safe(state, vault) | np.less(vault.collateral, 0.0),
        "C22: dust is left in the vault": _is_dust(vault),
    }


def _kept(refused: Mask, held: Vault, wanted: Vault) -> Vault:
    """The new vault where nothing was refused, else the old one."""
    return replace(
        wanted,
        collateral=np.where(refused, held.collateral, wanted.collateral),
        short=np.where(refused, held.short, wanted.short),
    )


def _with_vault(state: SqueethState, number: int, vault: Vault) -> SqueethState:
    vaults = (*state.vaults[: number - 1], vault, *state.vaults[number:])
    return replace(state, vaults=vaults)


def _with_holder(state: SqueethState, name: str, change: Values) -> SqueethState:
    balance = state.holders.get(name, 0.0) + change
    return replace(state, holders={**state.holders, name: balance})
