"""Names of things, and what captions say of them."""

import re
from pathlib import Path

import pytest

from lorgnette.captioning.evidence import EvidenceTable
from lorgnette_export.evidence import things as table
from lorgnette_export.evidence.things import Thing, WordNet, said
from lorgnette_export.networks.evidence import CLASSES, FIRST_NUMBER, KINDS

DEBIANS = Path("/usr/share/wordnet")
whole = pytest.mark.skipif(not DEBIANS.exists(), reason="wordnet-base is not installed")


def test_words_say_a_thing_only_where_they_mean_it_first_of_all(wordnet: WordNet) -> None:
    assert wordnet.said_by("n02084071") == {"dog", "toy dog", "beagle"}
    assert "toy" in wordnet.said_by("n03964744")


@pytest.mark.parametrize(
    ("caption", "found"),
    [
        ("Two beagles on benches.", {"beagle", "bench"}),
        ("Geese chase a dog.", {"goose", "dog"}),
        ("A teddy bear sits there.", {"teddy bear"}),
        ("A bear and a teddy bear", {"bear", "teddy bear"}),
        ("Nothing of the kind", set()),
    ],
)
def test_captions_say_things_in_any_number(wordnet: WordNet, caption: str, found: set[str]) -> None:
    known = {"beagle", "bench", "goose", "dog", "bear", "teddy bear"}
    assert said(caption, wordnet, known) == found


def test_each_class_has_a_name_or_none_and_each_kind_its_line() -> None:
    classes = table.classes()
    assert len(classes) == len({node for node, _ in classes}) == CLASSES
    assert all(re.fullmatch(r"n\d{8}", node) for node, _ in classes)
    folder = Path(table.__file__).parent
    kinds = [line.split(" | ")[0] for line in (folder / "kinds.txt").read_text().splitlines()]
    assert kinds == list(KINDS)


@whole
def test_the_table_is_one_that_the_app_reads(tmp_path: Path) -> None:
    things = table.things(WordNet(DEBIANS))
    by_name: dict[tuple[str, str], Thing] = {(t.source, t.name): t for t in things}
    assert len(by_name) == len(things)
    otter, dog = by_name["imagenet", "otter"], by_name["imagenet", "dog"]
    assert (otter.plural, otter.kind, otter.outputs) == ("otters", "animal", (360,))
    assert len(dog.outputs) == 118
    assert "beagle" in dog.words
    assert "dog" not in by_name["imagenet", "beagle"].words
    assert dog.boxed == by_name["coco", "dog"].boxed == {"dog"}
    assert by_name["imagenet", "vehicle"].boxed >= {"car", "bus"}
    assert all(0 <= place < FIRST_NUMBER for t in things for place in t.outputs)
    assert "person" not in table.replaceable(otter, things)
    assert {"dog", "bear"} <= set(table.replaceable(otter, things))
    assert set(table.written_words(otter, {"otters": 1})) == {"otter", "otters"}
    assert EvidenceTable  # the reader is tried on a whole table in test_evidence.py
