"""What captions say is found, and nothing else: the rules of Rohrbach et al. 2018, and ours."""

import pytest

from lorgnette_export.measuring import mentions

# MS-COCO's categories as its annotations call them.
COCO = """
person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant,
stop sign, parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe,
backpack, umbrella, handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite,
baseball bat, baseball glove, skateboard, surfboard, tennis racket, bottle, wine glass, cup, fork,
knife, spoon, bowl, banana, apple, sandwich, orange, broccoli, carrot, hot dog, pizza, donut, cake,
chair, couch, potted plant, bed, dining table, toilet, tv, laptop, mouse, remote, keyboard,
cell phone, microwave, oven, toaster, sink, refrigerator, book, clock, vase, scissors, teddy bear,
hair drier, toothbrush
"""


def test_each_of_the_eighty_kinds_is_told_by_its_own_name() -> None:
    kinds = {kind.strip() for kind in COCO.split(",")}
    assert len(kinds) == 80
    assert kinds == mentions.KINDS
    for kind in kinds:
        assert mentions.things_said(f"there is the {kind}".split()) == {kind}


@pytest.mark.parametrize(
    ("caption", "kinds"),
    [
        ("two men and three women on benches", {"person", "bench"}),
        ("people cut cakes with knives", {"person", "cake", "knife"}),
        ("puppies and kittens and geese", {"dog", "cat", "bird"}),
        ("a hot dog on a plate", {"hot dog"}),
        ("a teddy bear on a sofa", {"teddy bear", "couch"}),
        ("wine glasses on the desk", {"wine glass", "dining table"}),
        ("a glass of water", set()),
        ("a baby elephant", {"elephant"}),
        ("a baby", {"person"}),
        ("an adult giraffe", {"giraffe"}),
        ("a passenger train near train tracks", {"train"}),
        ("a passenger jet", {"airplane"}),
        ("a toilet seat", {"toilet"}),
        ("the seat of the toilet", {"toilet"}),
        ("a stove top oven", {"oven"}),
        ("players at home plate", {"person"}),
        ("an orange cat", {"cat"}),
        ("an orange and white cat", {"cat"}),
        ("a man in orange", {"person"}),
        ("an orange", {"orange"}),
        ("oranges and an orange on a table", {"orange", "dining table"}),
        ("a person on a jet ski", {"person"}),
        ("a mountain with trees", set()),
    ],
)
def test_kinds_are_told_by_words_plurals_and_compounds(caption: str, kinds: set[str]) -> None:
    assert mentions.things_said(caption.split()) == kinds


def test_each_mention_counts_as_the_papers_share_of_things_does() -> None:
    assert mentions.each(["a", "man", "and", "a", "woman", "near", "hot", "dogs"]) == [
        ("man", "person"),
        ("woman", "person"),
        ("hot dogs", "hot dog"),
    ]


@pytest.mark.parametrize(
    ("caption", "people", "animals"),
    [
        ("a person is standing in front of a mountain", {"person"}, set()),
        ("a couple of boats on a lake", set(), set()),
        ("a couple stands by a lake", {"couple"}, set()),
        ("a group of trees", set(), set()),
        ("a group of people", {"people"}, set()),
        ("a statue of a man on a horse", set(), set()),
        ("a pedestrian bridge and passenger boats", set(), set()),
        ("a dog with his tongue out", set(), {"dog"}),
        ("a man and his dog", {"man"}, {"dog"}),
        ("a mother and baby zebra", set(), {"zebra"}),
        ("an elephant and its baby", set(), {"elephant"}),
        ("a baby holding a cat", {"baby"}, {"cat"}),
        ("someone on his way up", {"someone", "his"}, set()),
        ("a hot dog and a teddy bear", set(), set()),
        ("", set(), set()),
        ("what a team", {"team"}, set()),
        ("birds flying over the sea", set(), {"birds"}),
    ],
)
def test_people_and_animals_are_told_apart_from_what_only_sounds_like_them(
    caption: str, people: set[str], animals: set[str]
) -> None:
    assert mentions.people_said(caption.split()) == people
    assert mentions.animals_said(caption.split()) == animals
