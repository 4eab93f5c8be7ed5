"""Evidence goes through release and conversion to the app."""

import dataclasses
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from lorgnette.captioning import manifest
from lorgnette.captioning.captioner import Captioner
from lorgnette.captioning.evidence import EvidenceTable
from lorgnette_export import cli, families
from lorgnette_export.conversion import gate
from lorgnette_export.conversion.convert import Options, convert
from lorgnette_export.conversion.reference import reference_of
from lorgnette_export.data import captioned
from lorgnette_export.evidence import thresholds
from lorgnette_export.evidence.things import Thing
from lorgnette_export.evidence.truth import Truth
from lorgnette_export.families import own
from lorgnette_export.networks import efficientnet_lite, evidence, mobilenet_detector
from lorgnette_export.networks.decoder import Decoder, Shape
from lorgnette_export.training import evidence as command
from lorgnette_export.training.config import Config

pytestmark = pytest.mark.torch

SAID = ["dog", "running", "red"]
WORDS = [*captioned.SPECIALS, *(f"w{i}" for i in range(40))]


@pytest.fixture(scope="module")
def table() -> dict[str, object]:
    """Return evidence.json of two things on a few photos."""
    names = ("German shepherd", "potted plant")
    things = [
        Thing(
            name=name, plural=f"{name}s", kind="animal", outputs=(place,), source="imagenet",
            words=frozenset({name.lower()}),
        )
        for place, name in enumerate(names)
    ]  # fmt: skip
    random = np.random.default_rng(0)
    truths = [
        Truth(said=frozenset(), boxes=None, node="", person=True, animal=True, number=1, captions=5)
        for _ in range(20)
    ]
    measured = thresholds.Measured(
        probabilities=random.random((20, evidence.OUTPUTS)).astype(np.float32),
        truths=truths,
        sets=np.arange(20) % 2,
    )
    found = command.tabled(things, measured, Counter())[0]
    outputs = evidence.OUTPUTS + len(SAID)
    return {**found, "words": {"texts": SAID, "shares": [0.1] * len(SAID)}, "outputs": outputs}


@pytest.fixture(scope="module")
def release(table: dict[str, object], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the release of a captioner that was never trained, with ImageNet's own evidence."""
    torch.manual_seed(0)
    shape = Shape(
        encoders=("efficientnet-lite2", "mobilenet-detector"), vocabulary=len(WORDS), hidden=32,
        embedding=16, heads=2,
    )  # fmt: skip
    look = own.Look(
        Decoder(shape),
        [efficientnet_lite.pretrained(), mobilenet_detector.MobileNetDetector()],
        evidence=evidence.pretrained(),
    )
    assert look.evidence is not None
    look.evidence.words = evidence.Words(len(SAID)).eval()
    about = {"name": "tiny", "version": "1", "licence": "none", "vocabulary": WORDS}
    file = tmp_path_factory.mktemp("release") / "tiny.safetensors"
    own.write(look, {**about, "evidence": table}, file)
    return file


def test_the_model_directory_tells_what_pytorch_sees(
    release: Path, table: dict[str, object], tmp_path: Path
) -> None:
    model = families.read([release])
    converted = convert(model, tmp_path / "model", Options(pictures=5))
    assert "evidence" in converted.manifest.gate["differences_below"]
    assert converted.manifest.encoder_outputs[-1] == manifest.EVIDENCE_OUTPUT
    read = EvidenceTable.read(tmp_path / "model" / manifest.EVIDENCE)
    assert read.outputs == evidence.OUTPUTS + len(SAID)
    assert [thing.name for thing in read.things] == ["German shepherd", "potted plant"]
    captioner = Captioner.open(tmp_path / "model", provider="cpu")
    picture = gate.pictures(1)[0]
    seen = captioner.look(picture).evidence
    with torch.inference_mode():
        (wanted,) = model.encoder.eval()(torch.from_numpy(captioner.pixels(picture)[None]))[-1]
    assert seen is not None
    np.testing.assert_allclose(seen.probabilities, wanted[:2].numpy(), atol=1e-4)
    numbers = wanted[evidence.FIRST_NUMBER : evidence.ANIMAL].numpy()
    np.testing.assert_allclose(seen.numbers, numbers, atol=1e-4)
    np.testing.assert_allclose(seen.words, wanted[evidence.OUTPUTS :].numpy(), atol=1e-4)
    assert len(seen.words) == len(SAID)
    assert numbers.sum() == pytest.approx(1, abs=1e-3)
    assert wanted[: evidence.CLASSES].sum() == pytest.approx(1, abs=1e-3)
    assert ((wanted >= 0) & (wanted <= 1)).all()
    # The gate sees a difference in the evidence, and only that one.
    pictures = gate.pictures(5)
    reference = reference_of(model, captioner, pictures)
    assert reference.evidence is not None
    dataclasses.replace(reference, evidence=reference.evidence + 0.01).write(tmp_path)
    measured = gate.measure(tmp_path / "model", tmp_path)
    assert [d.output for d in measured.differences if not d.within({})] == ["evidence"]


def test_what_is_seen_is_computed_from_pixels_as_the_app_sees_them(
    release: Path, tmp_path: Path
) -> None:
    gate.pictures(1)[0].save(tmp_path / "picture.png")
    sees = evidence.pretrained()
    found = command.probabilities([tmp_path / "picture.png"], sees, release, 96, tmp_path)
    assert found.shape == (1, evidence.OUTPUTS)
    assert found[0, : evidence.CLASSES].sum() == pytest.approx(1, abs=0.01)


def test_evidence_is_taken_over_from_another_checkpoint(
    table: dict[str, object], tmp_path: Path
) -> None:
    head = evidence.Head().state_dict()
    run = {"config": dataclasses.asdict(Config()), "vocabulary": [], "weights": {}}
    torch.save(run | {"evidence": {"head": head, "table": table}}, tmp_path / "old.pt")
    torch.save(run | {"image_size": 288}, tmp_path / "new.pt")
    files = [str(tmp_path / name) for name in ("new.pt", "old.pt", "seen.pt")]
    assert cli.main(["evidence", files[0], "--like", files[1], "--out", files[2]]) == 0
    seen = torch.load(tmp_path / "seen.pt", weights_only=True)
    assert seen["evidence"]["table"] == table
    assert seen["image_size"] == 288
    assert (seen["evidence"]["head"]["cells.weight"] == head["cells.weight"]).all()
    assert cli.main(["evidence", files[2], "--like", files[0], "--out", files[1]]) == 2
    assert cli.main(["evidence", files[2], "--out", files[1]]) == 2
