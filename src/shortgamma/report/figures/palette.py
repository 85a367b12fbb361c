"""Colours by what they mean; one set for both themes, each at least 3:1 on white and on the dark card.

Pairs that meet in one figure stay apart under protanopia, deuteranopia and tritanopia; a test measures it.
Where colour alone could fail, shape, dash or a label says the same.
"""

from typing import Final

SHORT: Final = "#E2622A"
LONG: Final = "#2F80D8"
CALL: Final = "#12A594"
PUT: Final = "#A35BD6"
NEUTRAL: Final = "#6F7D93"
"""Spot line, net markers, gross bars, bands: what carries no sign."""

VANNA: Final = CALL
CHARM: Final = PUT
NEAR_TO_FAR: Final = ("#E2622A", "#CF4A78", "#A35BD6", "#6C6FE8", "#2F8FE0", "#17A0B4")
ROUNDING: Final = 1e-8
OUTLINE: Final = "#FFFFFF"

LIGHT: Final = {
    "ink": "#0F1B2D",
    "muted": "#55637A",
    "card": "#FFFFFF",
    "ground": "#F3F5FA",
    "border": "#DFE4EE",
    "grid": "#E8ECF4",
    "zero": "#98A4B8",
    "middle": "#F4F6FA",
}
DARK: Final = {
    "ink": "#E7ECF5",
    "muted": "#9BA8BD",
    "card": "#131A26",
    "ground": "#0B0F17",
    "border": "#253044",
    "grid": "#212B3C",
    "zero": "#5C6A82",
    "middle": "#1B2332",
}


def faded(colour: str, opacity: float) -> str:
    """The colour as Plotly's ``rgba`` text.

    >>> faded("#FF0080", 0.25)
    'rgba(255,0,128,0.25)'
    """
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def by_sign(value: float) -> str:
    """Colour of a signed amount; zero, and what is only rounding, is neutral."""
    return NEUTRAL if abs(value) < ROUNDING else LONG if value > 0.0 else SHORT
