"""What the container modules have in common: what they report, and how they refuse."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from lorgnette.files import Piece, Source, Span

MAX_BLOCKS = 100_000


class CannotEmbedError(Exception):
    """Embedding would harm the file, or its readers; the message says why, for a person."""


class CannotMirrorError(Exception):
    """The caption fields of a file cannot be written; the message says why, for a person."""


class MalformedContainerError(CannotEmbedError):
    """The file is not a whole, well-formed one of its kind."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Words found in a picture that are not its alt text, but might serve as such."""

    where: str  # the field's name, such as dc:description
    text: str


class About(StrEnum):
    """What a fact is about."""

    DATE = "date"  # when the photo was taken
    DIGITISED = "digitised"  # or scanned
    SUBLOCATION = "sublocation"
    CITY = "city"
    STATE = "state"
    COUNTRY = "country"
    TITLE = "title"
    HEADLINE = "headline"
    EVENT = "event"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True)
class Fact:
    """What a file says of its picture outside of captions."""

    about: About
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a quick look at a picture's file finds."""

    packets: tuple[bytes, ...] = ()  # XMP, in the file's order
    suggestions: tuple[Suggestion, ...] = ()
    facts: tuple[Fact, ...] = ()  # but for those in packets
    unread: tuple[str, ...] = ()  # why there may be words that cannot be read, for a person
    alt_text: tuple[str, str] | None = None  # text, language: of a container's own field
    partial: bool = False  # damage kept some of the file from being looked at

    @classmethod
    def of(cls, parts: Iterable["Contents"]) -> "Contents":
        """Return what the parts of a file have, in their order."""
        found = tuple(parts)
        return cls(
            packets=tuple(packet for part in found for packet in part.packets),
            suggestions=tuple(each for part in found for each in part.suggestions),
            facts=tuple(each for part in found for each in part.facts),
            unread=tuple(reason for part in found for reason in part.unread),
            alt_text=next((part.alt_text for part in found if part.alt_text is not None), None),
            partial=any(part.partial for part in found),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a walk to the end of a file finds."""

    packet: bytes | None  # its XMP
    blocks: tuple[tuple[str, int], ...]  # kind of every other block, in order, and its length
    # or, of one with caption fields, a checksum of all else in it
    no_growth: str = ""  # why the packet must keep its length; empty where it need not
    captions: Mapping[str, str] = field(default_factory=dict)  # what each caption field says
    no_captions: str = ""  # why these cannot be written; empty where they can


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """How a packet gets into a container.

    Attributes:
        survey: walks to the end; raises CannotEmbedError unless a packet may be embedded.
        with_packet: returns the new version, once survey has passed; with texts for some of
            the caption fields that survey has seen, by their names. Raises CannotMirrorError
            where these cannot be written.
        padding: bytes of white space that a new packet gets.
        limit: bytes that a packet may have.
    """

    survey: Callable[[Source], Survey]
    with_packet: Callable[[Source, bytes, Mapping[str, str]], tuple[Piece, ...]]
    padding: int
    limit: int = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A kind of file that holds a picture.

    Attributes:
        matches: whether a file with these first bytes is of this kind.
        look: finds words quickly, without reading the picture; tolerant.
        relatives: what else begins with these bytes but under other names.
    """

    name: str
    suffixes: frozenset[str]  # lower case
    matches: Callable[[bytes], bool]
    look: Callable[[Source], Contents]
    writer: Writer | None = None  # None: only a sidecar will do
    relatives: str = ""

    @property
    def misnamed(self) -> str:
        """Return why nothing is embedded into a file with another suffix."""
        if self.relatives:
            return f"{self.relatives} take alt text in a sidecar only"
        return f"the file is {self.name}, but its name says otherwise"


Edit: TypeAlias = tuple[int, int, bytes]  # from, to (exclusive), what comes there


def spliced(size: int, edits: Iterable[Edit]) -> tuple[Piece, ...]:
    """Return a file of size bytes with some of its parts replaced; edits do not overlap.

    What comes in at the same place stays in order.
    """
    pieces: list[Piece] = []
    position = 0
    for start, end, data in sorted(edits, key=lambda edit: edit[:2]):
        pieces += [Span(position, start), data]
        position = end
    return (*pieces, Span(position, size))


def assemble(source: Source, pieces: tuple[Piece, ...]) -> bytes:
    """Return the whole new version of a file that fits into memory."""
    return b"".join(
        source.read(piece.start, piece.end - piece.start) if isinstance(piece, Span) else piece
        for piece in pieces
    )
