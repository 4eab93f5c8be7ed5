"""The plan of a batch of writes tells what becomes of each picture."""

import os
from pathlib import Path

import pytest
from tests.oracles import ExifTool

from lorgnette.alttext import AltText, Destination, SidecarNaming, write
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.writing.jobs import WritePlan, plan

pytestmark = pytest.mark.gui


def planned(
    image: Path, destination: Destination, *, replace: bool = False, mirror: bool = False
) -> WritePlan:
    picture = Picture(path=image, alt=AltText(text="My words."))
    naming = SidecarNaming.WITH_EXTENSION
    (result,) = plan([picture], destination, naming=naming, replace=replace, mirror=mirror)
    return result


def test_the_text_that_stays_or_goes_is_told(red: Path) -> None:
    write(red, AltText(text="Older words."), Destination.SIDECAR)
    kept = planned(red, Destination.SIDECAR)
    assert (kept.kept, kept.others) == (1, (f"{red.name} keeps: Older words.",))
    replaced = planned(red, Destination.SIDECAR, replace=True)
    assert (replaced.replaced, replaced.others) == (1, (f"{red.name} loses: Older words.",))


def test_a_folder_that_takes_no_files_is_told_before(
    red: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() == 0:  # root may write everywhere: the answer of the system is what differs
        monkeypatch.setattr(os, "access", lambda *_: False)
    else:
        red.parent.chmod(0o555)
    try:
        refused = planned(red, Destination.SIDECAR)
    finally:
        red.parent.chmod(0o755)
    assert refused.sidecars == 0
    assert refused.refused == (f"{red.name}: nothing can be written in {red.parent}.",)


def test_copies_in_caption_fields_and_captions_that_stay_are_told(
    red: Path, exiftool: ExifTool
) -> None:
    assert planned(red, Destination.EMBED, mirror=True).copied == 1
    assert planned(red, Destination.EMBED).copied == 0
    exiftool.run("-overwrite_original", "-XMP-dc:Description=Our gate", red)
    kept = planned(red, Destination.EMBED, mirror=True)
    assert (kept.embeds, kept.copied) == (1, 0)
    assert kept.others == (
        f"{red.name}: its caption stays as it is: dc:description says: Our gate.",
    )
