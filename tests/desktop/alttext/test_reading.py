"""Which words count where there are several."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, Origin, State, xmp
from lorgnette.errors import UnreadableImageError

Sample = Callable[[str], Path]
MINE = AltText(text="Mine", language="en")
DRAFT = AltText(text="Draft", language="en", origin=Origin.MACHINE, reviewed=False)


def both(picture: Path, inside: AltText, beside: AltText, *dates: str) -> None:
    """Put words into both places, as two programs that do not know each other would."""
    alttext.write(picture, inside, Destination.EMBED)
    if dates:
        data = picture.read_bytes()
        at = data.index(b'lorgnette:Date="') + 16
        picture.write_bytes(data[:at] + dates[0].encode() + data[at + len(dates[0]) :])
    path = picture.with_name(f"{picture.name}.xmp")
    path.write_bytes(xmp.merge(None, beside, date=dates[1] if dates else ""))


def test_nothing_is_nothing(sample: Sample) -> None:
    assert alttext.read(sample("plain.jpg")) == alttext.Reading()


@pytest.mark.parametrize(("inside", "beside"), [(MINE, DRAFT), (DRAFT, MINE)])
def test_a_persons_words_beat_a_machines(inside: AltText, beside: AltText, sample: Sample) -> None:
    picture = sample("plain.jpg")
    both(picture, inside, beside)
    reading = alttext.read(picture)
    assert reading.alt_text == MINE
    assert [conflict.alt_text for conflict in reading.conflicts] == [DRAFT]


@pytest.mark.parametrize(("dates", "winner"), [((2025, 2026), "Theirs"), ((2026, 2025), "Mine")])
def test_the_newer_of_two_persons_words_is_shown_and_the_other_too(
    dates: tuple[int, int], winner: str, sample: Sample
) -> None:
    picture = sample("plain.jpg")
    stamps = [f"{year}-01-01T00:00:00.000+00:00" for year in dates]
    both(picture, MINE, AltText(text="Theirs", language="en"), *stamps)
    reading = alttext.read(picture)
    assert reading.alt_text is not None
    assert reading.alt_text.text == winner
    assert len(reading.conflicts) == 1
    assert {version.source for version in reading.versions} == set(Destination)


@pytest.mark.parametrize("newer", ["inside", "beside"])
def test_without_dates_the_newer_file_is_shown(newer: str, sample: Sample) -> None:
    picture = sample("plain.jpg")
    both(picture, MINE, AltText(text="Theirs"))
    path = picture.with_name(f"{picture.name}.xmp")
    os.utime(picture, (10, 200 if newer == "inside" else 100))
    os.utime(path, (10, 100 if newer == "inside" else 200))
    reading = alttext.read(picture)
    assert reading.alt_text is not None
    assert reading.alt_text.text == ("Mine" if newer == "inside" else "Theirs")


def test_the_same_words_twice_are_no_conflict(sample: Sample) -> None:
    picture = sample("plain.jpg")
    both(picture, MINE, MINE)
    reading = alttext.read(picture)
    assert (reading.source, reading.conflicts) == (Destination.EMBED, ())
    assert len(reading.versions) == 2


def test_a_new_text_reaches_both_places(sample: Sample) -> None:
    picture = sample("plain.jpg")
    both(picture, MINE, AltText(text="Theirs"))
    new = AltText(text="New", language="en")
    for destination in Destination:
        written = alttext.write(picture, new, destination, overwrite=True)
        assert written.warnings == ()
        reading = alttext.read(picture)
        assert (reading.alt_text, reading.conflicts) == (new, ())
        new = AltText(text="Newer", language="en")


def test_a_place_that_cannot_follow_is_named(sample: Sample) -> None:
    picture = sample("plain.jpg")
    alttext.write(picture, MINE, Destination.EMBED)
    picture.chmod(0o444)
    new = AltText(text="New", language="en")
    written = alttext.write(picture, new, Destination.SIDECAR, overwrite=True)
    assert written.warnings == ("plain.jpg still says something else: the file is read-only",)
    reading = alttext.read(picture)
    assert reading.alt_text == new
    assert [conflict.alt_text for conflict in reading.conflicts] == [MINE]


def test_a_malformed_sidecar_is_reported(sample: Sample) -> None:
    picture = sample("plain.jpg")
    alttext.write(picture, MINE, Destination.EMBED)
    picture.with_name("plain.jpg.xmp").write_bytes(b"<description")
    reading = alttext.read(picture)
    assert reading.alt_text == MINE
    assert "plain.jpg.xmp" in reading.troubles[0]


def test_a_lone_extended_description_is_read(sample: Sample) -> None:
    picture = sample("plain.jpg")
    data = xmp.merge(None, AltText(text="A", extended_description="Long"), date="")
    start, end = data.index(b"<Iptc4xmpCore:AltText"), data.index(b"<Iptc4xmpCore:ExtDescr")
    picture.with_name("plain.jpg.xmp").write_bytes(data[:start] + data[end:])
    reading = alttext.read(picture)
    assert reading.alt_text is None
    assert reading.extended_description == "Long"
    assert not reading.suggestions


def test_a_missing_picture_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match="no such file"):
        alttext.read(tmp_path / "none.jpg")
    with pytest.raises(UnreadableImageError):
        alttext.read(tmp_path)


def test_states(sample: Sample) -> None:
    picture = sample("plain.jpg")
    for alt_text, state in (
        (DRAFT, State.DRAFT),
        (AltText(decorative=True), State.DECORATIVE),
        (AltText(text="A", origin=Origin.MACHINE), State.REVIEWED),
        (AltText(text="A", origin=Origin.MACHINE_EDITED), State.REVIEWED),
        (MINE, State.REVIEWED),
    ):
        alttext.write(picture, alt_text, Destination.SIDECAR, overwrite=True)
        found = alttext.read(picture).alt_text
        assert found == alt_text
        assert found.state is state
