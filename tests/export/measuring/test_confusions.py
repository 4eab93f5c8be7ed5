"""What a model confuses, counted by hand on four photos."""

from lorgnette_export.measuring.confusions import Thing, compare

PAIRS = [
    ("a man and a dog", ["A man runs.", "A man with a puppy.", "Somebody and a dog"]),
    ("a woman with a dog", ["A man runs.", "a guy", "a boy"]),  # against everybody's word
    ("two women", ["Two people.", "Two girls and a man", "a man"]),  # some say so, too
    ("three dogs", ["two dogs", "dogs", "a cat"]),
]


def test_what_people_agree_on_is_on_the_photo() -> None:
    things = {thing.name: thing for thing in compare(PAIRS).things}
    assert things["dog"] == Thing(name="dog", photos=2, said=3, right=2, found=2)
    assert things["man"] == Thing(name="man", photos=3, said=1, right=1, found=1)
    assert "cat" not in things  # one person's word


def test_sex_and_number_are_wrong_when_nobody_says_so() -> None:
    found = compare(PAIRS)
    assert (found.sexes, found.sexes_wrong) == (3, 1)
    assert (found.numbers, found.numbers_wrong) == (2, 1)
