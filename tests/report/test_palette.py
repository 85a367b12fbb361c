"""Colours can be told apart by colour-blind readers and stand out on both grounds."""

from itertools import pairwise

import numpy as np
import pytest

from shortgamma.report.figures import palette
from shortgamma.report.figures.smile import DASHES, SYMBOLS

# Machado, Oliveira & Fernandes (2009), severity 1, doi:10.1109/TVCG.2009.113.
DEFICIENCIES = {
    "none": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.072175],
        [0.0193339, 0.119192, 0.9503041],
    ]
)
WHITE_POINT = np.array([0.95047, 1.0, 1.08883])
PAIRS = [(palette.SHORT, palette.LONG), (palette.CALL, palette.PUT), (palette.VANNA, palette.CHARM)]
DATA = {palette.SHORT, palette.LONG, palette.CALL, palette.PUT, palette.NEUTRAL}


def linear(colour):
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(light):
    ratio = XYZ @ np.clip(light, 0.0, 1.0) / WHITE_POINT
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16.0 / 116.0)
    return np.array([116.0 * f[1] - 16.0, 500.0 * (f[0] - f[1]), 200.0 * (f[1] - f[2])])


def contrast(one, other):
    low, high = sorted(float(XYZ[1] @ linear(c)) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_pairs_of_one_figure_stay_apart(pair, deficiency):
    matrix = DEFICIENCIES[deficiency]
    one, other = (lab(matrix @ linear(colour)) for colour in pair)
    assert np.linalg.norm(one - other) > 40.0  # CIE 1976; 2.3 is just noticeable


@pytest.mark.parametrize("colour", sorted(DATA))
@pytest.mark.parametrize("surface", [palette.LIGHT["card"], palette.DARK["card"]])
def test_data_colours_stand_out_on_both_cards(colour, surface):
    assert contrast(colour, surface) >= 3.0  # WCAG 2.2, 1.4.11, graphical objects


@pytest.mark.parametrize("surface", [palette.LIGHT, palette.DARK])
@pytest.mark.parametrize("ground", ["card", "ground"])
@pytest.mark.parametrize("role", ["ink", "muted"])
def test_text_is_readable(surface, ground, role):
    assert contrast(surface[role], surface[ground]) >= 4.5  # WCAG 2.2, 1.4.3


def test_smile_lines_differ_in_more_than_colour():
    assert len(set(palette.NEAR_TO_FAR)) == len(SYMBOLS) == len(set(SYMBOLS))
    assert all(left != right for left, right in pairwise(DASHES))
