"""The key numbers of a calibration."""

import numpy as np

from shortgamma.market.diagnostics import Side
from shortgamma.market.history import describe_bar
from shortgamma.report.amounts import number, percent
from shortgamma.report.calibration_words import ABSENT, MOVES_OF, nearest_law, title_of
from shortgamma.report.simulation_words import with_error
from shortgamma.report.tiles import Tile
from shortgamma.studies.calibration import Calibration


def calibration_tiles(answer: Calibration) -> tuple[Tile, ...]:
    """All key numbers; the first four carry the story."""
    falls, rises = tail_tile(answer, "down"), tail_tile(answer, "up")
    leading = (best_tile(answer), vol_tile(answer), memory_tile(answer), falls)
    return (*leading, rises, *law_tiles(answer), *week_tiles(answer), *counts(answer))


def best_tile(answer: Calibration) -> Tile:
    """The best process, and how far the next one is behind."""
    ranked = answer.ranking
    behind = (
        f"{ranked[1].process} is {number(ranked[1].behind)} behind"
        if len(ranked) > 1
        else title_of(answer.best)
    )
    return Tile(label="Lowest AIC", value=answer.best, unit="", note=behind)


def vol_tile(answer: Calibration) -> Tile:
    """Realised vol at the bar and at the longest interval."""
    found = answer.signature
    longest = describe_bar(int(found.bars[-1]) * answer.history.bar)
    return Tile(
        label="Realised vol",
        value=percent(answer.vol, 3),
        unit="per √year",
        note=f"with a price every {longest}: {percent(float(found.vol[-1]), 3)}",
    )


def memory_tile(answer: Calibration) -> Tile:
    """How long |move| stays correlated."""
    lasting, lags = answer.memory_bars, answer.clusters.value.size
    return Tile(
        label="Memory of |move|",
        value=f"{'≥ ' if lasting == lags else ''}{lasting:,}",
        unit="bars",
        note=f"autocorrelation at one bar {number(float(answer.clusters.value[0]), 2)}",
    )


def tail_tile(answer: Calibration, side: Side) -> Tile:
    """Shape of a tail."""
    found = answer.tails.get(side)
    label = f"Tail of {MOVES_OF[side]}, ξ"
    if found is None:
        return Tile(label=label, value=ABSENT, unit="", note="too few extreme moves")
    value, _, error = with_error(found.shape, found.shape_error).partition(" ± ")
    return Tile(
        label=label,
        value=value,
        unit=f"± {error}" if error else "",
        note=f"{found.exceedances:,} moves beyond {percent(found.threshold)}",
    )


def law_tiles(answer: Calibration) -> tuple[Tile, ...]:
    """The process whose law comes nearest to the moves, and the blocks of the bootstrap."""
    found: list[Tile] = []
    if answer.quantiles:
        name = nearest_law(answer)
        found.append(
            Tile(
                label="Nearest law",
                value=name,
                unit="",
                note=f"{percent(answer.outside(name))} of its quantiles outside",
            )
        )
    if "bootstrap" in answer.fits:
        block = round(answer.fits["bootstrap"].values["block"])
        found.append(
            Tile(label="Bootstrap", value=f"{block:,}", unit="bars", note="length of a block")
        )
    return tuple(found)


def week_tiles(answer: Calibration) -> tuple[Tile, ...]:
    """How far vols of the hours are apart."""
    if answer.week is None:
        return ()
    low, high = (float(np.nanquantile(answer.week.vol, share)) for share in (0.1, 0.9))
    return (
        Tile(
            label="Hours of the week",
            value=f"× {number(high / low, 2)}" if low > 0.0 else ABSENT,
            unit="",
            note="90th over 10th percentile of their vols",
        ),
    )


def counts(answer: Calibration) -> tuple[Tile, ...]:
    """What there was to fit to."""
    history = answer.history
    return (
        Tile(
            label="Moves",
            value=f"{len(history.log_returns):,}",
            unit="",
            note=f"over bars of {describe_bar(history.bar)}",
        ),
        Tile(
            label="Missing bars",
            value=f"{history.missing:,}",
            unit="",
            note=f"in {len(history.gaps):,} gaps",
        ),
    )
