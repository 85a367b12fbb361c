"""The spectral radius of a matrix without negative entries, for a thousand nodes in milliseconds."""

from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from shortgamma.risk.contagion.network import Matrix

SMALL: Final = 100
"""Nodes up to which all eigenvalues are computed."""
SWEEPS: Final = 300
PRECISION: Final = 1e-12


def perron_root(matrix: Matrix) -> float:
    """The largest modulus of an eigenvalue of a non-negative matrix.

    It is the largest of those of its strongly connected parts; a part of one node has its diagonal. In a
    larger part power iteration on A + c·1, which has one dominant eigenvalue ρ + c, encloses it: for x > 0
    min (A·x)_i/x_i ≤ ρ ≤ max (A·x)_i/x_i (Collatz and Wielandt).
    """
    # Debts that differ by dozens of orders of magnitude would overflow the products otherwise.
    scale = float(matrix.max(initial=0.0))
    if scale == 0.0:
        return 0.0
    count, labels = connected_components(csr_array(matrix), connection="strong")
    parts = [np.flatnonzero(labels == part) for part in range(count)] if count < len(matrix) else []
    if count == 1:
        parts = [np.arange(len(matrix))]
    roots = [root_of(matrix[np.ix_(part, part)] / scale) for part in parts if part.size > 1]
    return scale * max([*roots, float(np.diagonal(matrix).max() / scale)])


def root_of(part: Matrix) -> float:
    """The spectral radius of a strongly connected part."""
    if len(part) > SMALL:
        shift = float(part.sum(axis=1).mean())
        vector = np.ones(len(part))
        for _sweep in range(SWEEPS):
            moved = part @ vector
            ratio = moved / vector
            if ratio.max() - ratio.min() <= PRECISION * ratio.max():
                return 0.5 * float(ratio.max() + ratio.min())
            vector = moved + shift * vector
            vector /= vector.max()
            if vector.min() <= 0.0:
                break
    return float(np.abs(np.linalg.eigvals(part)).max())
