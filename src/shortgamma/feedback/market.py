"""What a part of the market beside spot is to the engine: the perpetual, the level of vol, gas."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shortgamma.feedback.world import World


class Market:
    """A mechanism without an account of its own that acts around the agents. Subclass as for an agent."""

    __slots__ = ()

    @property
    def is_perp(self) -> bool:
        """True where positions in a perpetual can be held because of it."""
        return False

    @property
    def serves_hedgers(self) -> bool:
        """True where nobody but hedgers feels it; the counterfactual market does without it."""
        return False

    def enter(self, world: "World") -> Any:
        """The state of a block before its first step."""
        raise NotImplementedError

    def open(self, state: Any, world: "World") -> None:
        """Prepares the step: after the shock, before any order."""

    def close(self, state: Any, world: "World") -> None:
        """Continues after the clearing, before trades are booked."""

    def end(self, state: Any, world: "World") -> None:
        """Ends the step: after all bookings and all agents."""

    def shows(self, state: Any, world: "World") -> dict[str, Any]:  # noqa: ARG002
        """Figures worth following over time, one array of shape (n,) per name."""
        return {}

    def answer(self, state: Any, world: "World") -> dict[str, Any]:  # noqa: ARG002
        """Figures at the end, one array of shape (n,) per name."""
        return {}
