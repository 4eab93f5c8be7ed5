"""What the clipboard is given."""

import pytest

from lorgnette.gui.copying.formats import as_table

pytestmark = pytest.mark.gui


def test_a_table_runs_no_formula() -> None:
    data = as_table(
        [("Picture", "Text"), ("=cmd.jpg", "a\tb\nc"), ("x", " +1"), ("y", "\uff1dSUM")]
    )
    assert data.text() == ("Picture\tText\n'=cmd.jpg\ta b c\nx\t'+1\ny\t'\uff1dSUM")
    assert "<td>&#x27;=cmd.jpg</td>" in data.html()
