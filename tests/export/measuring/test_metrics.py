"""The scores against what is known of them."""

import shutil

import pytest

from lorgnette_export.measuring import metrics

REFERENCES = [
    ["a dog runs on the grass", "a brown dog is running"],
    ["two children play in the sand", "children are playing on a beach"],
    ["a man rides a bicycle", "a person on a bike in the street"],
]


def test_a_reference_itself_scores_the_most() -> None:
    scores, missing = metrics.score([r[0] for r in REFERENCES], REFERENCES)
    assert scores["BLEU-1"] == pytest.approx(1)
    assert scores["BLEU-4"] == pytest.approx(1)
    assert scores["ROUGE-L"] == pytest.approx(1)
    # Half of the references are met in full, CIDEr-D's greatest being 10.
    assert 4 < scores["CIDEr-D"] < 10
    if shutil.which("java"):
        assert not missing
        assert scores["METEOR"] == pytest.approx(1)
    else:
        assert "Java" in missing[0]


def test_other_pictures_captions_score_little() -> None:
    wrong = [REFERENCES[1][0], REFERENCES[2][0], REFERENCES[0][0]]
    scores, _ = metrics.score(wrong, REFERENCES)
    assert scores["CIDEr-D"] < 0.5
    assert scores["BLEU-4"] < 0.1


def test_punctuation_and_case_do_not_count_with_the_treebank_tokeniser() -> None:
    if not shutil.which("java"):
        pytest.skip("Java is not installed")
    plain, _ = metrics.score([r[0] for r in REFERENCES], REFERENCES)
    dressed, _ = metrics.score([r[0].capitalize() + "." for r in REFERENCES], REFERENCES)
    assert plain == dressed
