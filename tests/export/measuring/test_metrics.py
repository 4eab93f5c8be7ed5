"""The scores against what is known of them."""

import shutil

import pytest

from lorgnette_export.measuring import metrics

REFERENCES = [
    ["a dog runs on the grass", "a brown dog is running"],
    ["two children play in the sand", "children are playing on a beach"],
    ["a man rides a bicycle", "a person on a bike in the street"],
]


ALL = range(len(REFERENCES))


def test_a_reference_itself_scores_the_most() -> None:
    tokens = metrics.tokens([r[0] for r in REFERENCES], REFERENCES)
    scores = metrics.score(tokens, {"all": ALL})["all"]
    assert scores["BLEU-1"] == pytest.approx(1)
    assert scores["BLEU-4"] == pytest.approx(1)
    assert scores["ROUGE-L"] == pytest.approx(1)
    # Half of the references are met in full, CIDEr-D's greatest being 10.
    assert 4 < scores["CIDEr-D"] < 10
    if shutil.which("java"):
        assert not tokens.left_out
        assert scores["METEOR"] == pytest.approx(1)
    else:
        assert "Java" in tokens.left_out


def test_each_set_scores_as_it_would_alone_and_other_pictures_captions_little(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")  # no Java
    captions = [REFERENCES[1][0], REFERENCES[2][0], "a man on a bike"]
    tokens = metrics.tokens(captions, REFERENCES)
    scores = metrics.score(tokens, {"all": ALL, "wrong": [0, 1], "right": [2]})
    assert scores["wrong"]["CIDEr-D"] < 0.5
    assert scores["wrong"]["BLEU-4"] < 0.1
    alone = metrics.tokens(captions[2:], REFERENCES[2:])
    assert scores["right"] == metrics.score(alone, {"right": [0]})["right"]
    assert scores["right"]["BLEU-1"] > scores["all"]["BLEU-1"] > scores["wrong"]["BLEU-1"]


def test_punctuation_and_case_do_not_count_with_the_treebank_tokeniser() -> None:
    if not shutil.which("java"):
        pytest.skip("Java is not installed")
    dressed = metrics.tokens([f"{r[0].capitalize()}." for r in REFERENCES], REFERENCES)
    assert dressed.found == {i: [r[0]] for i, r in enumerate(REFERENCES)}
