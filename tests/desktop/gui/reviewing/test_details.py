"""What the details tell of a picture."""

from pathlib import Path

from lorgnette.gui.batch.picture import Picture, Suggestion
from lorgnette.gui.reviewing.details import details


def test_what_was_seen_stands_in_the_details() -> None:
    seen = Suggestion(text="A cup.", seen=(("cup", 0.971), ("table", 0.8)))
    lines = details(Picture(path=Path("/p/a.jpg"), suggestion=seen)).splitlines()
    assert "Seen, and how likely each is there: cup 0.97, table 0.80" in lines
    assert not any("Seen" in line for line in details(Picture(path=Path("a"))).splitlines())
