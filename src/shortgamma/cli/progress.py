"""How far a long command is, on stderr, for somebody who looks at a terminal."""

import sys
from threading import Lock
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 1.0
"""Seconds of work before which nothing is shown."""


class Bar:
    """A bar with the time left; shows nothing in a pipe, or where the work is short.

    Args:
        label: What is done.
    """

    def __init__(self, label: str) -> None:
        self.label = label
        self._lock = Lock()
        self._began = monotonic()
        self._done = 0.0
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._progress is not None:
            self._progress.stop()

    def advance(self, share: float) -> None:
        """Adds a share of the work that was finished; from any thread."""
        with self._lock:
            self._done += share
            self._show(self.label, self._done)

    def at(self, label: str, share: float) -> None:
        """Says what is done now, and which share of the work lies behind."""
        self._show(label, share)

    def _show(self, label: str, share: float) -> None:
        if not sys.stderr.isatty() or monotonic() - self._began < PATIENCE:
            return
        if self._progress is None:
            self._start(label)
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=share, description=label)

    def _start(self, label: str) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(label, total=1.0)
        self._progress.start()
