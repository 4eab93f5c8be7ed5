"""The table of evidence read back, hostile ones refused; what a picture's evidence allows."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.desktop.captioning.seeing import TOY_EVIDENCE, seen, thing

from lorgnette.captioning.evidence import EvidenceTable, WordsTable
from lorgnette.errors import BrokenModelError


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    TOY_EVIDENCE.write(tmp_path / "evidence.json")
    assert EvidenceTable.read(tmp_path / "evidence.json") == TOY_EVIDENCE


def test_words_are_read_as_they_were_written(tmp_path: Path) -> None:
    table = dataclasses.replace(
        TOY_EVIDENCE, words=WordsTable(texts=("running", "red"), shares=(0.1, 0.25))
    )
    table.write(tmp_path / "evidence.json")
    assert EvidenceTable.read(tmp_path / "evidence.json") == table


def test_the_last_outputs_are_those_of_the_words() -> None:
    words = WordsTable(texts=("running", "red"), shares=(0.1, 0.2))
    table = EvidenceTable(outputs=3, things=(thing("dog"),), words=words)
    assert table.seen == 1
    assert table.of(np.array([0.9, 0.25, 0.5], np.float32)).words == (0.25, 0.5)
    assert TOY_EVIDENCE.seen == 4
    assert TOY_EVIDENCE.of(np.zeros(4, np.float32)).words == ()


def _set(*path: str | int, to: Any) -> Callable[[Any], None]:
    def change(content: Any) -> None:
        for key in path[:-1]:
            content = content[key]
        content[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_set("format", to=2), "format 1"),
        (_set("outputs", to=10**9), "outputs must be"),
        (_set("outputs", to=True), "outputs must be"),
        (_set("outputs", to=2), "lies outside"),
        (_set("surprise", to=1), "surprise"),
        (_set("things", to={}), "things"),
        (_set("things", to=[1]), "no object"),
        (_set("things", 0, "outputs", to=[4]), "lies outside"),
        (_set("things", 0, "outputs", to=[-1]), "lies outside"),
        (_set("things", 0, "outputs", to=[]), "list of numbers"),
        (_set("things", 0, "threshold", to=1.5), "0 to 1"),
        (_set("things", 0, "threshold", to="0.5"), "0 to 1"),
        (_set("things", 0, "precision", to=None), "0 to 1"),
        (_set("things", 0, "precision", to=float("nan")), "0 to 1"),
        (_set("things", 0, "words", to="boat"), "list"),
        (_set("things", 0, "words", to=["Boat"]), "lower case"),
        (_set("things", 0, "words", to=["a\nboat"]), "no word"),
        (_set("things", 0, "words", to=["x" * 61]), "no word"),
        (_set("things", 0, "words", to=["x"] * 401), "at most"),
        (_set("things", 0, "name", to=""), "no word"),
        (_set("things", 0, "surprise", to=""), "surprise"),
        (_set("things", 0, "photos", to="many"), "another type"),
        (_set("people", "outputs", to=[0]), "nobody and for somebody"),
        (_set("people", to=[]), "wrong"),
        (_set("animals", "none_below", to=-1), "0 to 1"),
        (_set("choice", to={"beauty": 1}), "weights must be of"),
        (_set("choice", to={"mean": float("inf")}), "no weight"),
        (_set("choice", to={"mean": 10**400}), "no weight"),
        (_set("confidence", to={"mean": 1e308, "bias": 0}), "no weight"),
        (_set("confidence", to={"mean": 1}), "need a bias"),
        (_set("words", to=["dog"]), "wrong"),
        (_set("words", to={"texts": [], "shares": []}), "a list of texts"),
        (_set("words", to={"texts": ["dog"], "shares": []}), "a share and an output each"),
        (_set("words", to={"texts": ["dog"] * 2, "shares": [0.1] * 2}), "a share and an output"),
        (_set("words", to={"texts": list("abcde"), "shares": [0.1] * 5}), "a share and an output"),
        (_set("words", to={"texts": ["Dog"], "shares": [0.1]}), "lower case"),
        (_set("words", to={"texts": ["dog"], "shares": [2]}), "0 to 1"),
    ],
)
def test_a_table_that_says_what_cannot_be_is_refused_in_words(
    tmp_path: Path, change: Callable[[Any], None], message: str
) -> None:
    path = tmp_path / "evidence.json"
    TOY_EVIDENCE.write(path)
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(BrokenModelError, match=message):
        EvidenceTable.read(path)


@pytest.mark.parametrize("text", ["", "[]", "[" * 10_000, "\0", "{}"])
def test_what_is_no_table_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "evidence.json").write_text(text)
    with pytest.raises(BrokenModelError):
        EvidenceTable.read(tmp_path / "evidence.json")


def test_the_longest_phrase_is_what_is_said() -> None:
    evidence = seen((thing("dog", "animal"), 0.1), (thing("hot dog", "food"), 0.9))
    assert [
        (m.start, m.end, [evidence.table.things[n].name for n in m.things])
        for m in evidence.table.mentions(["a", "hot", "dog", "beside", "two", "dogs"])
    ] == [(1, 3, ["hot dog"]), (5, 6, ["dog"])]


def test_classes_of_one_thing_are_summed_and_never_more_than_certain() -> None:
    table = EvidenceTable(outputs=3, things=(thing("dog", outputs=(0, 2)), thing("cat", output=1)))
    assert table.of(np.array([0.25, 0.2, 0.5], np.float32)).probabilities == pytest.approx(
        (0.75, 0.2)
    )
    assert table.of(np.array([0.9, np.nan, 0.9], np.float32)).probabilities == (1.0, 0.0)


def test_nobody_may_be_said_where_nobody_is_seen() -> None:
    empty = seen(numbers=(0.9, 0.1), animal=1.0)
    assert empty.nobody
    assert not empty.no_animal
    assert {"man", "people", "she", "surfer"} <= empty.unsupported()
    assert "dog" not in empty.unsupported()
    full = seen(numbers=(0.1, 0.9), animal=0.1)
    assert {"dog", "birds"} <= full.unsupported()
    assert "man" not in full.unsupported()


def test_a_person_that_is_seen_is_somebody_whatever_the_count_says() -> None:
    assert not seen((thing("person", "person"), 0.6), numbers=(0.9, 0.1)).nobody
    assert seen((thing("person", "person"), 0.1), numbers=(0.1, 0.9)).nobody


def test_an_animal_that_is_believed_is_an_animal_whatever_else_is_told() -> None:
    otter = thing("otter", "animal")
    assert not seen((otter, 0.9), animal=0.1).no_animal
    assert seen((otter, 0.4), animal=0.1).no_animal
    assert seen((thing("cup"), 0.9), animal=0.1).no_animal


def test_a_model_that_cannot_tell_bans_no_word() -> None:
    assert TOY_EVIDENCE.people is not None
    blind = EvidenceTable(outputs=1, things=()).of(np.zeros(1, np.float32))
    assert not blind.unsupported()


def test_a_word_for_an_animal_may_be_said_as_part_of_a_thing_that_is_seen() -> None:
    hot_dog = thing("hot dog", "food", words=("hot dog", "hot dogs"))
    assert "dog" not in seen((hot_dog, 0.9), animal=0.0).unsupported()
    assert "dog" in seen((hot_dog, 0.4), animal=0.0).unsupported()


def test_a_number_of_people_is_known_only_from_its_threshold_on() -> None:
    assert seen(numbers=(0.1, 0.2, 0.7)).people == 2
    assert seen(numbers=(0.2, 0.3, 0.5)).people is None
    assert seen(numbers=(0.9, 0.1)).people == 0
    assert seen().people is None


def test_what_is_sure_comes_the_likeliest_first() -> None:
    evidence = seen((thing("cup"), 0.6), (thing("bowl"), 0.4), (thing("table"), 0.8))
    assert [each.thing.name for each in evidence.sure] == ["table", "cup"]
