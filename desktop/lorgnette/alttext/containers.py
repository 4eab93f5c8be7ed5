"""The table of containers: a file's first bytes -> the module that knows its kind."""

from lorgnette.alttext.container import Container

HEAD_BYTES = 32

TABLE: tuple[Container, ...] = ()


def find(head: bytes) -> Container | None:
    """Return the container that a file's first HEAD_BYTES belong to; None where no module knows."""
    return next((container for container in TABLE if container.matches(head)), None)
