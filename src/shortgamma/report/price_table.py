"""Prices and Greeks as a table for the terminal."""

from rich.table import Table

SHOWN = {
    "price": "price $",
    "price_coin": "price coin",
    "vol": "vol",
    "delta": "delta",
    "delta_coin": "delta coin",
    "gamma": "gamma /$",
    "vega_per_point": "vega $/pt",
    "theta_per_day": "theta $/d",
    "vanna_per_point": "vanna /pt",
    "charm_per_day": "charm /d",
}


def price_table(rows: list[dict[str, float | str | None]]) -> Table:
    """One line per option; the figures that do not fit are in ``--json``."""
    table = Table(title="Prices and Greeks", caption="all Greeks: --json", pad_edge=False)
    table.add_column("row", justify="right")
    for heading in SHOWN.values():
        table.add_column(heading, justify="right")
    table.add_column("status")
    for number, row in enumerate(rows, start=1):
        cells = [shown(row[name]) for name in SHOWN]
        table.add_row(str(number), *cells, str(row["status"]))
    return table


def shown(value: float | str | None) -> str:
    """Six digits, or a dash."""
    return "–" if value is None else f"{value:.6g}"
