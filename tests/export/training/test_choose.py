"""Weights for choosing among sentences, fitted on cases whose answer is known."""

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from tests.desktop.captioning.seeing import with_evidence

from lorgnette.captioning.candidates import stem
from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.choosing import Found
from lorgnette.captioning.decoding import Hypothesis
from lorgnette.captioning.evidence import (
    CONFIDENCE_TRAITS,
    DOING_TRAITS,
    PICTURE_TRAITS,
    TRAITS,
    EvidenceTable,
)
from lorgnette_export.cli import main
from lorgnette_export.data.boxes import Box
from lorgnette_export.data.captioned import DataError, Photo
from lorgnette_export.training import choose
from lorgnette_export.training.choose import Case
from lorgnette_export.training.config import Config


def planted(photos: int, **truth: float) -> list[Case]:
    """Return cases in which CIDEr-D is made of some traits, and of luck."""
    random = np.random.default_rng(1)
    found_cases = []
    for photo in range(photos):
        values = random.normal(0, 1, (8, len(TRAITS)))
        values[:, TRAITS.index("score")] = np.sort(random.normal(-10, 3, 8))[::-1]
        scores = sum(weight * values[:, TRAITS.index(name)] for name, weight in truth.items())
        scores = np.asarray(scores) + random.normal(0, 0.1, 8) + random.normal()
        found = tuple(
            Found(
                Hypothesis((n,), (float(row[0]),)),
                (f"word{n}",),
                dict.fromkeys(PICTURE_TRAITS, 0.0) | dict(zip(TRAITS, row.tolist(), strict=True)),
                float(row[0]),
            )
            for n, row in enumerate(values)
        )
        source = "one" if photo % 2 else "other"
        found_cases.append(
            Case(source, found, scores, np.maximum(np.round(values[:, TRAITS.index("missed")]), 0))
        )
    return found_cases


def test_the_weights_are_those_that_make_the_difference() -> None:
    weights = choose.choice_weights(planted(300, seen=1.0, unseen=-0.5), price=0)
    assert tuple(weights) == TRAITS
    assert weights["seen"] > 0
    assert weights["unseen"] / weights["seen"] == pytest.approx(-0.5, abs=0.05)
    others = [abs(weights[name]) for name in TRAITS if name not in {"seen", "unseen"}]
    assert max(others) < 0.05 * weights["seen"]


def test_a_worth_spreads_as_the_search_s_score_does() -> None:
    found = planted(300, seen=1.0)
    weights = choose.choice_weights(found, price=0)
    within = np.concatenate([case.values - case.values.mean(0) for case in found])
    worth = within @ np.array(list(weights.values()))
    assert worth.std() == pytest.approx(within[:, TRAITS.index("score")].std())


def test_captions_that_a_model_wrote_have_no_say_in_the_choice_but_in_the_confidence() -> None:
    peoples = planted(100, seen=1.0)
    written = [dataclasses.replace(c, machine=True) for c in planted(40, seen=-3.0)]
    alone = choose.fit_cases(peoples, {}, price=0)
    together = choose.fit_cases([*peoples, *written], {}, price=0)
    assert together.choice == alone.choice
    assert together.confidence != alone.confidence


def test_a_trait_that_never_differs_weighs_nothing() -> None:
    found = [
        dataclasses.replace(
            case,
            found=tuple(
                dataclasses.replace(each, traits={**each.traits, "people": 0.0})
                for each in case.found
            ),
        )
        for case in planted(50, seen=1.0)
    ]
    assert choose.choice_weights(found)["people"] == 0


def test_the_report_is_of_folds_and_each_set_apart() -> None:
    fitted = choose.fit_cases(planted(200, seen=1.0), {}, price=0)
    assert set(fitted.report) == {"one", "other"}
    for figures in fitted.report.values():
        cider = figures["cider_d"]
        assert cider["of the search"] < cider["chosen"] <= cider["best there is"]
        assert cider["chosen"] > 0.9 * cider["best there is"]
        assert figures["photos"] == 100
    assert set(fitted.confidence) == set(CONFIDENCE_TRAITS)


def test_weights_of_noise_do_not_shine_on_folds() -> None:
    fitted = choose.fit_cases(planted(200), {}, price=0)
    for figures in fitted.report.values():
        assert abs(figures["cider_d"]["chosen"] - figures["cider_d"]["of the search"]) < 0.05
        assert 0.3 < figures["after"]["auroc"] < 0.7


def with_doings(found: list[Case], doings: tuple[str, ...], said: tuple[float, ...]) -> list[Case]:
    """Return cases whose sentences say that a dog does something, which people say now and then."""
    random = np.random.default_rng(1)
    cases = []
    for number, case in enumerate(found):
        word = doings[number % len(doings)]
        chance = said[number % len(doings)]
        hypothesis = Hypothesis((1, 2, 3), (-0.1, -0.1, math.log(chance)))
        cases.append(
            dataclasses.replace(
                case,
                found=tuple(
                    dataclasses.replace(each, hypothesis=hypothesis, words=("a", "dog", word))
                    for each in case.found
                ),
                wanted=frozenset({stem(word)} if random.random() < chance else ()),
            )
        )
    return cases


def test_a_doing_is_doubted_where_people_seldom_say_it() -> None:
    found = with_doings(planted(200, seen=1.0), ("running", "jumping"), (0.9, 0.2))
    fitted = choose.fit_cases(found, {})
    assert set(fitted.doing) == set(DOING_TRAITS)
    assert fitted.doing["doing"] > 0
    assert fitted.doings["doubted"] == pytest.approx(0.5, abs=0.05)
    assert fitted.doings["people say what is doubted"] < 0.3
    assert fitted.doings["people say the others"] > 0.8


def test_sentences_in_which_nothing_is_done_teach_no_doubt() -> None:
    assert choose.fit_cases(planted(100, seen=1.0), {}).doing == {}
    written = [
        dataclasses.replace(case, machine=True)
        for case in with_doings(planted(100, seen=1.0), ("running",), (0.9,))
    ]
    assert choose.fit_cases([*planted(100, seen=1.0), *written], {}).doing == {}


def test_what_is_fitted_can_be_read_as_evidence(tmp_path: Path) -> None:
    found = with_doings(planted(100, seen=1.0), ("running", "jumping"), (0.9, 0.2))
    fitted = choose.fit_cases(found, {})
    table = EvidenceTable(
        outputs=1,
        things=(),
        choice=fitted.choice,
        confidence=fitted.confidence,
        doing=fitted.doing,
    )
    table.write(tmp_path / "evidence.json")
    assert EvidenceTable.read(tmp_path / "evidence.json") == table


def test_a_model_without_evidence_has_nothing_to_choose_by(toy_model: Path) -> None:
    with pytest.raises(DataError, match="no evidence"):
        choose.fit(Captioner.open(toy_model), [], {})


def test_a_few_photos_are_too_few(toy_model: Path, tmp_path: Path, red: Path) -> None:
    captioner = Captioner.open(with_evidence(toy_model, tmp_path / "model"))
    photo = Photo(file=red, source="own", split="val", captions=("a red picture",))
    with pytest.raises(DataError, match="too few"):
        choose.fit(captioner, [photo], {})


def test_sentences_are_scored_against_people_s(toy_model: Path, tmp_path: Path) -> None:
    captioner = Captioner.open(with_evidence(toy_model, tmp_path / "model"), threads=1)
    photos = []
    for place, colour in enumerate(("red", "green", "blue")):
        path = tmp_path / f"{colour}.png"
        value = tuple(200 if n == place else 20 for n in range(3))
        Image.new("RGB", (64, 48), value).save(path)
        photos.append(
            Photo(file=path, source="own", split="val", captions=(f"a {colour} picture",))
        )
    for case in choose.cases(captioner, photos, {}):
        assert len(case.found) == len(case.scores)
        assert case.scores.argmax() == 0  # the search is right
        assert case.scores[0] > 1.5 * case.scores[1]


def test_a_price_on_what_is_not_there_is_paid_for_with_likeness() -> None:
    found = planted(200, seen=1.0)  # what is invented goes with the last trait but one, missed
    free, dear = (choose.fit_cases(found, {}, price=price) for price in (0.0, 2.0))
    for source, figures in dear.report.items():
        before = free.report[source]
        invented = "say what is not there"
        assert figures[invented]["chosen"] < before[invented]["chosen"]
        assert figures["cider_d"]["chosen"] < before["cider_d"]["chosen"]
        assert figures[invented]["chosen"] >= figures[invented]["at the least"]


def test_things_are_there_that_boxes_or_people_have(
    toy_model: Path, tmp_path: Path, red: Path
) -> None:
    folder = with_evidence(toy_model, tmp_path / "model", red="chair", green="bench", blue="bus")
    captioner = Captioner.open(folder, threads=1)
    photo = Photo(file=red, source="own", split="val", captions=("a chair", "a seat"))
    drawn = {red: (Box(kind="bus", x=0.5, y=0.5, width=0.1, height=0.1),)}
    (case,) = choose.cases(captioner, [photo], drawn)
    said = {" ".join(each.words): n for each, n in zip(case.found, case.invented, strict=True)}
    assert said["a chair picture"] == 0
    assert said["a bus picture"] == 0
    assert said["a bench picture"] == 1


RUN = {"config": dataclasses.asdict(Config()), "vocabulary": [], "weights": {}}  # as of `train`


def test_the_weights_go_into_the_checkpoint_s_table(toy_model: Path, tmp_path: Path) -> None:
    model = with_evidence(toy_model, tmp_path / "model")
    images = []
    for number in range(10):
        path = tmp_path / "data" / f"{number}.png"
        path.parent.mkdir(exist_ok=True)
        Image.new("RGB", (64, 48), (20 * number, 100, 200 - 15 * number)).save(path)
        colour = "a red picture" if number % 2 else "a green picture"
        images.append({"file": path.name, "split": "val", "captions": [colour, "a picture"]})
    captions = {"set": "own", "images": images}
    (tmp_path / "data" / "captions.json").write_text(json.dumps(captions))
    torch.save(RUN | {"evidence": {"table": {"things": []}}}, tmp_path / "seen.pt")
    command = ["choose", str(tmp_path / "seen.pt"), "--data", str(tmp_path / "data")]
    out = tmp_path / "chosen.pt"
    assert main([*command, "--model", str(model), "--out", str(out)]) == 0
    table = torch.load(out, weights_only=True)["evidence"]["table"]
    assert tuple(table["choice"]) == TRAITS
    assert set(table["confidence"]) == set(CONFIDENCE_TRAITS)
    assert json.loads(out.with_suffix(".choice.json").read_text())["own"]["photos"] == 10


def test_a_checkpoint_without_evidence_is_sent_to_get_some(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.save(RUN, tmp_path / "blind.pt")
    command = ["choose", str(tmp_path / "blind.pt"), "--data", str(tmp_path)]
    assert main([*command, "--out", str(tmp_path / "out.pt")]) != 0
    assert "run `evidence` first" in capsys.readouterr().err
