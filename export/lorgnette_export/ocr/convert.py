"""Put the quick recogniser into a text model.

Run as `python -m lorgnette_export.ocr.convert WEIGHTS MODEL`: WEIGHTS are what `teach` wrote,
MODEL is the folder of the text model, whose other files stay as they are.
"""

import argparse
import json
from pathlib import Path

import onnx
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from lorgnette.ocr import reader
from lorgnette_export.conversion import graph as graphs
from lorgnette_export.conversion import precision
from lorgnette_export.conversion.text_model import sealed
from lorgnette_export.ocr import drawing
from lorgnette_export.ocr.recogniser import QuickRecogniser, normal

_SOME = "?"


class Shipped(nn.Module):
    """Strips (1, 1, HEIGHT, width) -> the text model's two likeliest classes, and how likely.

    What is not of the alphabet is some character without certainty, so that the other recogniser
    is asked.
    """

    classes: Tensor
    counts: Tensor

    def __init__(self, network: QuickRecogniser, characters: tuple[str, ...]) -> None:
        super().__init__()
        self.network = network
        own = (*drawing.alphabet(characters), " ")
        self.register_buffer("classes", torch.tensor([0, *map(characters.index, (*own, _SOME))]))
        self.register_buffer("counts", torch.tensor([1.0] * (len(own) + 1) + [0.0]))

    def forward(self, strips: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return both for each column of one strip: reader.OUTPUTS of a quick recogniser."""
        likely = self.network(normal(strips)).softmax(2)[0]
        (certainty, doubt), (best, second) = (each.unbind(1) for each in likely.topk(2, dim=1))
        return self.classes[best], certainty * self.counts[best], self.classes[second], doubt


def convert(network: QuickRecogniser, characters: tuple[str, ...]) -> onnx.ModelProto:
    """Return the graph of a quick recogniser, for strips of any width.

    Args:
        characters: of the text model, by class.
    """
    shipped = Shipped(network, characters)
    graph = graphs.graph_of(
        shipped,
        (torch.zeros(1, 1, drawing.HEIGHT, 96),),
        inputs=[reader.PIXELS],
        outputs=reader.OUTPUTS[reader.QUICK],
        axes=({3: torch.export.Dim("quarters", min=2, max=20_000) * 4},),
    )
    precision.halve(graph)
    onnx.checker.check_model(graph)
    return graph


def main() -> None:
    """Put the quick recogniser into a text model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("model", type=Path)
    args = parser.parse_args()
    characters = reader.classes(args.model)
    network = QuickRecogniser(len(drawing.alphabet(characters)) + 3)
    network.load_state_dict(load_file(args.weights))
    onnx.save(convert(network, characters), args.model / reader.QUICK)
    manifest = args.model / reader.MANIFEST
    content = json.loads(manifest.read_text("utf-8"))
    content["files"][reader.QUICK] = sealed(args.model / reader.QUICK)
    manifest.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
