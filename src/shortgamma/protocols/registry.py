"""All mechanisms by name."""

from collections.abc import Mapping
from typing import Final

from shortgamma.basics.errors import InputError
from shortgamma.protocols.dopex.vault import DOPEX
from shortgamma.protocols.everlasting.market import EVERLASTING
from shortgamma.protocols.gmx.market import GMX
from shortgamma.protocols.hegic.treasury import HEGIC
from shortgamma.protocols.lyra.avalon import LYRA_AVALON
from shortgamma.protocols.lyra.gwav import GWAV
from shortgamma.protocols.lyra.newport import LYRA_NEWPORT
from shortgamma.protocols.mechanism import Mechanism
from shortgamma.protocols.panoptic.mechanisms import PANOPTIC
from shortgamma.protocols.pool.record import GAMMA_AWARE_POOL
from shortgamma.protocols.premia.vault import PREMIA
from shortgamma.protocols.ribbon.record import RIBBON
from shortgamma.protocols.rysk.vault import RYSK
from shortgamma.protocols.squeeth.mechanisms import CRAB, CRAB_EXACT, SQUEETH, SQUEETH_EXACT
from shortgamma.protocols.synthetix.market import SYNTHETIX
from shortgamma.protocols.uniswap.mechanisms import UNISWAP_V3, UNISWAP_V3_EXACT

_ALL: Final[tuple[Mechanism, ...]] = (
    CRAB,
    CRAB_EXACT,
    DOPEX,
    EVERLASTING,
    GAMMA_AWARE_POOL,
    GMX,
    GWAV,
    HEGIC,
    LYRA_AVALON,
    LYRA_NEWPORT,
    PANOPTIC,
    PREMIA,
    RIBBON,
    RYSK,
    SQUEETH,
    SQUEETH_EXACT,
    SYNTHETIX,
    UNISWAP_V3,
    UNISWAP_V3_EXACT,
)

MECHANISMS: Final[Mapping[str, Mechanism]] = {mechanism.name: mechanism for mechanism in _ALL}


def mechanism_named(name: str) -> Mechanism:
    """The mechanism of that name.

    Raises:
        InputError: There is none.
    """
    found = MECHANISMS.get(name)
    if found is None:
        raise InputError(
            f"no mechanism is called {name!r}",
            place="--mechanism",
            remedy=f"one of {', '.join(sorted(MECHANISMS))}",
        )
    return found
