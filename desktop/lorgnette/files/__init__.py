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
from lorgnette.files.locking import HeldError, held, keep_locks_in, locked, only_one
from lorgnette.files.opening import NotAFileError, open_file, read_file, unreadable
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
    "FILMS",
    "SUFFIXES",
    "CannotWriteError",
    "ChangedMeanwhileError",
    "Check",
    "HeldError",
    "NotAFileError",
    "NotKeptError",
    "Piece",
    "Record",
    "Replaced",
    "Replacement",
    "Source",
    "Span",
    "Stamp",
    "find_pictures",
    "held",
    "is_folder",
    "is_gone",
    "is_there",
    "keep_locks_in",
    "listed",
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
    "unreadable",
]
