"""Users' files: read by pieces, replaced whole or not at all, one writer at a time."""

from lorgnette.files.errors import CannotWriteError, ChangedMeanwhileError, NotKeptError
from lorgnette.files.finding import (
    FILMS,
    SUFFIXES,
    find_pictures,
    is_folder,
    is_there,
    listed,
    natural,
)
from lorgnette.files.locking import LOCK_SECONDS, HeldError, held, lock_nothing, locked, only_one
from lorgnette.files.opening import NotAFileError, open_file, read_file, unreadable
from lorgnette.files.processes import is_gone, process_name
from lorgnette.files.replacing import (
    Built,
    Check,
    Replaced,
    Replacement,
    built,
    remove_file,
    replace_file,
    sync_names,
)
from lorgnette.files.source import CHUNK, Piece, Source, Span, Stamp, sha256
from lorgnette.files.temporaries import remove_stale_temporaries

__all__ = [
    "CHUNK",
    "FILMS",
    "LOCK_SECONDS",
    "SUFFIXES",
    "Built",
    "CannotWriteError",
    "ChangedMeanwhileError",
    "Check",
    "HeldError",
    "NotAFileError",
    "NotKeptError",
    "Piece",
    "Replaced",
    "Replacement",
    "Source",
    "Span",
    "Stamp",
    "built",
    "find_pictures",
    "held",
    "is_folder",
    "is_gone",
    "is_there",
    "listed",
    "lock_nothing",
    "locked",
    "natural",
    "only_one",
    "open_file",
    "process_name",
    "read_file",
    "remove_file",
    "remove_stale_temporaries",
    "replace_file",
    "sha256",
    "sync_names",
    "unreadable",
]
