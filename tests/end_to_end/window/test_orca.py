"""What the Orca screen reader says on the main path, compared with a text that was read by people.

Runs on request (-m orca): it takes a minute, and another version of Orca may word things otherwise.
To accept a new text: ORCA_WRITE=1 pytest -m orca, then read the difference.
"""

import itertools
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

GOLDEN = Path(__file__).parent / "orca_main_path.txt"

PASSING = re.compile(  # keys, and what depends on how fast things come one after another
    r"\w|left \w+|space|tab|return|backspace|escape|F\d+|Waiting to be captioned|holida|"
    r"(holiday \(6 pictures\) - )?lorgnette( frame)?|Text unselected|entire document selected|"
    r"A red wall in the sun"
)

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
    said = re.findall(r"SPEECH OUTPUT: '(.*?)'", log.read_text(encoding="utf-8", errors="replace"))
    lines = [re.sub(r"^\d\d:\d\d:\d\d ", "TIME ", line).strip(". ") for line in said]
    heard = [line for line in lines if line and not PASSING.fullmatch(line)]
    text = "".join(f"{line}\n" for line, _ in itertools.groupby(heard))
    if os.environ.get("ORCA_WRITE"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
