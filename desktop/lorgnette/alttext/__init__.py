"""Alt text in the files of pictures and in the sidecars beside them.

`read` finds it, `write` puts it there, `plan` says what `write` would do. A container module knows
one kind of file as bytes; `lorgnette.files` is what touches the disk.
"""

from lorgnette.alttext.alt_text import AltText, Destination, Origin, State
from lorgnette.alttext.container import Suggestion
from lorgnette.alttext.reading import Reading, UnreadWordsError, Version, read, require_read
from lorgnette.alttext.sidecar import SidecarError, SidecarNaming
from lorgnette.alttext.texts import language_tag
from lorgnette.alttext.writing import (
    Effect,
    Plan,
    Prepared,
    UnusableTextError,
    Written,
    plan,
    prepared,
    require_usable,
    write,
)

__all__ = [
    "AltText",
    "Destination",
    "Effect",
    "Origin",
    "Plan",
    "Prepared",
    "Reading",
    "SidecarError",
    "SidecarNaming",
    "State",
    "Suggestion",
    "UnreadWordsError",
    "UnusableTextError",
    "Version",
    "Written",
    "language_tag",
    "plan",
    "prepared",
    "read",
    "require_read",
    "require_usable",
    "write",
]
