"""The random numbers of one block of paths, step by step."""

from collections.abc import Callable
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from shortgamma.kernels.philox import fill_normals, fill_uniforms

Vector = NDArray[np.float64]
CHUNK = (
    32  # steps made at once: enough to forget the cost of the call, few enough to stay in the cache
)


class Stream(IntEnum):
    """Who draws. Two streams are independent; a stream asked for twice in a step answers the same."""

    PRICE = 0
    VARIANCE = 1
    JUMP_TIME = 2
    JUMP_SIZE = 3
    VARIANCE_JUMP = 4
    BLOCK = 5
    START = 6
    NOISE = 16
    INCLUSION = 17
    CONGESTION = 18
    CLIENT_TIME = 19
    CLIENT_STRIKE = 20
    CLIENT_SIZE = 21
    CLIENT_TASTE = 22
    CLIENT_SIDE = 23
    AGENTS = 64  # from here on free for agents of the user's own


class Draws:
    """Random numbers of the paths ``first_path`` to ``first_path + size − 1``.

    Numbers depend on (seed, stream, path, step) alone, never on the block or on who asked before.

    Args:
        seed: Of the whole ensemble.
        first_path: Index of the block's first path in the ensemble.
        size: Paths in the block.
    """

    def __init__(self, *, seed: int, first_path: int, size: int) -> None:
        self.seed = seed
        self.first_path = first_path
        self.size = size
        self.step = 0
        self._chunks: dict[tuple[str, int], tuple[int, Vector]] = {}

    def normals(self, stream: int) -> Vector:
        """Standard normal numbers of this step, shape (paths,); read, do not write."""
        return self._row("normal", stream, fill_normals)

    def uniforms(self, stream: int) -> Vector:
        """Uniform numbers in (0, 1) of this step, shape (paths,); read, do not write."""
        return self._row("uniform", stream, fill_uniforms)

    def normals_over(self, stream: int, steps: range) -> NDArray[np.float64]:
        """The same of several steps of one chunk, shape (steps, paths)."""
        return self._rows("normal", stream, fill_normals, steps)

    def uniforms_over(self, stream: int, steps: range) -> NDArray[np.float64]:
        """The same of several steps of one chunk, shape (steps, paths)."""
        return self._rows("uniform", stream, fill_uniforms, steps)

    def _row(self, kind: str, stream: int, fill: Callable[..., None]) -> Vector:
        return self._rows(kind, stream, fill, range(self.step, self.step + 1))[0]

    def _rows(
        self, kind: str, stream: int, fill: Callable[..., None], steps: range
    ) -> NDArray[np.float64]:
        wanted, row = divmod(steps.start, CHUNK)
        made, chunk = self._chunks.get((kind, stream), (-1, None))
        if chunk is None:
            chunk = np.empty((CHUNK, self.size))
        if made != wanted:
            first_pair = wanted * (CHUNK // 2)
            fill(self.seed, int(stream), self.first_path, first_pair, chunk)
            self._chunks[kind, stream] = (wanted, chunk)
        return chunk[row : row + len(steps)]
