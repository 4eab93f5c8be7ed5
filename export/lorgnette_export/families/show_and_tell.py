"""Families whose image is the LSTM's first input, after Show and Tell (Vinyals et al. 2015).

The Udacity computer-vision project and yunjey's tutorial, which it grew from. They differ in
names, which are read off the shapes here, for the project's solutions differ among themselves:
word_embeddings, embed or embeddings; hidden2vocab, hidden2tag, linear or fc; with or without a
batch norm behind the encoder's linear layer, called bn or batch_norm.
"""

from pathlib import Path

from torch import nn

from lorgnette_export.families import cnns, finishing
from lorgnette_export.families.recurrent import Layout, RecurrentDecoder
from lorgnette_export.families.tensors import Tensors
from lorgnette_export.families.torch_model import Look, Preprocessing, Step, TorchModel
from lorgnette_export.reading.checkpoints import Brought, CheckpointError, Weights

UDACITY = "udacity"
YUNJEY = "yunjey"
FAMILIES = (UDACITY, YUNJEY)
# The project's notebooks give RandomCrop(224) of Resize(256) to training; for new pictures its
# solutions take the middle of the same. The tutorial squashes to 224 in sample.py.
_PIXELS = {
    UDACITY: Preprocessing(
        height=224, width=224, resize="crop", resize_side=256, interpolation="bilinear", whole=True
    ),
    YUNJEY: Preprocessing(height=224, width=224, interpolation="lanczos", whole=True),
}
_ASSUMED = (
    "the CNN is a ResNet with torchvision's strides, its map's mean goes through {layers}",
    "the picture is the RNN's first input, in the place of a word, and its first state is zeros "
    "(not the picture as the first state)",
    "the first word is what the network says to the picture, as in sample()",
)


def recognises_udacity(brought: Brought) -> bool:
    """Tell whether this is an encoder and a decoder of the Udacity project."""
    halves = _halves(brought)
    return halves is not None and not _is_yunjey(halves[0][1])


def recognises_yunjey(brought: Brought) -> bool:
    """Tell whether this is an encoder and a decoder of yunjey's tutorial."""
    halves = _halves(brought)
    return halves is not None and _is_yunjey(halves[0][1])


def read_udacity(brought: Brought, input_size: int | None) -> TorchModel:
    """Return the model of a Udacity project; see `finishing.words` for what may be wrong."""
    return _read(brought, UDACITY, input_size)


def read_yunjey(brought: Brought, input_size: int | None) -> TorchModel:
    """Return the model of yunjey's tutorial; see `finishing.words` for what may be wrong."""
    return _read(brought, YUNJEY, input_size)


def _halves(brought: Brought) -> tuple[tuple[Path, Weights], tuple[Path, Weights]] | None:
    """Return encoder and decoder with their files, if this is what was brought."""
    encoder = decoder = None
    for checkpoint, weights in brought.networks():
        if cnns.resnet_in(weights) is not None:
            encoder = (checkpoint.path, weights)
        elif _layers(weights) is not None:
            decoder = (checkpoint.path, weights)
    return (encoder, decoder) if encoder and decoder else None


def _is_yunjey(encoder: Weights) -> bool:
    return "linear.weight" in encoder and "bn.weight" in encoder


def _layers(decoder: Weights) -> Layout | None:
    """Return the layout of a decoder that is embedding, LSTM and linear layer, and no more."""
    rnns = [n.removesuffix(".weight_ih_l0") for n in decoder if n.endswith(".weight_ih_l0")]
    if len(rnns) != 1:
        return None
    width = decoder[f"{rnns[0]}.weight_hh_l0"].shape[1]
    others = [n.removesuffix(".weight") for n in decoder if n.endswith(".weight")]
    outputs = [n for n in others if f"{n}.bias" in decoder and decoder[f"{n}.weight"].dim() == 2]
    embeddings = [n for n in others if f"{n}.bias" not in decoder]
    if len(outputs) != 1 or len(embeddings) != 1 or len(others) != 2:
        return None
    if decoder[f"{outputs[0]}.weight"].shape[1] != width:
        return None
    return Layout(embedding=embeddings[0], rnn=rnns[0], output=outputs[0], image="first_input")


def _read(brought: Brought, family: str, input_size: int | None) -> TorchModel:
    halves = _halves(brought)
    if halves is None:
        raise CheckpointError(
            brought.first,
            "an encoder and a decoder belong together; name both files (encoder-N.pkl and "
            "decoder-N.pkl)",
        )
    (encoder_path, encoder), (decoder_path, decoder) = halves
    layout, backbone = _layers(decoder), cnns.resnet_in(encoder)
    if layout is None or backbone is None:
        raise CheckpointError(brought.first, "encoder and decoder are not of this family")
    said = Tensors(decoder, decoder_path)
    rnn = RecurrentDecoder(said, layout)
    finishing.nothing_left(said)
    seen = Tensors(encoder, encoder_path)
    cnn = cnns.resnet(seen.within(backbone))
    linear = [n.removesuffix(".weight") for n in seen.left() if encoder[n].dim() == 2]
    if len(linear) != 1:
        raise CheckpointError(
            encoder_path, f"one linear layer belongs behind the ResNet; there are {len(linear)}"
        )
    head = seen.linear(linear[0])
    norms = [n.removesuffix(".running_mean") for n in seen.left() if n.endswith(".running_mean")]
    parts = [head, *(seen.vector_norm(name) for name in norms)]
    finishing.nothing_left(seen)
    pixels = _PIXELS[family] if input_size is None else _PIXELS[family].at(input_size)
    model = finishing.model(
        brought,
        family=family,
        encoder=Look(cnn, rnn, head=nn.Sequential(*parts)),
        decoder_step=Step(rnn),
        preprocessing=pixels,
        words=finishing.words(brought, rnn.vocabulary, decoder_path),
        assumed=[line.format(layers=" and then ".join([linear[0], *norms])) for line in _ASSUMED],
    )
    return finishing.without_start(model, rnn)
