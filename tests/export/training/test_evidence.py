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
from lorgnette_export import families
from lorgnette_export.conversion import gate
from lorgnette_export.conversion.convert import Options, convert
from lorgnette_export.data import captioned
from lorgnette_export.evidence import thresholds
from lorgnette_export.evidence.things import Thing
from lorgnette_export.evidence.truth import Truth
from lorgnette_export.families import own
from lorgnette_export.networks import efficientnet_lite, evidence, mobilenet_detector
from lorgnette_export.networks.decoder import Decoder, Shape
from lorgnette_export.training import evidence as command

pytestmark = pytest.mark.torch

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
    return command.tabled(things, measured, Counter())[0]


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
    about = {"name": "tiny", "version": "1", "licence": "none", "vocabulary": WORDS}
    file = tmp_path_factory.mktemp("release") / "tiny.safetensors"
    own.write(look, {**about, "evidence": table}, file)
    return file


def test_the_model_directory_tells_what_pytorch_sees(
    release: Path, table: dict[str, object], tmp_path: Path
) -> None:
    model = families.read([release])
    converted = convert(model, tmp_path / "model", Options(precision="fp16", pictures=5))
    assert "evidence" in converted.manifest.gate["differences_below"]
    assert converted.manifest.encoder_outputs[-1] == manifest.EVIDENCE_OUTPUT
    read = EvidenceTable.read(tmp_path / "model" / manifest.EVIDENCE)
    assert read.outputs == evidence.OUTPUTS
    assert [thing.name for thing in read.things] == ["German shepherd", "potted plant"]
    captioner = Captioner.open(tmp_path / "model", provider="cpu")
    picture = gate.pictures(1)[0]
    seen = captioner.look(picture)[-1]
    with torch.inference_mode():
        wanted = model.encoder.eval()(torch.from_numpy(captioner.pixels(picture)[None]))[-1]
    np.testing.assert_allclose(seen, wanted.numpy(), atol=2e-3)
    assert seen[0, : evidence.CLASSES].sum() == pytest.approx(1, abs=1e-3)
    numbers = seen[0, evidence.FIRST_NUMBER : evidence.ANIMAL]
    assert numbers.sum() == pytest.approx(1, abs=1e-3)
    assert ((seen >= 0) & (seen <= 1)).all()


def test_a_difference_in_the_evidence_does_not_pass(release: Path, tmp_path: Path) -> None:
    model = families.read([release])
    whole = model.encoder

    class Wrong(torch.nn.Module):
        """Another evidence each time it is looked at."""

        def __init__(self) -> None:
            super().__init__()
            self.whole = whole
            self.exported = False

        def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, ...]:
            *others, seen = self.whole(pixels)
            if not torch.compiler.is_exporting():
                seen = seen + 0.01
            return *others, seen

    with pytest.raises(gate.GateError, match="evidence differs"):
        convert(
            dataclasses.replace(model, encoder=Wrong()), tmp_path / "model", Options(pictures=5)
        )
