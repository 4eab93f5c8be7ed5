"""Write alt text: into the picture's file or a sidecar, whole or not at all."""

import contextlib
import os
import stat
import struct
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from lorgnette import files
from lorgnette.alttext import containers, mirrors, sidecar, signatures, xmp
from lorgnette.alttext.alt_text import AltText, Destination, Origin, State
from lorgnette.alttext.container import CannotEmbedError, CannotMirrorError, Survey, Writer
from lorgnette.alttext.markup import MalformedPacketError
from lorgnette.alttext.mirrors import Copies, Mirroring
from lorgnette.alttext.provenance import text_hash
from lorgnette.alttext.reading import Reading, read, require_read, same_words
from lorgnette.alttext.sidecar import Place, SidecarError, SidecarNaming
from lorgnette.alttext.texts import clean, language_tag
from lorgnette.errors import ExitCode, LorgnetteError
from lorgnette.files import (
    Built,
    CannotWriteError,
    Check,
    NotKeptError,
    Piece,
    Replaced,
    Replacement,
    Source,
    Stamp,
)

ADVISED_CHARACTERS = 250  # the IPTC standard's bound for alt text
MOST_CHARACTERS = 2000
MOST_BYTES = 2 << 30  # of a file that alt text is embedded into


class UnusableTextError(LorgnetteError):
    """The words cannot be written as alt text; nothing was touched."""

    hint = "Give a sentence or two, or mark the picture as decorative."
    exit_code = ExitCode.CANNOT_RUN


class Effect(StrEnum):
    """What writing does, or did, to a picture."""

    WRITE = "write"
    KEEP = "keep"  # it has alt text that must not be replaced
    UNCHANGED = "unchanged"  # it has this very alt text


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What became of a picture."""

    image: Path
    effect: Effect
    destination: Destination  # after a fall-back
    path: Path  # the file that was written, or that has what was kept
    alt_text: AltText  # as it stands there now
    reason: str = ""  # of a fall-back or of keeping, for a person
    replaced: AltText | None = None  # what it had before
    warnings: tuple[str, ...] = ()
    copied_to: tuple[str, ...] = ()  # caption fields that say the same, by their names


@dataclass(frozen=True, slots=True)
class Change:
    """A file's new version, and what it must pass before it takes the old one's place."""

    replacement: Replacement
    check: Check | None = None
    follows: bool = False  # only lest another place contradict the one that was asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What writing would do; it has been worked out in full, and nothing was touched."""

    outcome: Written  # as it will be
    changes: tuple[Change, ...] = ()  # none unless outcome's effect is WRITE

    @property
    def shut(self) -> Path | None:
        """A folder that would have to take a file and says that it does not; None where all do."""
        folders = (change.replacement.target.parent for change in self.changes)
        return next((folder for folder in folders if not os.access(folder, os.W_OK)), None)

    def require_open(self) -> None:
        """Refuse what is planned where a folder says that it takes no files.

        Raises:
            CannotWriteError
        """
        if (folder := self.shut) is not None:
            raise CannotWriteError(self.outcome.path, f"nothing can be written in {folder}")


def plan(
    image: Path,
    alt_text: AltText,
    destination: Destination,
    *,
    naming: SidecarNaming = SidecarNaming.WITH_EXTENSION,
    overwrite: bool = False,
    mirror: bool = False,
) -> Plan:
    """Return what write would do.

    Args:
        destination: the wish; a file that cannot take alt text safely gets a sidecar.
        naming: of a new sidecar; one that is there is updated, whatever its name.
        overwrite: replace alt text that is there, a person's too. Without it only a machine's
            draft gives way, and only to a person's words.
        mirror: copy reviewed text to the caption fields, too, where nobody would miss what they
            say. Where lorgnette has done so before, the copies follow anyway.

    Raises:
        UnusableTextError: the text is empty or endless.
        UnreadableImageError: there is no such picture, or it is none.
        UnreadWordsError: it may have alt text, and overwrite was not asked for.
        SidecarError, CannotWriteError: the sidecar that is needed must not, or cannot, be written.
    """
    try:
        return _planned(image, _cleaned(alt_text), destination, naming, overwrite, mirror)
    except OSError as error:
        raise CannotWriteError(image, error.strerror or str(error)) from error


def _planned(
    image: Path,
    alt_text: AltText,
    destination: Destination,
    naming: SidecarNaming,
    overwrite: bool,
    mirror: bool,
) -> Plan:
    containers.require_picture(image)
    reading = read(image, alt_text.language)
    existing = reading.alt_text
    notes = _notes(alt_text)
    if not overwrite:
        require_read(reading)
    elif existing is None and reading.unread:
        notes += (f"may have had alt text that could not be read: {reading.unread}",)
    if existing is not None and reading.path is not None and reading.source is not None:
        kept = Written(
            image=image,
            effect=Effect.KEEP,
            destination=reading.source,
            path=reading.path,
            alt_text=existing,
            warnings=notes,
        )
        if not overwrite:
            if _is_same(existing, alt_text):
                if not mirror:
                    return Plan(outcome=replace(kept, effect=Effect.UNCHANGED))
                destination = reading.source  # the copies go where the words are
            elif not _gives_way(existing, alt_text):
                return Plan(outcome=replace(kept, reason=_why_kept(existing)))
        if alt_text.origin is not Origin.HUMAN and existing.state is not State.DRAFT:
            notes += (f"replaces a person's words: {existing.text or 'decorative'}",)
    rules = mirrors.mirroring(alt_text, reading.captions, reading.copied, wanted=mirror)
    outcome, changes = _place(image, alt_text, destination, naming, reading, rules)
    effect = Effect.WRITE if changes else Effect.UNCHANGED
    outcome = replace(outcome, effect=effect, warnings=notes + outcome.warnings)
    return Plan(outcome=outcome, changes=changes)


@dataclass(frozen=True, slots=True)
class Prepared:
    """New versions of a picture's files, whole and checked, beside those that they replace."""

    written: Written  # as it will be
    _parts: tuple[tuple[Built, bool], ...]  # whether it only follows: see Change
    lacks_room: bool = False  # for one that only follows

    @property
    def replaced(self) -> tuple[Replaced, ...]:
        """Return what a journal must know before they are put in place; empty if none is."""
        return tuple(new.replaced for new, _ in self._parts)

    @property
    def targets(self) -> tuple[Path, ...]:
        """Return the files that they replace."""
        return tuple(new.target for new, _ in self._parts)

    def put(self) -> Written:
        """Put them in place; their names are on the disk after files.sync_names.

        Raises:
            ChangedMeanwhileError, CannotWriteError: the place that was asked for is as it was.
        """
        written = self.written
        for new, follows in self._parts:
            try:
                new.put()
            except CannotWriteError as error:
                if not follows:
                    raise
                written = _with_contradiction(written, new.target, error)
        return written


@contextlib.contextmanager
def prepared(
    image: Path,
    alt_text: AltText,
    destination: Destination,
    *,
    naming: SidecarNaming = SidecarNaming.WITH_EXTENSION,
    overwrite: bool = False,
    mirror: bool = False,
) -> Iterator[Prepared]:
    """Yield what writing puts in place, for whoever has locked the picture.

    Args:
        naming, overwrite, mirror: as plan takes them.

    Raises:
        As plan and files.built do; every file is as it was.
    """

    def planned_for(place: Destination) -> Plan:
        return plan(image, alt_text, place, naming=naming, overwrite=overwrite, mirror=mirror)

    with contextlib.ExitStack() as stack:
        try:
            ready = _built(planned_for(destination), stack)
        except (CannotEmbedError, NotKeptError) as error:
            if destination is Destination.SIDECAR:
                raise
            reason = error.reason if isinstance(error, NotKeptError) else str(error)
            planned = planned_for(Destination.SIDECAR)
            outcome = replace(planned.outcome, reason=_both(reason, planned.outcome.reason))
            ready = _built(replace(planned, outcome=outcome), stack)
        yield ready


def write(
    image: Path,
    alt_text: AltText,
    destination: Destination,
    *,
    naming: SidecarNaming = SidecarNaming.WITH_EXTENSION,
    overwrite: bool = False,
    mirror: bool = False,
) -> Written:
    """Write alt text, which nothing undoes; it is on the disk, checked, when this returns.

    Args:
        naming, overwrite, mirror: as plan takes them.

    Raises:
        As plan and files.built do; in any case every file is whole.
    """
    with (
        files.locked(image),
        prepared(
            image, alt_text, destination, naming=naming, overwrite=overwrite, mirror=mirror
        ) as ready,
    ):
        written = ready.put()
        files.sync_names(ready.targets)
        return written


def _cleaned(alt_text: AltText) -> AltText:
    text = clean(alt_text.text)
    if alt_text.decorative:
        text = ""
    elif not text:
        raise UnusableTextError("Alt text must not be empty")
    if len(text) > MOST_CHARACTERS:
        raise UnusableTextError(f"Alt text must not pass {MOST_CHARACTERS} characters")
    confidence = alt_text.confidence
    return replace(
        alt_text,
        text=text,
        extended_description=clean(alt_text.extended_description, lines=True),
        language=language_tag(alt_text.language) if text else "",
        confidence=None if confidence is None else round(confidence, 2),
    )


def require_usable(alt_text: AltText) -> None:
    """Refuse words that cannot be written, whatever the picture.

    Raises:
        UnusableTextError: the text is empty or endless.
    """
    _cleaned(alt_text)


def _notes(alt_text: AltText) -> tuple[str, ...]:
    if len(alt_text.text) <= ADVISED_CHARACTERS:
        return ()
    return (f"is longer than {ADVISED_CHARACTERS} characters: some programs cut it",)


def _gives_way(existing: AltText, alt_text: AltText) -> bool:
    return existing.state is State.DRAFT and alt_text.state is not State.DRAFT


def _why_kept(existing: AltText) -> str:
    match existing.state:
        case State.DECORATIVE:
            return "is marked as decorative"
        case State.DRAFT:
            return "has a draft already"
        case _:
            return "has a person's alt text already"


def _place(
    image: Path,
    alt_text: AltText,
    destination: Destination,
    naming: SidecarNaming,
    reading: Reading,
    rules: Mirroring,
) -> tuple[Written, tuple[Change, ...]]:
    """Return what will stand where, and what has to change for it."""
    date = datetime.now(UTC).isoformat(timespec="milliseconds")
    contrary = [each for each in reading.versions if not same_words(each.alt_text, alt_text)]

    def words_for(path: Path) -> _NewWords:
        elsewhere = tuple(each.alt_text.text for each in contrary if each.path != path)
        return _NewWords(alt_text, date, elsewhere, rules)

    reason = ""
    path = image
    version = None
    if destination is Destination.EMBED:
        try:
            version = _embedding(image, words_for(image))
        except CannotEmbedError as error:
            destination, reason = Destination.SIDECAR, str(error)
    if version is None:
        destination = Destination.SIDECAR
        place = sidecar.place(image, naming)
        path, reason = place.path, _both(reason, place.reason)
        version = _sidecar_writing(image, place, words_for(path))
    changes = [*version.changes]
    # A place that says something else would contradict the new words: it follows, if it can.
    contradictions = []
    for other in contrary:
        if other.path == path:
            continue
        words = words_for(other.path)
        try:
            if other.source is Destination.EMBED:
                following = _embedding(image, words)
            else:
                following = _sidecar_writing(image, Place(other.path), words)
        except (CannotEmbedError, SidecarError, CannotWriteError) as error:
            contradictions.append(_contradiction(other.path, error))
        else:
            changes += [replace(change, follows=True) for change in following.changes]
    outcome = Written(
        image=image,
        effect=Effect.WRITE,
        destination=destination,
        path=path,
        alt_text=alt_text,
        reason=reason,
        replaced=reading.alt_text,
        warnings=(*contradictions, *filter(None, (rules.note, *version.notes))),
        copied_to=version.copied_to,
    )
    return outcome, tuple(changes)


def _both(first: str, second: str) -> str:
    return "; ".join(filter(None, (first, second)))


def _contradiction(path: Path, error: Exception) -> str:
    return f"{path.name} still says something else: {error}"


def _is_same(found: AltText, alt_text: AltText) -> bool:
    if not alt_text.language:  # of no stated language: as good as any
        found = replace(found, language="")
    return found == alt_text


@dataclass(frozen=True, slots=True)
class _NewWords:
    """Alt text on its way into a packet."""

    alt_text: AltText
    date: str
    supersedes: tuple[str, ...]  # texts elsewhere that it may have to stand in for
    rules: Mirroring

    def caption(self, packet: bytes | None) -> str:
        """Return what the caption fields beside a packet say from now on; empty: they stay."""
        found = xmp.Words() if packet is None else xmp.read(packet)
        return self.rules.caption(self.alt_text, found)

    def are_in(self, packet: bytes, caption: str) -> bool:
        """Return whether a packet has this very alt text, and nothing needs to be written."""
        words = xmp.read(packet, self.alt_text.language)
        found = words.alt_text
        if found is None or not _is_same(found, self.alt_text):
            return False
        return not caption or (words.captions, words.caption_hash) == (
            (caption,),
            text_hash(caption),
        )

    def merged(self, packet: bytes | None, caption: str, extension: str = "") -> bytes:
        return xmp.merge(
            packet,
            self.alt_text,
            date=self.date,
            extension=extension,
            supersedes=self.supersedes,
            caption=caption,
        )


@dataclass(frozen=True, slots=True)
class _Version:
    """What becomes of one of the files that speak of a picture."""

    changes: tuple[Change, ...] = ()  # none where nothing needs to be written
    copied_to: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # for a person


def _embedding(image: Path, words: _NewWords) -> _Version:
    """Return how alt text gets into the picture's own file, with copies where there may be some.

    Raises:
        CannotEmbedError: it must not get there.
    """
    target = Path(os.path.realpath(image))
    status = target.stat()
    _require_embeddable(target, status)
    with Source.open(target) as source:
        container = containers.find(source.read(0, containers.HEAD_BYTES))
        if container is None:
            raise CannotEmbedError("this kind of file takes alt text in a sidecar only")
        if container.writer is None:
            raise CannotEmbedError(f"{container.name} files take alt text in a sidecar only")
        if target.suffix.lower() not in container.suffixes:
            raise CannotEmbedError(container.misnamed)
        writer = container.writer
        survey = writer.survey(source)
        present = container.look(source).packets
        try:
            caption = words.caption(survey.packet)
            new = _new_contents(target, writer, source, survey, present, words, caption)
        except CannotMirrorError as error:
            new = _new_contents(target, writer, source, survey, present, words, "")
            note = f"its caption fields stay as they are: {error}"
            new = replace(new, copies=replace(new.copies, notes=(note,)))
    copies = new.copies
    if not new.pieces:
        return _Version(copied_to=copies.fields, notes=copies.notes)
    appearance = _appearance(target)
    expected = replace(survey, packet=new.packet, captions={**survey.captions, **copies.texts})

    def check(temporary: Path) -> None:
        with Source.open(temporary) as source:
            after = writer.survey(source)
        found = xmp.read(new.packet, words.alt_text.language).alt_text
        if (
            after != expected
            or found is None
            or not same_words(found, words.alt_text)
            or _appearance(temporary) != appearance
        ):
            raise CannotEmbedError("the new file did not pass its check")

    replacement = Replacement(target=target, stamp=Stamp.of(status), pieces=new.pieces)
    return _Version((Change(replacement, check),), copies.fields, copies.notes)


def _require_unsigned(target: Path, packets: Collection[bytes]) -> None:
    reasons = (signatures.beside(target), *map(signatures.within, packets))
    if reason := next(filter(None, reasons), ""):
        raise CannotEmbedError(reason)


@dataclass(frozen=True, slots=True)
class _NewContents:
    """What will be in the picture's own file."""

    packet: bytes
    pieces: tuple[Piece, ...]  # none where nothing needs to be written
    copies: Copies


def _new_contents(
    target: Path,
    writer: Writer,
    source: Source,
    survey: Survey,
    present: Collection[bytes],
    words: _NewWords,
    caption: str,
) -> _NewContents:
    """Return what will be in the picture's own file.

    Args:
        present: all packets in it.
        caption: what the caption fields say from now on; empty: they stay.

    Raises:
        CannotEmbedError: alt text must not get there.
        CannotMirrorError: the caption must not; alt text alone may.
    """
    copies = mirrors.copies(survey, caption, words.rules) if caption else Copies({}, ())
    old = survey.packet
    try:
        if old is not None and not copies.texts and words.are_in(old, caption):
            return _NewContents(old, (), copies)
        _require_unsigned(target, present)
        _require_one_place(survey, present, words.alt_text)
        merged = words.merged(old, caption)
    except MalformedPacketError as error:
        raise CannotEmbedError(str(error)) from error
    old_size = None if old is None else len(old)
    packet = xmp.fit(merged, old_size, padding=writer.padding, limit=writer.limit)
    refusal = CannotMirrorError if caption else CannotEmbedError
    if len(packet) > writer.limit:
        raise refusal("its XMP packet has no room for more")
    if survey.no_growth and len(packet) != old_size:
        raise refusal(survey.no_growth)
    return _NewContents(packet, writer.with_packet(source, packet, copies.texts), copies)


def _require_one_place(survey: Survey, present: Collection[bytes], alt_text: AltText) -> None:
    """Raise CannotEmbedError where words that say something else would stay in the file."""
    for packet in present:
        found = None if packet == survey.packet else xmp.read(packet, alt_text.language).alt_text
        if found is not None and not same_words(found, alt_text):
            raise CannotEmbedError("it has alt text in a place that cannot be written, too")


def _require_embeddable(target: Path, status: os.stat_result) -> None:
    if status.st_nlink > 1:
        raise CannotEmbedError("the file has a second name (a hard link)")
    if not _is_writable(target, status):
        raise CannotEmbedError("the file is read-only")
    if status.st_size > MOST_BYTES:
        raise CannotEmbedError("the file is larger than 2 GiB")


def _is_writable(path: Path, status: os.stat_result) -> bool:
    # Replacing a file needs no right to it, so we ask; and the administrator may write anything.
    return bool(status.st_mode & stat.S_IWUSR) and os.access(path, os.W_OK)


def _appearance(image: Path) -> object:
    """Return what Pillow sees at the first look; its complaint where it cannot."""
    from PIL import Image  # only what embeds needs it: the window starts without

    # What Pillow raises on damaged files; both versions must fail alike.
    complaints = (
        OSError,
        SyntaxError,
        ValueError,
        TypeError,
        EOFError,
        struct.error,
        Image.DecompressionBombError,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(image) as picture:
                frames = getattr(picture, "n_frames", 1)
                return picture.size, picture.mode, frames, picture.info.get("icc_profile")
        except complaints as error:
            return type(error)


def _sidecar_writing(image: Path, place: Place, words: _NewWords) -> _Version:
    """Return how alt text gets into a sidecar, with a copy where there may be one.

    Raises:
        SidecarError, CannotWriteError: it must not, or cannot.
    """
    path = place.path
    target = Path(os.path.realpath(path))
    try:
        status = target.stat()
    except FileNotFoundError:
        caption = words.caption(None)
        new = sidecar.new(words.merged(None, caption, place.extension))
        mode = stat.S_IMODE(image.stat().st_mode) & 0o666 | 0o600
        replacement = Replacement(target=target, stamp=None, pieces=(new,), mode=mode)
        return _Version((Change(replacement),), _in_sidecar(caption))
    except OSError as error:
        raise CannotWriteError(path, error.strerror or str(error)) from error
    if reason := sidecar.not_a_file(target):
        raise SidecarError(path, reason, "Give it another name, or move it away.")
    if not _is_writable(target, status):
        raise CannotWriteError(path, "it is read-only")
    if status.st_nlink > 1:
        raise CannotWriteError(path, "it has a second name (a hard link)")
    packet = sidecar.contents(target)
    try:
        caption = words.caption(packet)
        if words.are_in(packet, caption):
            return _Version(copied_to=_in_sidecar(caption))
        if reason := signatures.beside(target) or signatures.within(packet):
            raise SidecarError(path, reason.replace("the file", "it"))
        new = words.merged(packet, caption, place.extension)
        if xmp.is_blank(packet):  # what a full disk leaves
            new = sidecar.new(new)
    except MalformedPacketError as error:
        raise SidecarError(path, str(error).replace("its XMP packet", "it")) from error
    replacement = Replacement(
        target=target, stamp=Stamp.of(status), pieces=(new,), keep_times=False
    )
    return _Version((Change(replacement),), _in_sidecar(caption))


def _in_sidecar(caption: str) -> tuple[str, ...]:
    return (mirrors.DESCRIPTION,) if caption else ()


def _built(planned: Plan, stack: contextlib.ExitStack) -> Prepared:
    written = planned.outcome
    parts = []
    lacks_room = False
    for change in planned.changes:
        try:
            new = stack.enter_context(files.built(change.replacement, check=change.check))
        except (CannotEmbedError, CannotWriteError) as error:
            if not change.follows:
                raise
            written = _with_contradiction(written, change.replacement.target, error)
            lacks_room = lacks_room or isinstance(error, CannotWriteError)
        else:
            parts.append((new, change.follows))
    return Prepared(written, tuple(parts), lacks_room)


def _with_contradiction(written: Written, path: Path, error: Exception) -> Written:
    return replace(written, warnings=(*written.warnings, _contradiction(path, error)))
