"""The shipped model says the same of a picture whatever is captioned beside it."""

from pathlib import Path

import pytest
import skimage.data
from PIL import Image

from lorgnette import paths
from lorgnette.captioning.caption import Caption
from lorgnette.captioning.captioner import Captioner
from lorgnette.jobs.batch import caption_batch

PHOTOS = ("astronaut", "cat", "coffee", "rocket")


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("photos")
    found = []
    for name in PHOTOS:
        photo = Image.fromarray(getattr(skimage.data, name)())
        for turned, turn in (("", None), (" turned", Image.Transpose.FLIP_LEFT_RIGHT)):
            path = folder / f"{name}{turned}.jpg"
            (photo if turn is None else photo.transpose(turn)).save(path, quality=90)
            found.append(path)
    return found


@pytest.mark.model
def test_a_caption_is_the_same_alone_and_in_a_batch_of_any_number_of_threads(
    photos: list[Path],
) -> None:
    captioner = Captioner.open(paths.shipped_model(), provider="cpu", threads=1)
    alone: dict[Path, Caption] = {photo: captioner.caption(photo) for photo in photos}
    assert len({caption.model_words for caption in alone.values()}) > len(photos) / 2
    for threads in (1, 4):
        captioner = Captioner.open(paths.shipped_model(), provider="cpu", threads=threads)
        # Backwards, so that each picture has other neighbours; twice, so that all threads work.
        batch = [*reversed(photos), *photos]
        outcomes = list(caption_batch(batch, captioner))
        assert [outcome.image for outcome in outcomes] == batch
        for outcome in outcomes:
            assert outcome.caption == alone[outcome.image]
