import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest

from lorgnette.captioning import manifest
from lorgnette.captioning.captioner import Captioner
from lorgnette_export.conversion import gate
from lorgnette_export.conversion.gate import Difference, GateError, Measured, Reference, Said


@pytest.fixture(scope="module")
def reference(toy_model: Path) -> Reference:
    """Return what the toy model itself says: the other side of the gate, without a PyTorch."""
    pictures = gate.pictures(6)
    captioners = {
        b: Captioner.open(toy_model, provider="cpu", beam_size=b) for b in gate.BEAM_SIZES
    }
    one = captioners[1]
    pairs = [one._encoder.run({"pixels": one.pixels(picture)[None]}) for picture in pictures]
    features, hidden = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    token_ids = np.full(len(pictures), 3)
    log_probabilities, hidden_after = one._say(token_ids, features, hidden)
    return Reference(
        pictures=pictures,
        features=features,
        hidden=hidden,
        token_ids=token_ids,
        log_probabilities=log_probabilities,
        hidden_after=hidden_after,
        said=[Said.of(b, [c.hypotheses(p)[0] for p in pictures]) for b, c in captioners.items()],
    )


@pytest.fixture
def candidate(toy_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(toy_model, tmp_path / "candidate"))


def measure(candidate: Path, reference: Reference, tmp_path: Path) -> Measured:
    folder = tmp_path / "reference"
    folder.mkdir()
    reference.write(folder)
    return gate.measure(candidate, folder)


def judge(measured: Measured, reference: Reference, precision: str = "fp32") -> list[str]:
    lost = {said.beam_size: 0.0 for said in reference.said}
    return gate.failures(
        measured, reference.said, precision=precision, cider_d_lost=lost, rounding={}
    )


def spoil(candidate: Path, name: str, change) -> None:
    graph = onnx.load(candidate / name)
    change(graph.graph)
    (candidate / name).write_bytes(graph.SerializeToString())
    content = json.loads((candidate / manifest.NAME).read_text())
    content["files"][name] = dataclasses.asdict(manifest.record(candidate / name))
    (candidate / manifest.NAME).write_text(json.dumps(content))


def test_a_model_beside_itself_passes(candidate: Path, reference: Reference, tmp_path: Path):
    measured = measure(candidate, reference, tmp_path)
    assert measured.problems == []
    assert {d.output for d in measured.differences} > set(manifest.DECODER_OUTPUTS)
    assert [said.token_ids for said in measured.said] == [s.token_ids for s in reference.said]
    assert judge(measured, reference) == []


def test_a_reference_comes_back_as_it_was_written(reference: Reference, tmp_path: Path):
    reference.write(tmp_path)
    read = Reference.read(tmp_path)
    assert read.said == reference.said
    assert read.photo_probability is None
    np.testing.assert_array_equal(read.log_probabilities, reference.log_probabilities)
    np.testing.assert_array_equal(np.asarray(read.pictures[2]), np.asarray(reference.pictures[2]))


def test_an_axis_that_is_fixed_a_name_and_a_shape_are_reported_together(
    candidate: Path, reference: Reference, tmp_path: Path
):
    def fix(graph: onnx.GraphProto) -> None:
        graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1

    def widen(graph: onnx.GraphProto) -> None:
        graph.output[0].type.tensor_type.shape.dim[1].dim_value = 9

    def rename(graph: onnx.GraphProto) -> None:
        graph.node[-1].output[0] = graph.output[1].name = "state"

    spoil(candidate, manifest.ENCODER, fix)
    spoil(candidate, manifest.DECODER_STEP, widen)
    spoil(candidate, manifest.DECODER_STEP, rename)
    problems = "\n".join(measure(candidate, reference, tmp_path).problems)
    assert "encoder.onnx: the first axis of pixels is fixed at 1" in problems
    assert "decoder_step.onnx: log_probabilities has the shape [None, 9]" in problems
    assert "decoder_step.onnx lacks the output hidden_after" in problems
    assert "decoder_step.onnx has an unknown output: state" in problems


def test_other_weights_are_differences_with_the_largest_first(
    candidate: Path, reference: Reference, tmp_path: Path
):
    def blue(graph: onnx.GraphProto) -> None:
        (colours,) = (t for t in graph.initializer if t.name == "colours")
        changed = onnx.numpy_helper.to_array(colours)[::-1].copy()
        colours.CopyFrom(onnx.numpy_helper.from_array(changed, "colours"))

    spoil(candidate, manifest.DECODER_STEP, blue)
    said = judge(measure(candidate, reference, tmp_path), reference)
    assert said[0].startswith("log_probabilities differs by")
    assert any(line.startswith("greedy: ") for line in said)
    assert any(line.startswith("beam 3: ") for line in said)


def test_the_process_that_measures_has_no_pytorch(
    candidate: Path, reference: Reference, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "lorgnette_spy.py").write_text("import sys; sys.modules['torch'] = sys")
    (tmp_path / "sitecustomize.py").write_text("import lorgnette_spy")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(GateError, match="must not see PyTorch"):
        measure(candidate, reference, tmp_path)


def test_a_difference_that_is_no_number_fails():
    nan = Difference(output="features", absolute=float("nan"), limit=1.0)
    measured = Measured(problems=[], differences=[nan], said=[])
    assert gate.failures(measured, [], precision="fp32", cider_d_lost={}, rounding={}) == [
        "features differs by nan; 1.00e+00 is allowed"
    ]


def said(*sentences: list[int]) -> Said:
    return Said(
        beam_size=3,
        token_ids=list(sentences),
        log_probabilities=[[0.0] * (len(s) + 1) for s in sentences],
    )


@pytest.mark.parametrize(
    ("precision", "different", "lost", "passes"),
    [
        ("fp32", 0, 0.0, True),
        ("fp32", 1, 0.0, False),
        ("fp16", 1, 0.04, True),
        ("fp16", 2, 0.04, False),
        ("fp16", 0, 0.06, False),
        ("int8", 5, 0.2, True),
        ("int8", 6, 0.2, False),
        ("int8", 0, 0.3, False),
    ],
)
def test_captions_may_differ_as_far_as_the_precision_allows(
    precision: str, different: int, lost: float, passes: bool
):
    wanted = said(*[[5, 6]] * 10)
    found = said(*[[5, 7]] * different, *[[5, 6]] * (10 - different))
    measured = Measured(problems=[], differences=[], said=[found])
    failures = gate.failures(
        measured, [wanted], precision=precision, cider_d_lost={3: lost}, rounding={}
    )
    assert (failures == []) == passes


def test_the_manifest_is_published_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    candidate, model = tmp_path / "candidate", tmp_path / "model"
    candidate.mkdir()
    for name in ("a", manifest.NAME, "z"):
        (candidate / name).write_text(name)
    moved: list[str] = []
    replace = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda self, to: moved.append(self.name) or replace(self, to)
    )
    gate.publish(candidate, model)
    assert sorted(moved[:2]) == ["a", "z"]
    assert moved[2] == manifest.NAME
    assert (model / "z").read_text() == "z"


def test_drawn_pictures_are_many_different_and_always_the_same():
    first, again = gate.pictures(), gate.pictures()
    assert len(first) == 32
    assert len({picture.tobytes() for picture in first}) == 32
    assert [p.tobytes() for p in first] == [p.tobytes() for p in again]
