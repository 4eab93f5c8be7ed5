"""SVG: its title is a suggestion, its metadata may hold alt text."""

from pathlib import Path

from lorgnette import alttext
from lorgnette.alttext import AltText, Destination, Suggestion

SVG = (
    '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><title>A circle</title>'
    "<desc>Round</desc><metadata>{}</metadata><circle r='1'/></svg>"
)
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    'xmlns:I="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"><I:AltTextAccessibility>'
    "A red circle</I:AltTextAccessibility></rdf:Description></rdf:RDF>"
)


def test_title_and_description_are_suggestions(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text(SVG.format(""))
    reading = alttext.read(path)
    assert reading.alt_text is None
    assert reading.suggestions == (
        Suggestion("SVG title", "A circle"),
        Suggestion("SVG desc", "Round"),
    )
    written = alttext.write(path, AltText(text="A"), Destination.EMBED)
    assert written.destination is Destination.SIDECAR


def test_metadata_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    path.write_text(SVG.format(RDF))
    assert alttext.read(path).alt_text == AltText(text="A red circle")


def test_a_doctype_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    drawing = SVG.format(RDF).replace("A red circle", "A &a; circle")
    path.write_text("<!DOCTYPE svg [<!ENTITY a 'red'>]>" + drawing.partition("\n")[2])
    assert alttext.read(path).alt_text == AltText(text="A &a; circle")
