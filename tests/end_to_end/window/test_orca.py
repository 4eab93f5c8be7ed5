"""What the Orca screen reader says on the main path, against a text that was read by people.

Runs on request (-m orca): it takes a minute, and another version of Orca may word things otherwise.
Keys and what depends on speed are left out of the text; each of its lines must be heard, in order.
"""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parent / "orca_main_path.txt"

pytestmark = [pytest.mark.gui, pytest.mark.orca]


def test_checklist_40_orca_says_what_people_have_read(
    tmp_path: Path,
    toy_model: Path,
    play: Callable[..., dict[str, Any]],
    request: pytest.FixtureRequest,
) -> None:
    if "orca" not in (request.config.getoption("markexpr") or ""):
        pytest.skip("runs with -m orca only")
    if shutil.which("orca") is None:
        pytest.skip("orca is not installed")
    log = tmp_path / "orca.log"
    play(tmp_path, toy_model, ORCA_LOG=str(log), PACE="0.6")
    text = log.read_text(encoding="utf-8", errors="replace")
    heard = [line.strip(". ") for line in re.findall(r"SPEECH OUTPUT: '(.*?)'", text)]
    rest = iter(heard)
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        assert line in rest, f"{line!r} was not heard where it should be, in\n" + "\n".join(heard)
