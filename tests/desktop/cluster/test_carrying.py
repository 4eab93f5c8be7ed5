import json
import os
from pathlib import Path

from lorgnette.captioning.caption import Caption, Sighting, Word
from lorgnette.cluster.carrying import packed, text, unpacked
from lorgnette.errors import UnreadableImageError
from lorgnette.jobs.outcome import Outcome, Verdict
from lorgnette.ocr.found import Line, PictureText, ReadWord
from lorgnette.ocr.quoting import Quote

WHOLE = Outcome(
    image=Path(os.fsdecode(b"/archive/caf\xe9 \xf0\x9f\x96\xbc.png")),
    verdict=Verdict.CAPTIONED,
    caption=Caption(
        text="A cup.",
        log_probability=-1.25,
        confidence=0.5,
        candidates=("A cup.", "Two cups."),
        words=(Word(text="A", probability=1.0), Word(text="cup.", probability=0.5, doubted=True)),
        model_words=("a", "cup"),
        seen=(Sighting(name="cup", probability=0.97, sure=True),),
    ),
    alt_text="A cup.",
    extended_description="It says:\n\u201cTea\u201d",
    text=PictureText(
        paragraphs=(
            (
                (
                    Line(
                        words=(ReadWord(text="Tea", confidence=0.9),),
                        confidence=0.9,
                        box=(0.0, 0.1, 0.5, 0.25),
                        height=0.1,
                    ),
                ),
            ),
        )
    ),
    quoted=Quote(alt_text="A cup.", rest="", confidence=0.25),
    text_model="reader/1",
    written_to=Path("/archive/cup.png.xmp"),
    seconds=0.125,
)


def carried(outcome: Outcome) -> Outcome:
    return unpacked(json.loads(text(packed(outcome)).encode()))


def test_an_outcome_comes_as_it_was_sent() -> None:
    assert carried(WHOLE) == WHOLE


def test_an_error_keeps_its_words() -> None:
    error = UnreadableImageError(Path("a.png"), "it is empty", "Copy it again.")
    came = carried(
        Outcome(image=Path("a.png"), verdict=Verdict.FAILED, reason=str(error), error=error)
    )
    assert came.verdict is Verdict.FAILED
    assert (str(came.error), came.error and came.error.hint) == (str(error), "Copy it again.")
