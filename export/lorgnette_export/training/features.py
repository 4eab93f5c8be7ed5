"""The frozen CNNs' grids of many photos, computed once: float16, memory-mapped, resumable.

They are computed by onnxruntime from the app's own pixels, so that training sees what the app
will see.
"""

import hashlib
import json
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageEnhance, ImageOps
from torch import nn
from tqdm import tqdm

from lorgnette import graphs
from lorgnette.captioning import images
from lorgnette.errors import UnreadableImageError
from lorgnette_export.conversion.graph import graph_of
from lorgnette_export.networks.encoders import Encoder

PLAIN_VIEWS = 2  # as it is; left and right swapped
_SAVE_EVERY = 64
Runner = Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]


def compute(
    files: Sequence[Path],
    encoder: Encoder,
    made: Callable[[], Runner],
    folder: Path,
    views: int = PLAIN_VIEWS,
) -> npt.NDArray[np.float16]:
    """Return the grids of files, (file, view, position, channel), read-only and memory-mapped.

    View 0 is the picture, view 1 its mirror image; those after them are random crops with random
    colours, every other one mirrored, so that an odd view is always a mirrored one.

    What an earlier call in folder has computed for the same files is not computed again, however
    that call ended. A file that cannot be decoded gets a grid of zeros.

    Args:
        made: returns the encoder's runner(), which takes seconds; called if anything is computed.
    """
    key = hashlib.sha256("\n".join([str(views), *map(str, files)]).encode()).hexdigest()[:16]
    grids_path = folder / f"{encoder.name}-{key}.npy"
    done_path = grids_path.with_suffix(".json")
    folder.mkdir(parents=True, exist_ok=True)
    done = json.loads(done_path.read_text())["done"] if done_path.exists() else 0
    if done < len(files):
        shape = (len(files), views, encoder.positions, encoder.channels)
        grids = np.lib.format.open_memmap(
            grids_path, mode="r+" if done else "w+", dtype=np.float16, shape=shape
        )
        run = made()
        with (
            ThreadPoolExecutor() as pool,
            tqdm(total=len(files), initial=done, desc=encoder.name, unit="photo") as bar,
        ):
            for first in range(done, len(files), _SAVE_EVERY):
                some = files[first : first + _SAVE_EVERY]
                each = pool.map(lambda file: run(_views(file, encoder, views)), some)
                for row, out in enumerate(each, first):
                    grids[row] = out
                    bar.update()
                grids.flush()
                done_path.write_text(json.dumps({"done": first + len(some)}))
        del grids
    loaded: npt.NDArray[np.float16] = np.load(grids_path, mmap_mode="r")
    return loaded


def pixels_of(image: Image.Image, encoder: Encoder) -> npt.NDArray[np.float32]:
    """Return what the encoder wants of image: (3, image_size, image_size)."""
    side = encoder.image_size
    array = np.asarray(image.resize((side, side), Image.Resampling.BICUBIC), np.float32)
    array = (array / np.float32(255) - np.float32(encoder.mean)) / np.float32(encoder.deviation)
    return array.transpose(2, 0, 1)


def _views(file: Path, encoder: Encoder, views: int) -> npt.NDArray[np.float32]:
    try:
        image = images.load(file, encoder.image_size)
    except UnreadableImageError as error:
        tqdm.write(f"left blank: {error}")
        return np.zeros((views, 3, encoder.image_size, encoder.image_size), np.float32)
    random = np.random.default_rng(zlib.crc32(file.name.encode()))
    seen = [image if view < PLAIN_VIEWS else _cropped(image, random) for view in range(views)]
    return np.stack(
        [pixels_of(ImageOps.mirror(s) if i % 2 else s, encoder) for i, s in enumerate(seen)]
    )


def _cropped(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Return 55 to 100 % of image, sides up to 1.28 : 1 apart, in somewhat other colours."""
    area, ratio = random.uniform(0.55, 1.0), np.exp(random.uniform(-0.25, 0.25))
    width = min(1.0, float(np.sqrt(area * ratio))) * image.width
    height = min(1.0, float(np.sqrt(area / ratio))) * image.height
    left, top = random.uniform(0, image.width - width), random.uniform(0, image.height - height)
    seen = image.crop((round(left), round(top), round(left + width), round(top + height)))
    for change in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        seen = change(seen).enhance(random.uniform(0.75, 1.25))
    return seen


def runner(encoder: Encoder, network: nn.Module) -> Runner:
    """Return network as a function that onnxruntime computes, on one thread.

    Pixels (image, 3, image_size, image_size) -> grid (image, position, channel).
    """
    model = graph_of(
        network,
        (torch.zeros(2, 3, encoder.image_size, encoder.image_size),),
        inputs=["pixels"],
        outputs=["grid"],
        axes=({0: torch.export.Dim("image")},),
    ).SerializeToString()
    onnxruntime = graphs.runtime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # several batches run at once instead
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def run(pixels: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        (grid,) = session.run(["grid"], {"pixels": pixels})
        flat: npt.NDArray[np.float32] = grid.reshape(len(pixels), encoder.channels, -1)
        return flat.transpose(0, 2, 1)

    return run
