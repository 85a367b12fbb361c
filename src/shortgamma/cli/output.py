"""What goes to stdout."""

import os
from typing import TYPE_CHECKING

import click

PIPE_WIDTH = 100

if TYPE_CHECKING:
    from rich.console import RenderableType


def print_json(document: object) -> None:
    """Exactly one JSON document, and nothing else, on stdout."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(document)).decode())


def print_renderable(renderable: "RenderableType") -> None:
    """A table or a summary for the eye; a pipe has no width of its own."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = PIPE_WIDTH
    console.print(renderable)
