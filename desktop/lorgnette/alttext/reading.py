"""Read what a picture's file and its sidecars say about it."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lorgnette.alttext import containers, machines, sidecar, xmp
from lorgnette.alttext.alt_text import AltText, Destination, State
from lorgnette.alttext.container import CannotEmbedError, Contents, Suggestion
from lorgnette.alttext.mirrors import DESCRIPTION
from lorgnette.alttext.provenance import text_hash
from lorgnette.alttext.texts import clean, language_tag
from lorgnette.errors import LorgnetteError
from lorgnette.files import Source, unreadable

_ALT_TEXT = re.compile(rb"\0{0,3}".join(bytes([each]) for each in b"ltTextAccessibility"))
_LONGEST = 80  # bytes of the name, in the widest encoding


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """Alt text in one of the places where a picture may have some."""

    source: Destination
    path: Path
    alt_text: AltText
    edited_elsewhere: bool = False  # another program changed what lorgnette wrote
    date: str = ""  # ISO 8601; empty: not by lorgnette
    modified_ns: int = 0  # of the file
    supersedes: frozenset[str] = frozenset()  # hashes of texts elsewhere that it stands in for


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A picture's alt text, and everything that might be taken for it."""

    alt_text: AltText | None = None  # None: it has none
    source: Destination | None = None  # set exactly when alt_text is
    path: Path | None = None  # the file that alt_text is from
    edited_elsewhere: bool = False  # lorgnette wrote here once; another program has changed it
    versions: tuple[Version, ...] = ()  # alt_text's own first
    conflicts: tuple[Version, ...] = ()  # those that say something else
    suggestions: tuple[Suggestion, ...] = ()  # captions, but for lorgnette's own copies
    captions: tuple[Suggestion, ...] = ()  # all of them
    copied: frozenset[str] = frozenset()  # hashes of texts that lorgnette copied to captions
    stale: tuple[str, ...] = ()  # what caption fields say that they should not, for a person
    extended_description: str = ""  # alt_text has it too; there may be one without alt text
    troubles: tuple[str, ...] = ()  # what could not be read, for a person
    unread: str = ""  # that of the troubles which may hide alt text


class UnreadWordsError(LorgnetteError):
    """A picture may have alt text that cannot be read; nothing was touched."""

    hint = "Look at it in the program that wrote it; overwriting puts new alt text in its place."

    def __init__(self, reason: str) -> None:
        super().__init__(f"{reason}; alt text may be in it")


def require_read(reading: Reading) -> None:
    """Refuse a picture that has alt text for all we know.

    Raises:
        UnreadWordsError: none was found, but not everything could be read.
    """
    if reading.alt_text is None and reading.unread:
        raise UnreadWordsError(reading.unread)


def read(image: Path, language: str = "") -> Reading:
    """Return a picture's alt text from its file and its sidecars.

    Args:
        language: the one to prefer where there are several, BCP 47.

    Raises:
        UnreadableImageError: there is no such file, or it may not be read.
    """
    contents, modified_ns, troubles = look(image)
    unread = [f"{image.name}: {reason}" for reason in contents.unread]
    captions = [*contents.suggestions]
    first_captions = [*captions]  # one of each place
    copied: set[str] = set()
    versions: list[Version] = []
    extended = ""
    places = [(Destination.EMBED, image, packet, modified_ns) for packet in contents.packets]
    for path in sidecar.beside(image):
        try:
            packet, at = sidecar.contents(path), path.stat().st_mtime_ns
        except OSError as error:
            unread.append(f"{path.name}: {error.strerror}")
        else:
            places.append((Destination.SIDECAR, path, packet, at))
    for source, path, packet, at in places:
        words = xmp.read(packet, language)
        if words.trouble:
            (unread if words.unread else troubles).append(f"{path.name}: {words.trouble}")
        found = [Suggestion(DESCRIPTION, caption) for caption in words.captions]
        captions += found
        first_captions += found[:1]
        copied |= {words.caption_hash} - {""}
        if words.alt_text is not None:
            versions.append(
                Version(
                    source=source,
                    path=path,
                    alt_text=words.alt_text,
                    edited_elsewhere=words.edited_elsewhere,
                    date=words.date,
                    modified_ns=at,
                    supersedes=words.supersedes,
                )
            )
        else:
            extended = extended or words.extended_description
    if contents.alt_text is not None and not versions:
        text, tag = contents.alt_text
        own = AltText(text=clean(text), language=language_tag(tag))
        versions.append(Version(source=Destination.EMBED, path=image, alt_text=own))
    unique = {(each.where, each.text): each for each in captions}
    said = [each for each in unique.values() if not machines.is_by_one(each.text)]
    reading = _judge(versions)
    if reading.alt_text is not None:
        extended = reading.alt_text.extended_description
    return replace(
        reading,
        suggestions=tuple(each for each in said if not _is_copy(each, copied)),
        captions=tuple(captions),
        copied=frozenset(copied),
        stale=tuple(_stale(reading.alt_text, first_captions, copied)),
        extended_description=extended,
        troubles=(*unread, *troubles),
        unread=next(iter(unread), ""),
    )


def _is_copy(caption: Suggestion, copied: Collection[str]) -> bool:
    return text_hash(clean(caption.text)) in copied


def _stale(
    alt_text: AltText | None, captions: Iterable[Suggestion], copied: Collection[str]
) -> Iterator[str]:
    """Yield which caption fields are behind the alt text, or out of step with each other."""
    said = [each for each in captions if not machines.is_by_one(each.text)]
    for each in said:
        if _is_copy(each, copied) and alt_text is not None and clean(each.text) != alt_text.text:
            yield f"{each.where} still has the text from before: {each.text}"
    for each in said[1:]:
        if clean(each.text) != clean(said[0].text):
            yield f"{each.where} says something else than {said[0].where}: {each.text}"


def same_words(one: AltText, other: AltText) -> bool:
    """Return whether two alt texts say the same, whoever wrote them."""
    return (one.text, one.decorative) == (other.text, other.decorative)


def _supersedes(one: Version, other: Version) -> bool:
    """Return whether a version was written in place of another, which could not be changed."""
    return text_hash(other.alt_text.text) in one.supersedes


def look(image: Path) -> tuple[Contents, int, list[str]]:
    """Return what the picture's file has, when it was modified, and what is wrong with it.

    Raises:
        UnreadableImageError: there is no such file, or it may not be read.
    """
    try:
        with Source.open(image) as source:
            modified_ns = image.stat().st_mtime_ns
            container = containers.find(source.read(0, containers.HEAD_BYTES))
            if container is None:
                return Contents(), modified_ns, []
            troubles = []
            try:
                contents = container.look(source)
            except CannotEmbedError as error:
                contents = Contents(partial=True)
                troubles.append(f"{image.name}: {error}")
            if contents.partial and _may_hide_words(source, contents):
                hidden = "it is damaged, and names alt text where it cannot be read"
                contents = replace(contents, unread=(*contents.unread, hidden))
            return contents, modified_ns, troubles
    except OSError as error:
        raise unreadable(image, error) from error


def _may_hide_words(source: Source, contents: Contents) -> bool:
    """Return whether a file that was read in part speaks of alt text in the rest of it."""
    if any(_ALT_TEXT.search(packet) for packet in contents.packets):
        return False
    overlap = b""
    for data in source.chunks(0, source.size):
        if _ALT_TEXT.search(overlap + data):
            return True
        overlap = data[-_LONGEST:]
    return False


def _judge(versions: list[Version]) -> Reading:
    if not versions:
        return Reading()
    best = versions[0]
    for version in versions[1:]:
        if _outranks(version, best):
            best = version
    versions.remove(best)
    return Reading(
        alt_text=best.alt_text,
        source=best.source,
        path=best.path,
        edited_elsewhere=best.edited_elsewhere,
        versions=(best, *versions),
        conflicts=tuple(
            other for other in versions if not same_words(best.alt_text, other.alt_text)
        ),
    )


def _outranks(later: Version, earlier: Version) -> bool:
    """Return whether a version beats one read before it: a person's words do, then the newer."""
    drafts = later.alt_text.state is State.DRAFT, earlier.alt_text.state is State.DRAFT
    if drafts[0] or drafts[1]:
        return not drafts[0]
    if same_words(later.alt_text, earlier.alt_text):
        return False
    if _supersedes(later, earlier) != _supersedes(earlier, later):
        return _supersedes(later, earlier)
    if later.date and earlier.date:
        return later.date > earlier.date
    return later.modified_ns > earlier.modified_ns
