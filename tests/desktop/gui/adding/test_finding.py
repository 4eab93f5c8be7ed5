"""What adding files and folders brings in, and what it says of the rest."""

import os
import sys
from pathlib import Path

import pytest

from lorgnette.gui.adding.jobs import LeftOut, Seen, find

pytestmark = pytest.mark.gui


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has none of these in folders")
def test_what_cannot_be_opened_ends_nothing(red: Path, tmp_path: Path) -> None:
    pipe, device, gone = (tmp_path / name for name in ("pipe", "device.dat", "gone.dat"))
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    notes = tmp_path / "notes.txt"
    notes.write_text("words")
    found = list(find([pipe, device, gone, notes, red], "en"))
    assert [each.path for each in found if isinstance(each, LeftOut)] == [notes]
    seen = [each.picture.path for each in found if isinstance(each, Seen)]
    assert seen == [pipe, device, gone, red]
