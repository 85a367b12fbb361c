"""What a shock does to a network: who pays, who fails, who bears it, under a named model and convention."""

from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

from shortgamma.basics.errors import InputError
from shortgamma.data.network_files import (
    NetworkFile,
    gamma_loop_of,
    leverage_rule_of,
    network_of,
    network_tables,
    portfolios_of,
    read_network_file,
)
from shortgamma.risk.contagion.network import Network
from shortgamma.risk.contagion.reconstruction import Reconstruction
from shortgamma.studies.contagion_debts import cleared, distressed, toppled
from shortgamma.studies.contagion_holdings import looped, sold_by_rule, sold_to_target
from shortgamma.studies.contagion_question import MODELS, Contagion, Model, Question

OPTIONS: Final = tuple(field.name for field in fields(Question) if field.name != "model")


def contagion(
    network: str | Path | Mapping[str, object] | Network,
    *,
    model: str | None = None,
    **options: Any,
) -> Contagion:
    """A shock to a network under one model.

    Args:
        network: A JSON or TOML file, the same as a mapping, or debts at hand.
        model: ``eisenberg-noe``, ``rogers-veraart``, ``furfine``, ``debtrank``, ``fire-sale`` or ``gamma``;
            a file may name its own.
        options: Fields of :class:`~shortgamma.studies.contagion_question.Question`.

    Raises:
        InputError: The model or an option is unknown or does not belong to it, or the network cannot be used.
    """
    if isinstance(network, Network):
        question = asked(model, options)
        if question.model in {Model.FIRE_SALE, Model.GAMMA} or question.reconstruct is not None:
            raise InputError(
                "a network of debts", place="network", remedy="give a mapping or file of this model"
            )
        return on_debts(network, question)
    file = network_tables(network) if isinstance(network, Mapping) else read_network_file(network)
    try:
        return on_file(file, asked_of(file, model, options))
    except InputError as problem:
        if problem.place is None or problem.place.startswith("--") or problem.place == file.place:
            raise
        column = problem.column or problem.place
        raise InputError(
            problem.problem, place=file.place, row=problem.row, column=column, remedy=problem.remedy
        ) from None


def asked_of(file: NetworkFile, model: str | None, options: Mapping[str, Any]) -> Question:
    """A question to a file, which may name its model and that model's options."""
    own = file.text("model") or None
    if model is not None and model != own:
        return asked(model, options)
    given = {name: value for name, value in options.items() if value not in (None, ())}
    return asked(own, {**file.options, **given})


def asked(model: str | None, options: Mapping[str, Any]) -> Question:
    """A question, its options checked against its model."""
    if model is None:
        raise InputError("missing", place="--model", remedy=f"one of {', '.join(MODELS)}")
    if model not in MODELS:
        raise InputError(f"{model!r}", place="--model", remedy=f"one of {', '.join(MODELS)}")
    odd = next((name for name in options if name not in OPTIONS), None)
    if odd is not None:
        raise InputError(f"there is no {odd!r}", place="options", remedy=f"of {', '.join(OPTIONS)}")
    given = {name: value for name, value in options.items() if value not in (None, ())}
    allowed = MODELS[model]
    odd = next((name for name in given if name not in allowed), None)
    if odd is not None:
        remedy = f"{model} has {', '.join(flag(name) for name in allowed) or 'no options'}"
        raise InputError(f"does not belong to {model}", place=flag(odd), remedy=remedy)
    for name in ("default", "shock"):
        if isinstance(given.get(name), str):
            given[name] = (given[name],)
    if isinstance(given.get("shock"), Mapping):
        given["shock"] = tuple(given["shock"].items())
    if "variant" in given:
        given["variant"] = str(given["variant"])
    return Question(model=Model(model), **given)


def flag(name: str) -> str:
    """An option as the user types it."""
    return f"--{name.replace('_', '-')}"


def on_file(file: NetworkFile, question: Question) -> Contagion:
    """The answer of a file."""
    title = file.text("title")
    if question.model is Model.GAMMA:
        return replace(looped(gamma_loop_of(file), question), title=title)
    if question.model is Model.FIRE_SALE:
        held, rule = portfolios_of(file), leverage_rule_of(file)
        if question.variant == "threshold" and rule is None:
            raise file.wrong(
                "max_leverage", "missing", remedy="give the leverage above which they sell"
            )
        by_rule = question.variant == "threshold" or (question.variant is None and rule is not None)
        found = (
            sold_by_rule(held, rule, question)
            if by_rule and rule is not None
            else sold_to_target(held, question)
        )
        return replace(found, title=title)
    debts, filled = network_of(file, question.reconstruct)
    found = on_debts(debts, question)
    return replace(found, title=title, notes=(*found.notes, *reconstructed(filled)))


def on_debts(network: Network, question: Question) -> Contagion:
    """The answer on a network of debts."""
    match question.model:
        case Model.EISENBERG_NOE | Model.ROGERS_VERAART:
            found = cleared(network, question)
        case Model.FURFINE:
            found = toppled(network, question)
        case _:
            found = distressed(network, question)
    if network.balances:
        return found
    note = "The equity given is not assets less debts; clearing uses assets and debts, the others equity."
    return replace(found, notes=(*found.notes, note))


def reconstructed(filled: Reconstruction | None) -> tuple[str, ...]:
    """That debts are not known but filled in, in words."""
    if filled is None:
        return ()
    links = f"{filled.links:,} debts"
    short = "" if filled.converged else "; the totals were not met"
    return (f"Only totals are known: {links} were filled in by {filled.method}{short}.",)
