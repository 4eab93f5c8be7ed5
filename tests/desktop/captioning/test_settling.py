"""What is told of several frames: their common sentence, or the draft of the first."""

import pytest

from lorgnette.captioning.caption import Caption, Sighting, Word
from lorgnette.captioning.settling import settled, weights


def said(text: str, confidence: float, model: str = "") -> Caption:
    """Return a caption; with what the model would have said, where only what is sure is told."""
    words = tuple(Word(text=word, probability=0.9) for word in text.rstrip(".").split())
    return Caption(
        text=text,
        log_probability=-1,
        confidence=0.95 if model else confidence,
        candidates=(text,) if text else (),
        words=words,
        model_words=tuple((model or text).rstrip(".").lower().split()),
        model_confidence=confidence,
    )


DOG = said("A dog standing on grass.", 0.6)
DOGS = [DOG, said("A brown dog standing on the grass.", 0.6), said("A dog stands on grass.", 0.6)]


def test_the_surer_frames_weigh_more_and_none_is_without_weight() -> None:
    assert weights([said("A dog.", 0.75), said("", 0.15)]) == pytest.approx((0.8, 0.2))
    assert weights([said("", 0.0)]) == (1.0,)


def test_the_first_stands_where_together_they_are_hardly_surer() -> None:
    for together in (said("A brown dog standing on grass.", 0.63), said("A dog on grass.", 0.3)):
        assert settled(DOGS, together).text == DOG.text
    surer = said("A brown dog standing on grass.", 0.66)
    assert settled(DOGS, surer).text == surer.text


def test_what_stands_has_the_other_among_its_candidates_and_what_all_frames_saw() -> None:
    together = said("A brown dog standing on grass.", 0.5)
    seen = (Sighting(name="dog", probability=0.9, sure=True),)
    found = settled(DOGS, Caption(**{**fields(together), "seen": seen}))
    assert found.candidates == (DOG.text, together.text)
    assert found.seen == seen
    assert found.confidence == DOG.confidence


def fields(caption: Caption) -> dict[str, object]:
    return {name: getattr(caption, name) for name in Caption.__slots__}


def test_a_first_frame_that_most_contradict_gives_way() -> None:
    alone = [said("A white dog in the dark.", 0.7), *[said("A plate of food.", 0.6)] * 3]
    assert settled(alone, said("A plate of food.", 0.55)).text == "A plate of food."
    less = said("A plate.", 0.3, "a plate on a dog")
    assert settled([said("A white dog.", 0.44), *alone[1:]], less).text == "A plate."
    assert settled(alone, less).text == alone[0].text  # it was surer than not


def test_frames_that_show_fewer_do_not_contradict_the_first() -> None:
    alone = [said("Two dogs with a toy.", 0.7), *[said("A dog with a toy.", 0.6)] * 4]
    assert settled(alone, said("A dog with a toy.", 0.7)).text == "Two dogs with a toy."


def test_a_first_frame_that_is_unsure_or_silent_gives_way_to_what_is_sure() -> None:
    unsure = said("Something.", 0.3, "a cat on a sofa")
    cats = [unsure, *[said("A cat lying on a bed.", 0.6)] * 3]
    assert settled(cats, said("A cat lying on a bed.", 0.55)).text == "A cat lying on a bed."
    silent = [said("", 0.1), *cats[1:]]
    assert settled(silent, said("A cat.", 0.4, "a cat on a bed")).text == "A cat."
    assert settled(cats, said("A cat on a bed.", 0.44)).text == unsure.text


@pytest.mark.parametrize(
    "together",
    [
        "A dog running on grass.",  # no frame shows it run
        "Two people with a dog standing on grass.",  # none shows anybody
    ],
)
def test_no_movement_and_no_number_is_gained_that_most_frames_do_not_show(together: str) -> None:
    assert settled(DOGS, said(together, 0.9)).text == DOG.text


def test_the_same_in_other_words_leaves_the_first_as_it_is() -> None:
    alone = [said("Donuts.", 0.2, "a box of donuts")] * 2
    assert settled(alone, said("A donut.", 0.2, "a donut")).text == "Donuts."
