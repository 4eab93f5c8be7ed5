"""What gives way to what, and what never does."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from lorgnette import alttext
from lorgnette.alttext import (
    AltText,
    Destination,
    Effect,
    Origin,
    UnusableTextError,
    containers,
)
from lorgnette.alttext import writing as writing_module

Sample = Callable[[str], Path]
MINE = AltText(text="Mine", language="en")
DRAFT = AltText(text="Draft", language="en", origin=Origin.MACHINE, reviewed=False)
OTHER = AltText(text="Other", language="en")
BETTER = replace(DRAFT, text="A better draft", model="new/2")
CONFIRMED = replace(DRAFT, reviewed=True)
DECORATIVE = AltText(decorative=True)


@pytest.mark.parametrize("destination", list(Destination))
@pytest.mark.parametrize(
    ("old", "new", "overwrite", "effect", "reason"),
    [
        (None, DRAFT, False, Effect.WRITE, ""),
        (DRAFT, DRAFT, False, Effect.UNCHANGED, ""),
        (DRAFT, BETTER, False, Effect.KEEP, "has a draft already"),
        (DRAFT, BETTER, True, Effect.WRITE, ""),
        (DRAFT, MINE, False, Effect.WRITE, ""),
        (DRAFT, CONFIRMED, False, Effect.WRITE, ""),
        (DRAFT, DECORATIVE, False, Effect.WRITE, ""),
        (MINE, DRAFT, False, Effect.KEEP, "has a person's alt text already"),
        (MINE, OTHER, False, Effect.KEEP, "has a person's alt text already"),
        (MINE, OTHER, True, Effect.WRITE, ""),
        (CONFIRMED, BETTER, False, Effect.KEEP, "has a person's alt text already"),
        (DECORATIVE, DRAFT, False, Effect.KEEP, "is marked as decorative"),
        (DECORATIVE, DECORATIVE, True, Effect.UNCHANGED, ""),
    ],
)
def test_what_gives_way(
    old: AltText | None,
    new: AltText,
    overwrite: bool,
    effect: Effect,
    reason: str,
    destination: Destination,
    sample: Sample,
) -> None:
    picture = sample("plain.jpg")
    if old is not None:
        alttext.write(picture, old, destination)
    before = {path: path.read_bytes() for path in picture.parent.iterdir()}
    planned = alttext.plan(picture, new, destination, overwrite=overwrite)
    assert {path: path.read_bytes() for path in picture.parent.iterdir()} == before
    written = alttext.write(picture, new, destination, overwrite=overwrite)
    assert written == planned.outcome
    assert (written.effect, written.reason, written.destination) == (effect, reason, destination)
    expected = old if effect is Effect.KEEP else new
    assert (alttext.read(picture).alt_text, written.alt_text) == (expected, expected)
    if effect is Effect.WRITE:
        assert written.replaced == old
    else:
        assert {path: path.read_bytes() for path in picture.parent.iterdir()} == before


def test_a_machine_replaces_a_persons_words_only_with_a_word(sample: Sample) -> None:
    picture = sample("plain.jpg")
    alttext.write(picture, MINE, Destination.SIDECAR)
    written = alttext.write(picture, DRAFT, Destination.SIDECAR, overwrite=True)
    assert written.warnings == ("replaces a person's words: Mine",)
    assert written.replaced == MINE


@pytest.mark.parametrize("text", ["", "  \n ", "\x07\x00", "\ud800", "a" * 2001])
def test_what_is_no_text_is_not_written(text: str, sample: Sample) -> None:
    picture = sample("plain.jpg")
    with pytest.raises(UnusableTextError):
        alttext.write(picture, AltText(text=text), Destination.SIDECAR)
    assert list(picture.parent.iterdir()) == [picture]


def test_a_long_text_is_written_with_a_warning(sample: Sample) -> None:
    picture = sample("plain.jpg")
    written = alttext.write(picture, AltText(text="a" * 251), Destination.SIDECAR)
    assert "longer than 250" in written.warnings[0]


def test_text_is_cleaned(sample: Sample) -> None:
    picture = sample("plain.jpg")
    messy = AltText(
        text=" A\tcafe\u0301\x07\n", extended_description="One\r\n two ", language="EN_us"
    )
    written = alttext.write(picture, messy, Destination.EMBED)
    assert written.alt_text == AltText(
        text="A café", extended_description="One\ntwo", language="en-US"
    )
    assert alttext.write(picture, messy, Destination.EMBED).effect is Effect.UNCHANGED


def test_words_without_a_language_are_the_same_words(sample: Sample) -> None:
    picture = sample("plain.jpg")
    alttext.write(picture, MINE, Destination.EMBED)
    written = alttext.write(picture, AltText(text="Mine"), Destination.EMBED, overwrite=True)
    assert written.effect is Effect.UNCHANGED


def test_a_second_language_joins_the_first(sample: Sample, exiftool) -> None:
    picture = sample("plain.jpg")
    alttext.write(picture, MINE, Destination.EMBED)
    german = AltText(text="Meins", language="de")
    alttext.write(picture, german, Destination.EMBED, overwrite=True)
    assert alttext.read(picture).alt_text == MINE
    assert alttext.read(picture, "de").alt_text == german
    tags = exiftool.tags(picture, "-XMP-iptcCore:all")
    assert tags["XMP-iptcCore:AltTextAccessibility-de"] == "Meins"
    assert tags["XMP-iptcCore:AltTextAccessibility-en"] == "Mine"


def test_wordpress_finds_its_languages(sample: Sample) -> None:
    """It looks for the first x:xmpmeta in the whole file, and for en or x-default in it."""
    picture = sample("plain.jpg")
    brazilian = AltText(text="Um gato", language="pt-BR")
    alttext.write(picture, brazilian, Destination.EMBED)
    data = picture.read_bytes()
    start, end = data.index(b"<x:xmpmeta"), data.index(b"</x:xmpmeta>")
    for tag in (b"x-default", b"pt", b"pt-BR"):
        assert b'<rdf:li xml:lang="' + tag + b'">Um gato</rdf:li>' in data[start:end]


def test_a_new_file_that_fails_its_check_is_thrown_away(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that loses a byte of the picture is caught before the picture is replaced."""
    picture = sample("plain.png")
    before = picture.read_bytes()
    container = containers.find(before)
    assert container is not None
    assert container.writer is not None
    sound = container.writer.with_packet

    def losing(source, packet, captions):  # type: ignore[no-untyped-def]
        *kept, last = sound(source, packet, captions)
        return (*kept, type(last)(last.start, last.end - 12))

    broken = replace(container, writer=replace(container.writer, with_packet=losing))
    monkeypatch.setattr(containers, "TABLE", (broken,))
    written = alttext.write(picture, MINE, Destination.EMBED)
    assert written.destination is Destination.SIDECAR
    assert written.reason
    assert picture.read_bytes() == before


def test_a_new_file_that_looks_different_is_thrown_away(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every block is there, but Pillow sees another picture."""
    picture = sample("exif-icc.webp")
    before = picture.read_bytes()
    container = containers.find(before)
    assert container is not None
    assert container.writer is not None
    sound = container.writer.with_packet

    def without_profile(source, packet, captions):  # type: ignore[no-untyped-def]
        first, *rest = sound(source, packet, captions)
        head = bytearray(source.read(0, 30))
        head[20] &= ~0x20  # the flag that announces the profile
        new = [piece for piece in (first, *rest) if isinstance(piece, bytes)]
        size = (len(source.read(0, source.size)) + len(new[-1]) - 8).to_bytes(4, "little")
        return (bytes(head[:4]) + size + bytes(head[8:]), type(first)(30, source.size), new[-1])

    broken = replace(container, writer=replace(container.writer, with_packet=without_profile))
    monkeypatch.setattr(containers, "TABLE", (broken,))
    written = alttext.write(picture, MINE, Destination.EMBED)
    assert (written.destination, written.reason) == (
        Destination.SIDECAR,
        "the new file did not pass its check",
    )
    assert picture.read_bytes() == before


def test_a_place_that_fails_to_follow_does_not_stop_the_rest(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = sample("plain.png")
    alttext.write(picture, MINE, Destination.EMBED)
    before = picture.read_bytes()
    container = containers.find(before)
    assert container is not None
    assert container.writer is not None
    broken = replace(container.writer, with_packet=lambda source, packet, captions: (before[:-1],))
    monkeypatch.setattr(containers, "TABLE", (replace(container, writer=broken),))
    written = alttext.write(picture, OTHER, Destination.SIDECAR, overwrite=True)
    assert "plain.png still says something else" in written.warnings[0]
    assert (written.effect, picture.read_bytes()) == (Effect.WRITE, before)
    assert alttext.read(picture).alt_text == OTHER


def test_a_very_large_file_gets_a_sidecar(sample: Sample) -> None:
    picture = sample("plain.jpg")
    with picture.open("r+b") as file:
        file.truncate((2 << 30) + 1)  # a hole, which takes no room
    written = alttext.write(picture, MINE, Destination.EMBED)
    assert (written.destination, "2 GiB" in written.reason) == (Destination.SIDECAR, True)


def test_a_journal_hears_of_every_file(sample: Sample) -> None:
    heard: list[str] = []
    picture = sample("plain.jpg")
    for destination in Destination:
        words = AltText(text=destination.value)
        with alttext.prepared(picture, words, destination, overwrite=True) as ready:
            heard += [each.replacement.target.name for each in ready.replaced]
            assert alttext.read(picture).alt_text != words
            assert ready.put() == ready.written
        assert alttext.read(picture).alt_text == words
    # The words in the sidecar follow those in the picture.
    assert heard == ["plain.jpg.xmp", "plain.jpg", "plain.jpg.xmp"]


def test_the_module_names_what_it_offers() -> None:
    assert all(hasattr(alttext, name) for name in alttext.__all__)
    assert writing_module.MOST_CHARACTERS == 2000
