"""The CNNs beside torchvision's own: what those gave for the same tensors and pixels is on file.

data/torchvision.json holds, for each network, torchvision's tensor names and shapes, the shape of
its last map and the means of the map's first channels; its README says how it was made.
"""

import json
from pathlib import Path

import pytest
import torch
from tests.export.layouts import ResNet, filled, picture_like, values

from lorgnette_export.families import cnns
from lorgnette_export.families.tensors import Tensors
from lorgnette_export.reading.checkpoints import CheckpointError

pytestmark = pytest.mark.torch

CASES = json.loads((Path(__file__).parent / "recorded" / "torchvision.json").read_text())
del CASES["torchvision"]


def weights(case: dict[str, dict[str, list[int]]]) -> dict[str, torch.Tensor]:
    return {name: values(name, tuple(shape)).float() for name, shape in case["shapes"].items()}


@torch.inference_mode()
@pytest.mark.parametrize("name", CASES)
def test_networks_give_the_map_that_torchvision_gives(name: str):
    case = CASES[name]
    tensors = Tensors(weights(case), Path(name))
    # In float32 efficientnet_b5 with such weights is some 5 % off, and differently on each CPU.
    network = cnns.NETWORKS[case["network"]](tensors).eval().double()
    seen = network(picture_like(case["size"]).double())
    assert list(seen.shape) == case["shape"]
    means = seen.mean((0, 2, 3))[: len(case["mean"])]
    assert means.tolist() == pytest.approx(case["mean"], rel=1e-4, abs=1e-5)
    assert tensors.left() == []


@torch.inference_mode()
def test_the_order_of_tensors_in_a_file_does_not_matter():
    case = CASES["inception_v3"]  # safetensors sorts names; branches must not be sorted
    given = dict(sorted(weights(case).items()))
    seen = cnns.inception_v3(Tensors(given, Path("sorted"))).eval()(picture_like(case["size"]))
    means = seen.double().mean((0, 2, 3))[: len(case["mean"])]
    assert means.tolist() == pytest.approx(case["mean"], rel=1e-3, abs=1e-5)


def test_layers_that_do_not_follow_one_another_are_named():
    given = dict(filled(ResNet()).state_dict())
    given["layer2.0.conv1.weight"] = torch.zeros(16, 24, 1, 1)
    with pytest.raises(CheckpointError, match=r"layer2\.0\.conv1\.weight takes 24 channels"):
        cnns.resnet(Tensors(given, Path("spoilt.pth")))


def test_a_tensor_of_another_kind_is_named():
    given = dict(filled(ResNet()).state_dict())
    given["conv1.weight"] = torch.zeros(8, 3)
    with pytest.raises(CheckpointError, match=r"spoilt\.pth: conv1\.weight is 8 x 3, not 4 axes"):
        cnns.resnet(Tensors(given, Path("spoilt.pth")))


def test_a_variant_for_small_pictures_is_refused():
    given = dict(filled(ResNet()).state_dict())
    given["conv1.weight"] = given["conv1.weight"][:, :, 2:5, 2:5].clone()
    with pytest.raises(CheckpointError, match=r"conv1\.weight is 3 x 3, where this CNN begins"):
        cnns.resnet(Tensors(given, Path("cifar.pth")))
