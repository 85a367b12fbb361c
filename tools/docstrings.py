"""Our docstrings as the API page reads them: an extension of mkdocstrings.

The house style describes several arguments of one unit on one line ("forward, strike: USD.") and names
other functions as Sphinx does (:func:`…`). The page wants one entry per argument, with its type, and
plain code.
"""

import re
from typing import Any

import griffe

ROLE = re.compile(r":(?:func|class|meth|mod|attr):`~?([^`]+)`")


class HouseStyle(griffe.Extension):
    """Splits shared entries and turns roles into code."""

    def on_package(self, *, pkg: griffe.Module, **_rest: Any) -> None:
        """Called once the whole package is loaded."""
        tidy(pkg)


def tidy(node: griffe.Object) -> None:
    """The docstrings of one object and of everything defined in it."""
    if node.docstring is not None:
        node.docstring.value = ROLE.sub(r"`\1`", node.docstring.value)
        for section in node.docstring.parsed:
            if section.kind is griffe.DocstringSectionKind.parameters:
                section.value[:] = [
                    part for entry in section.value for part in parts_of(entry, node)
                ]
    for member in node.members.values():
        if not member.is_alias:
            tidy(member)


def parts_of(
    entry: griffe.DocstringParameter, node: griffe.Object
) -> list[griffe.DocstringParameter]:
    """One entry per argument that the line describes."""
    names = entry.name.split(", ")
    if len(names) == 1:
        return [entry]
    known = {parameter.name: parameter for parameter in getattr(node, "parameters", ())}
    return [
        griffe.DocstringParameter(
            name,
            description=entry.description,
            annotation=known[name].annotation if name in known else None,
            value=known[name].default if name in known else None,
        )
        for name in names
    ]
