"""sgrvinod's tutorial, after Show, Attend and Tell (Xu et al. 2015).

A ResNet's last map, pooled to 14 x 14, under additive attention with a gate; the LSTM starts from
two linear layers of the map's mean. Names as in the tutorial's models.py.
"""

from lorgnette.captioning.decoding import as_elsewhere
from lorgnette_export.families import cnns, finishing
from lorgnette_export.families.recurrent import Attention, Layout, RecurrentDecoder
from lorgnette_export.families.tensors import Tensors
from lorgnette_export.families.torch_model import (
    Look,
    Pooled,
    Preprocessing,
    Step,
    TorchModel,
)
from lorgnette_export.reading.checkpoints import Brought, CheckpointError

FAMILY = "sgrvinod"
_GRID = 14  # encoded_image_size
# create_input_files and caption.py squash to 256 x 256; imresize is bilinear unless told.
_PIXELS = Preprocessing(height=256, width=256, interpolation="bilinear", whole=True)
_MARK = "attention.encoder_att.weight"
_LAYOUT = Layout(
    embedding="embedding",
    rnn="decode_step",
    output="fc",
    image="initial_state",
    initial_hidden="init_h",
    initial_cell="init_c",
    attention=Attention(
        features="attention.encoder_att",
        hidden="attention.decoder_att",
        score="attention.full_att",
        activation="relu",
        gate="f_beta",
    ),
)


def recognises(brought: Brought) -> bool:
    """Tell whether one of the networks is the tutorial's DecoderWithAttention."""
    return any(_MARK in weights for _, weights in brought.networks())


def read(brought: Brought, input_size: int | None) -> TorchModel:
    """Return the model.

    Raises:
        CheckpointError: encoder, decoder or words are missing or do not fit.
    """
    networks = brought.networks()
    decoder = next(((c, w) for c, w in networks if _MARK in w), None)
    encoder = next(((c, w) for c, w in networks if any(t.dim() == 4 for t in w.values())), None)
    if decoder is None or encoder is None:
        missing = "decoder" if decoder is None else "encoder"
        raise CheckpointError(
            brought.first, f"the {missing} is missing; save both state dicts, or name both files"
        )
    said = Tensors(decoder[1], decoder[0].path)
    rnn = RecurrentDecoder(said, _LAYOUT)
    finishing.nothing_left(said)
    seen = Tensors(encoder[1], encoder[0].path)
    cnn = cnns.resnet(seen.within(cnns.resnet_in(encoder[1]) or "resnet"))
    finishing.nothing_left(seen)
    pixels = _PIXELS if input_size is None else _PIXELS.at(input_size)
    return finishing.model(
        brought,
        family=FAMILY,
        encoder=Look(cnn, rnn, grid=Pooled(_GRID, _GRID)),
        decoder_step=Step(rnn),
        preprocessing=pixels,
        words=finishing.words(brought, rnn.vocabulary, decoder[0].path),
        max_words=50,
        search=as_elsewhere(5),  # as caption.py
        assumed=(
            "the CNN is a ResNet with torchvision's strides, its map pooled to 14 x 14 cells",
            "attention has a ReLU inside, and a gate; layers and their order as in the tutorial",
        ),
    )
