"""Prices and Greeks as a table for the terminal."""

from rich.table import Table

Row = dict[str, float | str | None]

SIDE_BY_SIDE = 4  # as many options as fit beside each other with every figure
UNITS = {
    "price": "USD",
    "price_coin": "coin",
    "vol": "decimal",
    "delta": "per unit",
    "delta_coin": "premium-adjusted",
    "gamma": "delta per USD",
    "vega_per_point": "USD per vol point",
    "theta_per_day": "USD per day",
    "rho_per_point": "USD per 1 % rate, forward held",
    "vanna_per_point": "delta per vol point",
    "volga_per_point": "vega per vol point",
    "charm_per_day": "delta per day",
    "speed": "gamma per USD",
    "zomma_per_point": "gamma per vol point",
    "color_per_day": "gamma per day",
    "status": "",
}
SHORT_LIST = ("price", "vol", "delta", "gamma", "vega_per_point", "theta_per_day", "status")


def price_table(rows: list[Row]) -> Table:
    """Every figure of a few options, or the main figures of many."""
    return figures_down(rows) if len(rows) <= SIDE_BY_SIDE else options_down(rows)


def figures_down(rows: list[Row]) -> Table:
    """One line per figure, one column per option."""
    table = Table(pad_edge=False, box=None)
    table.add_column("")
    for number in range(1, len(rows) + 1):
        table.add_column(f"option {number}" if len(rows) > 1 else "", justify="right")
    table.add_column("", style="dim")
    for name, unit in UNITS.items():
        table.add_row(name, *(shown(row[name]) for row in rows), unit)
    return table


def options_down(rows: list[Row]) -> Table:
    """One line per option; the figures that do not fit are in ``--json``."""
    table = Table(caption="all figures: --json", pad_edge=False, box=None)
    table.add_column("row", justify="right")
    for name in SHORT_LIST:
        table.add_column(name, justify="right" if name != "status" else "left")
    for number, row in enumerate(rows, start=1):
        table.add_row(str(number), *(shown(row[name]) for name in SHORT_LIST))
    return table


def shown(value: float | str | None) -> str:
    """Six digits, a word, or a dash."""
    if value is None:
        return "–"
    return value if isinstance(value, str) else f"{value:.6g}"
