"""Pronouns, and the verbs that agree with them."""

import pytest

from lorgnette.english.people import neutral


def said(text: str) -> str:
    return " ".join(word.text for word in neutral(text.split()))


@pytest.mark.parametrize(
    ("model", "neutral_words"),
    [
        ("a woman as she is jumping", "a person as they are jumping"),
        ("a boy while he quickly rides", "a child while they quickly ride"),
        ("a girl smiles as she flies and watches", "a child smiles as they fly and watch"),
        ("a man as he goes", "a person as they go"),
        ("a man who is running", "a person who is running"),
        ("a woman looks at herself", "a person looks at themself"),
        ("a girl with a dog behind her", "a child with a dog behind them"),
        ("a girl with a dog behind her house", "a child with a dog behind their house"),
        ("a girl hugs her sister on a bed", "a child hugs their sibling on a bed"),
        ("a woman sits with a man next to her", "a person sits with another person next to them"),
        ("a dad watching her play", "a parent watching them play"),
        ("a photo of a friend of his", "a photo of a friend of theirs"),
        ("a man with his next catch", "a person with their next catch"),
        ("a child on his or her bike", "a child on their bike"),
        ("he's on a horse", "they're on a horse"),
    ],
)
def test_pronouns_and_their_verbs_agree(model: str, neutral_words: str) -> None:
    assert said(model) == neutral_words
