"""Photos for training end to end: squashed pixels, kept once, and other crops of them each time.

The pixels lie in one file that is memory-mapped, so that a batch is read from where it lies; on a
GPU with room for all of them they are held there.
"""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from lorgnette.captioning import images
from lorgnette.errors import UnreadableImageError
from lorgnette_export.data.captioned import Photo
from lorgnette_export.networks.encoders import Encoder
from lorgnette_export.training.features import PLAIN_VIEWS

SIDE = 256  # of what is kept
_VIEWS = 1 << 30  # of each photo: the number of a view is what its crop and colours are drawn by
_SAVE_EVERY = 256
_NARROWEST = 0.25  # logarithm of how much narrower or wider a crop may be than the photo
_COLOURS = 0.3  # how far brightness, contrast and saturation may be from 1
_GREY = (0.299, 0.587, 0.114)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Photos and their pixels, in the same order."""

    photos: Sequence[Photo]
    pixels: Tensor  # (photo, SIDE, SIDE, 3), bytes; where there is room for them on the device
    encoder: Encoder
    size: int  # of the squares that the network is shown
    least_area: float = 0.55

    @property
    def views(self) -> int:
        """Return in how many views each can be seen."""
        return _VIEWS

    def batch(self, rows: Sequence[int], views: Sequence[int], device: str = "cpu") -> list[Tensor]:
        """Return the pixels of rows as they are in views, (image, 3, size, size), normalised."""
        some = self.pixels[torch.tensor(list(rows), device=self.pixels.device)].to(device)
        whole = some.permute(0, 3, 1, 2).float() / 255
        seen = _augmented(whole, views, self.size, self.least_area)
        return [(seen - self.encoder.mean) / self.encoder.deviation]

    def last(self, count: int) -> "Pictures":
        """Return the last photos and their pixels."""
        return replace(self, photos=self.photos[-count:], pixels=self.pixels[-count:])


def compute(files: Sequence[Path], folder: Path) -> npt.NDArray[np.uint8]:
    """Return the pixels of files, (file, SIDE, SIDE, 3), memory-mapped.

    What an earlier call in folder has read of the same files is not read again, however that call
    ended. A file that cannot be decoded is black.
    """
    key = hashlib.sha256("\n".join(map(str, files)).encode()).hexdigest()[:16]
    path = folder / f"pixels-{SIDE}-{key}.npy"
    done_path = path.with_suffix(".json")
    folder.mkdir(parents=True, exist_ok=True)
    done = json.loads(done_path.read_text())["done"] if done_path.exists() else 0
    if done < len(files):
        pixels = np.lib.format.open_memmap(
            path, mode="r+" if done else "w+", dtype=np.uint8, shape=(len(files), SIDE, SIDE, 3)
        )
        with (
            ThreadPoolExecutor() as pool,
            tqdm(total=len(files), initial=done, desc="pictures", unit="photo") as bar,
        ):
            for first in range(done, len(files), _SAVE_EVERY):
                some = files[first : first + _SAVE_EVERY]
                for row, square in enumerate(pool.map(_square, some), first):
                    pixels[row] = square
                    bar.update()
                pixels.flush()
                done_path.write_text(json.dumps({"done": first + len(some)}))
        del pixels
    loaded: npt.NDArray[np.uint8] = np.load(path, mmap_mode="c")  # torch wants to be able to write
    return loaded


def held(pixels: npt.NDArray[np.uint8]) -> Tensor:
    """Return pixels as a tensor: on the GPU where there is one and half its memory is enough."""
    if torch.cuda.is_available() and pixels.nbytes < torch.cuda.mem_get_info()[0] / 2:
        return torch.from_numpy(np.ascontiguousarray(pixels)).cuda()
    return torch.from_numpy(np.asarray(pixels))


def _square(file: Path) -> npt.NDArray[np.uint8]:
    try:
        image = images.load(file, SIDE)
    except UnreadableImageError as error:
        tqdm.write(f"left black: {error}")
        return np.zeros((SIDE, SIDE, 3), np.uint8)
    return np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.uint8)


def _augmented(whole: Tensor, views: Sequence[int], size: int, least_area: float) -> Tensor:
    """Return a crop of each of whole, (image, 3, SIDE, SIDE) from 0 to 1, in other colours.

    An odd view is mirrored; the first PLAIN_VIEWS are neither cropped nor coloured.
    """
    drawn = np.stack([np.random.default_rng(view).uniform(-1, 1, 7) for view in views])
    drawn *= np.array([view >= PLAIN_VIEWS for view in views])[:, None]
    area = 1 - (1 - least_area) * np.abs(drawn[:, 0])
    ratio = np.exp(_NARROWEST * drawn[:, 1])
    width = np.minimum(1.0, np.sqrt(area * ratio))
    height = np.minimum(1.0, np.sqrt(area / ratio))
    mirrored = np.where(np.array(views) % 2 == 1, -1.0, 1.0)
    move = np.zeros((len(views), 2, 3))  # output coordinates from -1 to 1 -> those of whole
    move[:, 0, 0], move[:, 1, 1] = width * mirrored, height
    move[:, 0, 2], move[:, 1, 2] = (1 - width) * drawn[:, 2], (1 - height) * drawn[:, 3]
    grid = functional.affine_grid(
        torch.tensor(move, dtype=torch.float32, device=whole.device),
        [len(views), 3, size, size],
        align_corners=False,
    )
    seen = functional.grid_sample(
        whole, grid, mode="bicubic", padding_mode="border", align_corners=False
    ).clamp(0, 1)
    factors = torch.tensor(1 + _COLOURS * drawn[:, 4:], dtype=torch.float32, device=whole.device)
    brightness, contrast, saturation = factors[:, :, None, None, None].unbind(1)
    weights = torch.tensor(_GREY, device=whole.device)[:, None, None]
    seen = (seen * brightness).clamp(0, 1)
    mean = (seen * weights).sum(1, keepdim=True).mean((2, 3), keepdim=True)
    seen = (mean + (seen - mean) * contrast).clamp(0, 1)
    grey = (seen * weights).sum(1, keepdim=True)
    return (grey + (seen - grey) * saturation).clamp(0, 1)
