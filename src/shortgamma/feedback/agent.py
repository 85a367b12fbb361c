"""What an agent is to the engine."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shortgamma.feedback.setup import Setup
    from shortgamma.feedback.world import World


class Agent:
    """Someone who trades. Subclass it as a frozen dataclass and override what the agent does.

    An agent is a value: what changes along a path is in the state that :meth:`enter` returns, so that one
    agent serves many blocks of paths and threads at once. In every step the engine calls :meth:`act` on
    all agents, clears the market once for all of them, books every trade, and calls :meth:`settle`. No
    agent sees what another one submits.
    """

    __slots__ = ()

    @property
    def name(self) -> str:
        """Of its account; unique in a run."""
        return type(self).__name__.lower()

    @property
    def is_hedger(self) -> bool:
        """True where it is left out of the counterfactual market without hedging."""
        return False

    @property
    def first_expiry(self) -> float:
        """Years to the first expiry of what it hedges; hedges that expire during a run need a finer grid."""
        return float("inf")

    def prepare(
        self,
        setup: "Setup",  # noqa: ARG002
        others: Sequence[tuple["Agent", Any]],  # noqa: ARG002
    ) -> Any:
        """What all blocks share, made once per run; read-only from then on.

        Args:
            setup: The market.
            others: Agents that stand before this one, and what they prepared.
        """
        return None

    def enter(self, world: "World", shared: Any) -> Any:
        """Opens its account, buys what it starts with, registers standing orders; returns its state."""
        raise NotImplementedError

    def rests(self, state: Any, world: "World", *, until: int) -> bool:  # noqa: ARG002
        """True where its standing orders are all that it does in the steps before ``until``."""
        return False

    def act(self, state: Any, world: "World") -> None:
        """Submits the orders of this step: after the shock, before anyone has traded."""

    def settle(self, state: Any, world: "World") -> None:
        """Looks at what was filled; trades are booked already."""

    def shows(self, state: Any, world: "World") -> dict[str, Any]:  # noqa: ARG002
        """Figures worth following over time, one array of shape (n,) per name."""
        return {}

    def answer(self, state: Any, world: "World") -> dict[str, Any]:  # noqa: ARG002
        """Figures at the end, one array of shape (n,) per name; they become metrics of the run."""
        return {}
