"""The same job on many machines, by Dask: nothing of it is imported unless it is asked for.

The core's generator of outcomes runs on every worker, a chunk of pictures at a time; here is only
what carries pictures' names to it and outcomes back. A chunk may be done twice, by a worker that
is lost and another one after it, and leaves the same as if it had been done once.
"""

from pathlib import Path

TABLES = "lorgnette-*.parquet"


def is_table(path: Path) -> bool:
    """Return whether a path stands for a folder with a table of outcomes."""
    return path.is_dir() and next(path.glob(TABLES), None) is not None
