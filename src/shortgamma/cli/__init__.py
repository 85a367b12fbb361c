"""Commands: each parses, calls one study and prints."""

import sys

import click

from shortgamma.basics.errors import InputError, ShortgammaError
from shortgamma.cli.calibrate import calibrate
from shortgamma.cli.commands import shortgamma
from shortgamma.cli.contagion import contagion
from shortgamma.cli.design import design
from shortgamma.cli.hedge import hedge
from shortgamma.cli.margin import margin
from shortgamma.cli.policy import policy
from shortgamma.cli.scalp import scalp
from shortgamma.cli.simulate import simulate
from shortgamma.cli.strategies import strategies
from shortgamma.cli.stress import stress
from shortgamma.cli.var import var

EXIT_FAILED = 1
EXIT_BAD_INPUT = 2

for command in (
    simulate,
    calibrate,
    policy,
    hedge,
    strategies,
    scalp,
    design,
    stress,
    margin,
    contagion,
    var,
):
    shortgamma.add_command(command)


def main() -> None:
    """Runs the command line; every expected error is one line on stderr and an exit code."""
    try:
        shortgamma(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as problem:
        click.echo(problem.ctx.get_help() if problem.ctx else problem.format_message(), err=True)
        sys.exit(EXIT_BAD_INPUT)
    except click.ClickException as problem:
        context = getattr(problem, "ctx", None)
        hint = f" — see {context.command_path} --help" if context is not None else ""
        complain(f"{problem.format_message()}{hint}", EXIT_BAD_INPUT)
    except click.Abort:
        complain("stopped", EXIT_FAILED)
    except InputError as problem:
        complain(str(problem), EXIT_BAD_INPUT)
    except ShortgammaError as problem:
        complain(str(problem), EXIT_FAILED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)


def complain(message: str, code: int) -> None:
    """One line on stderr, then the exit code."""
    click.echo(f"shortgamma: {' '.join(message.split())}", err=True)
    sys.exit(code)
