"""Put the quick recogniser into a text model.

Run as `python -m lorgnette_export.ocr.convert WEIGHTS PICTURES MODEL`: WEIGHTS are what `teach`
wrote, PICTURES a folder of pages and screens, which tell in which range each convolution works, and
MODEL is the folder of the text model, whose other files stay as they are. Convolutions that mix
channels calculate with whole numbers of eight bits, which takes less than half of the time.
"""

import argparse
import json
import re
import tempfile
from pathlib import Path

import onnx
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from lorgnette.ocr import reader
from lorgnette_export.conversion import graph as graphs
from lorgnette_export.conversion import precision, text_model
from lorgnette_export.ocr import drawing
from lorgnette_export.ocr.recogniser import QuickRecogniser, normal

_SOME = "?"
_VERSION = "quick 2"  # told in what was written with it


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
    onnx.checker.check_model(graph)
    return graph


def smaller(graph: onnx.ModelProto, pictures: Path, model: Path) -> onnx.ModelProto:
    """Return the graph of a quick recogniser that mixes channels in eight bits.

    Args:
        pictures: a folder of what is read to see in which range each layer works.
        model: the folder of the text model, whose other graphs help to read.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, reader.QUICK)
        onnx.save(graph, path)
        graphs = {
            name: text_model.Listening(path if name == reader.QUICK else model / name)
            for name in reader.OUTPUTS
        }
        text_model.read(reader.Reader(graphs, reader.classes(model), ""), pictures)
        shapes = {tensor.name: tensor.dims for tensor in graph.graph.initializer}
        mixing = [
            node.name
            for node in graph.graph.node
            if node.op_type == "Conv" and shapes[node.input[1]][1] > 1
        ]
        text_model.quantise(graph, path, graphs[reader.QUICK].kept, mixing)
        made = onnx.load(path)
    precision.halve(made)
    onnx.checker.check_model(made)
    return made


def main() -> None:
    """Put the quick recogniser into a text model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("model", type=Path)
    args = parser.parse_args()
    characters = reader.classes(args.model)
    network = QuickRecogniser(len(drawing.alphabet(characters)) + 3)
    network.load_state_dict(load_file(args.weights))
    graph = smaller(convert(network, characters), args.pictures, args.model)
    onnx.save(graph, args.model / reader.QUICK)
    manifest = args.model / reader.MANIFEST
    content = json.loads(manifest.read_text("utf-8"))
    content["version"] = re.sub(r"(, quick \d+)?$", f", {_VERSION}", content["version"], count=1)
    content["files"][reader.QUICK] = text_model.sealed(args.model / reader.QUICK)
    manifest.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
