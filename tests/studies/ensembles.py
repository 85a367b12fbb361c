"""What tests of ensembles share: small jobs, drivers in processes of their own, and how outcomes compare."""

import multiprocessing
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from shortgamma.basics.errors import InputError
from shortgamma.data.runs import RunStore
from shortgamma.studies.ensemble.ensemble import ensemble
from shortgamma.studies.ensemble.job import Job
from shortgamma.studies.scenarios.bundled import HedgedBook

STEPS = 640
"""Of a small job: 40,000 paths are five chunks and just enough work for processes."""


def small_job(paths=40_000, *, seed=3, keep_every=0, kind=HedgedBook, **figures):
    """A dealer's book over a few hours."""
    scenario = kind(**{"steps": STEPS, "options": 64, **figures})
    return Job(scenario=scenario, paths=paths, seed=seed, keep_every=keep_every)


def long_jobs():
    """Two points of a sweep with 20 chunks in all: seconds of work, so that there is time to kill it."""
    return [small_job(80_000, theta=theta) for theta in (-0.3, 0.2)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadly(HedgedBook):
    """A scenario that kills every worker that touches it, as the system does where memory is short."""

    def build(self, inputs):
        if multiprocessing.parent_process() is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        return HedgedBook.build(self, inputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusing(HedgedBook):
    """A scenario that no worker accepts."""

    def build(self, inputs):
        if multiprocessing.parent_process() is not None:
            raise InputError("it is too far away", place="worker", remedy="stay at home")
        return HedgedBook.build(self, inputs)


def bits(outcome):
    """Every figure of an outcome, to the bit."""
    sides = {"market": outcome.market, "quiet": outcome.quiet}
    found = {
        (side, name): (values.dtype.str, values.tobytes())
        for side, figures in sides.items()
        for name, values in figures.items()
    }
    return found | {("prices", ""): (str(outcome.log_prices.shape), outcome.log_prices.tobytes())}


def drive(folder):
    """Runs the long jobs in a store and says on stdout who works and when a chunk is done."""

    def say(_share):
        workers = [child.pid for child in multiprocessing.active_children()]
        click.echo(" ".join(map(str, workers)))

    try:
        with ensemble(long_jobs(), workers=2, store=RunStore(folder=folder), progress=say):
            pass
    except KeyboardInterrupt:
        click.echo("interrupted")


if __name__ == "__main__":
    drive(Path(sys.argv[1]))
