"""The table of containers: a file's first bytes -> the module that knows its kind."""

from lorgnette.alttext import gif, heif, jpeg, jxl, png, svg, tiff, webp
from lorgnette.alttext.container import Container

HEAD_BYTES = 1024

TABLE: tuple[Container, ...] = tuple(
    module.CONTAINER for module in (jpeg, png, webp, gif, tiff, heif, jxl, svg)
)


def find(head: bytes) -> Container | None:
    """Return the container that a file's first HEAD_BYTES belong to; None where no module knows."""
    return next((container for container in TABLE if container.matches(head)), None)
