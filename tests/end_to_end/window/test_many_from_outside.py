"""A list of thousands as a screen reader meets it: from another process, key by key.

How long a key takes is written down beside what is judged here; bench_window.py measures it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FEW, MANY = 40, 10_000

pytestmark = pytest.mark.gui


@pytest.fixture(scope="module", params=[FEW, MANY])
def seen(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    toy_model: Path,
    play: Callable[..., dict[str, Any]],
) -> dict[str, Any]:
    """What the bus said at each of some keys down the list."""
    return {"count": request.param} | play(
        tmp_path_factory.mktemp("person"),
        toy_model,
        reader="reader_of_many.py",
        arguments=[str(request.param)],
        pictures=request.param,
        opened=True,
    )


def test_checklist_34_a_key_costs_the_same_among_thousands(seen: dict[str, Any]) -> None:
    assert f"{seen['count']} of {seen['count']}" in seen["last row"].replace(",", "")
    assert len(seen["keys"]) == len(seen["milliseconds"]) > 20
    for kinds in seen["keys"]:
        # One row gains the focus and one loses it; rows come and go for nobody.
        assert kinds.count("object:state-changed:focused") == 2, kinds
        assert kinds.count("object:state-changed:selected") == 2, kinds
        assert not [kind for kind in kinds if "children-changed" in kind or "bounds" in kind], kinds
        assert len(kinds) <= 20, kinds
