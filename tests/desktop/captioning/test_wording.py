"""From a model's words to an alt text: what is mended, what is cut, what stays."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lorgnette.captioning.caption import Word
from lorgnette.captioning.people import People
from lorgnette.captioning.wording import LONGEST, sentence, worded
from lorgnette.english.lexicon import words_of

WORDS = words_of(
    "a an the two man woman men boy dog dogs sink toilet bathroom bus table plate red white small "
    "picture photo image of and or , with in on at next to front standing holding wearing sitting "
    "is are his her he very umbrella <unk> . 's it's tv who while another other filled group "
    "skateboarder building parking lot"
)
words_of_a_model = st.lists(
    st.builds(
        Word,
        text=st.sampled_from(sorted(WORDS)) | st.text(max_size=6),
        probability=st.sampled_from([0.1, 0.2, 0.5, 0.9]),
    ),
    max_size=30,
)


def text_of(said: str, people: People = People.AS_IS) -> str:
    return sentence(worded([Word(text=word, probability=1) for word in said.split()], people))


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("a dog on a bench", "A dog on a bench."),
        ("a dog , a cat .", "A dog, a cat."),
        ("a man 's hat", "A man's hat."),
        ("the dog does n't move .", "The dog doesn't move."),
        ("a elephant with an banana", "An elephant with a banana."),
        ("a unicycle and a umbrella", "A unicycle and an umbrella."),
        ("a tv by a christmas tree", "A TV by a Christmas tree."),
        ("", ""),
        (". ,", ""),
    ],
)
def test_a_sentence_is_well_formed(said: str, text: str) -> None:
    assert text_of(said) == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("a picture of a dog", "A dog."),
        ("an image of a photo of a cat", "A cat."),
        ("this is a black and white photo of a train", "A train."),
        ("the photo shows a boat", "A boat."),
        ("a man holding a picture of a dog", "A man holding a picture of a dog."),
        ("a red picture", "A red picture."),
        ("a picture on a wall", "A picture on a wall."),
        ("a close up of a flower", "A close up of a flower."),
    ],
)
def test_the_opening_does_not_say_that_it_is_a_picture(said: str, text: str) -> None:
    assert text_of(said) == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("a bathroom with a sink and a sink", "A bathroom with a sink."),
        ("a bathroom with a sink and sink", "A bathroom with a sink."),
        (
            "a bathroom with a toilet and a sink and a toilet",
            "A bathroom with a toilet and a sink.",
        ),
        ("a sink and a white sink", "A white sink."),
        ("a white toilet and a toilet", "A white toilet."),
        ("a street with a bus on a street", "A street with a bus."),
        ("a dog dog runs in the in the grass", "A dog runs in the grass."),
        ("a man and a man", "A man."),
        ("a man and a man are riding a horse", "A man is riding a horse."),
        ("a white and white dog", "A white dog."),
        ("a girl with a pom pom", "A girl with a pom pom."),
        ("a man standing next to a man", "A man standing next to another man."),
        ("a man in a hat and a man in a car", "A man in a hat and another man in a car."),
        ("a street sign with a sign on top of it", "A street sign."),
        ("a sign at night with a sign on it", "A sign at night."),
        ("a cup of coffee on a table next to a coffee cup", "A cup of coffee on a table."),
        ("a cup of tea next to a coffee cup", "A cup of tea next to a coffee cup."),
        ("a street sign that has a sign on it", "A street sign."),
        ("two pizzas on a table with a pizza on it", "Two pizzas on a table."),
        ("a child in the water near a body of water", "A child in the water."),
        ("a boat near a body of water", "A boat near a body of water."),
        ("a boat with another boat on it", "A boat with another boat on it."),
        ("a dog with her dog on it", "A dog with her dog on it."),
        ("a table with a cup on it", "A table with a cup on it."),
        ("a living room with a tv and a television", "A living room with a TV."),
        ("a man with a bicycle standing next to a bike", "A man with a bicycle standing."),
        ("a red bus and a blue bus", "A red bus and a blue bus."),
        ("a bowl of soup and a bowl of rice", "A bowl of soup and a bowl of rice."),
        ("a dog in black and white", "A dog in black and white."),
    ],
)
def test_nothing_is_said_twice(said: str, text: str) -> None:
    assert text_of(said) == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("a man with a", "A man."),
        ("a dog running in the", "A dog running."),
        ("a man standing next to", "A man standing."),
        ("a man sitting on a wooden", "A man sitting."),
        ("a woman in a white shirt holding a", "A woman in a white shirt."),
        ("a car in front of", "A car."),
        ("a field covered with", "A field."),
        ("a bowl of", "A bowl."),
        ("a group of", ""),
        ("people looking on", "People looking on."),
        ("a woman with a hat on", "A woman with a hat on."),
        ("two dogs passing by", "Two dogs passing by."),
        ("one cup in each hand and one in the other", "One cup in each hand and one in the other."),
    ],
)
def test_no_end_dangles(said: str, text: str) -> None:
    assert text_of(said) == text


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("a <unk> dog with a <unk> on the <unk>", "A dog."),
        ("a man holding a <unk> in the street", "A man in the street."),
        ("<unk>", ""),
    ],
)
def test_an_unknown_word_takes_along_what_led_up_to_it(said: str, text: str) -> None:
    assert text_of(said) == text


def test_people_are_neutral_where_that_is_asked_for() -> None:
    assert text_of("a man in his car", People.NEUTRAL) == "A person in their car."
    assert text_of("a man in his car", People.AS_IS) == "A man in his car."


def test_an_article_fits_the_neutral_word() -> None:
    assert text_of("a female athlete", People.NEUTRAL) == "An athlete."


def test_a_long_text_is_cut_between_two_phrases() -> None:
    said = (
        "a man in a long black coat sits on a wooden bench in a park beside a brown dog with a "
        "bright red collar while a young girl watches both from a window"
    )
    text = text_of(said)
    assert text == (
        "A man in a long black coat sits on a wooden bench in a park beside a brown dog with a "
        "bright red collar."
    )
    assert len(text) <= LONGEST < len(said)


def test_a_merged_word_is_as_likely_as_the_least_of_its_pieces() -> None:
    said = [("a", 0.9), ("man", 0.8), ("'s", 0.4), ("hat", 0.7), (",", 0.1), ("red", 0.6)]
    words = worded([Word(text=t, probability=p) for t, p in said], People.AS_IS)
    assert [(word.text, word.probability) for word in words] == [
        ("a", 0.9),
        ("man's", 0.4),
        ("hat,", 0.7),
        ("red", 0.6),
    ]


@settings(max_examples=500)
@given(words_of_a_model, st.sampled_from(People))
def test_any_words_make_an_alt_text_that_is_one_already(words: list[Word], people: People) -> None:
    done = worded(words, people)
    assert worded(done, people) == done
    text = sentence(done)
    assert len(text) <= LONGEST
    assert "<unk>" not in text
    assert not re.search(r"\s[.,;:!?]|\s\s", text)
    assert not text or (text.endswith(".") and text[0] == text[0].upper())
    assert not re.match(r"(an?|the)?\s*(image|picture|photo) of\b", text, re.IGNORECASE)


@settings(max_examples=500)
@given(words_of_a_model, st.sampled_from(People))
def test_words_are_the_text_and_carry_probabilities_of_the_model(
    words: list[Word], people: People
) -> None:
    done = worded(words, people)
    text = " ".join(word.text for word in done)
    assert sentence(done).casefold() == (f"{text}.".casefold() if text else "")
    assert {word.probability for word in done} <= {word.probability for word in words}
