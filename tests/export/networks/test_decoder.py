"""One decoder, called in two ways."""

import torch

from lorgnette_export.networks.decoder import Decoder, Shape
from lorgnette_export.networks.encoders import ENCODERS


@torch.inference_mode()
def test_sentences_and_steps_say_the_same() -> None:
    torch.manual_seed(0)
    shape = Shape(vocabulary=20, hidden=32, embedding=16, heads=2)
    decoder = Decoder(shape).eval()
    encoder = ENCODERS["efficientnet-lite2"]
    grid = 6 * torch.rand(4, encoder.positions, encoder.channels)
    tokens = torch.randint(3, shape.vocabulary, (4, 5))
    seen, hidden = decoder.look([grid])
    everything = torch.ones(tokens.shape, dtype=torch.bool)
    at_once = decoder.sentences(seen, hidden, tokens, everything).log_softmax(-1)
    assert at_once.std(0).mean() > 0.01  # what was seen and said makes a difference
    for i in range(tokens.shape[1]):
        stepped, hidden = decoder.step(tokens[:, i], seen, hidden)
        torch.testing.assert_close(stepped, at_once.reshape(4, 5, -1)[:, i], rtol=1e-4, atol=1e-4)
