"""Users' files: read by pieces, replaced whole or not at all, one writer at a time."""

from lorgnette.files.errors import CannotWriteError, ChangedMeanwhileError
from lorgnette.files.locking import locked
from lorgnette.files.processes import is_gone, process_name
from lorgnette.files.replacing import (
    Check,
    Record,
    Replaced,
    Replacement,
    remove_file,
    replace_file,
)
from lorgnette.files.source import CHUNK, Piece, Source, Span, Stamp, sha256
from lorgnette.files.temporaries import remove_stale_temporaries

__all__ = [
    "CHUNK",
    "CannotWriteError",
    "ChangedMeanwhileError",
    "Check",
    "Piece",
    "Record",
    "Replaced",
    "Replacement",
    "Source",
    "Span",
    "Stamp",
    "is_gone",
    "locked",
    "process_name",
    "remove_file",
    "remove_stale_temporaries",
    "replace_file",
    "sha256",
]
