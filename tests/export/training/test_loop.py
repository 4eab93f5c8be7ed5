"""What a run keeps: killed and begun again, averaged, with one encoder more."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from tests.export.training.squares import SENTENCES, SMALL
from torch import Tensor

from lorgnette_export.networks.decoder import load
from lorgnette_export.networks.encoders import ENCODERS
from lorgnette_export.reading.runs import read_run
from lorgnette_export.training.batches import Split
from lorgnette_export.training.loop import train


class KilledError(Exception):
    """Stands for a power cut."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Dying(Split):
    """Photos that can be asked for only so often."""

    calls: list[int]

    def batch(self, rows: Sequence[int], views: Sequence[int], device: str = "cpu") -> list[Tensor]:
        self.calls.append(1)
        if len(self.calls) > 8:  # five iterations an epoch: in the middle of the second
            raise KilledError
        return super().batch(rows, views, device)


@pytest.mark.parametrize(("averaging", "texts"), [(0.0, 0), (0.9, 0), (0.9, 4)])
def test_a_killed_run_ends_as_if_nothing_had_happened(
    whole: Split, tmp_path: Path, averaging: float, texts: int
) -> None:
    small = dataclasses.replace(SMALL, averaging=averaging, texts=texts)
    unbroken = train(small, whole, {}, tmp_path / "unbroken", None, SENTENCES)
    dying = Dying(photos=whole.photos, grids=whole.grids, calls=[])
    with pytest.raises(KilledError):
        train(small, dying, {}, tmp_path / "broken", None, SENTENCES)
    saved = torch.load(tmp_path / "broken" / "checkpoint.pt", weights_only=True)
    assert saved["epoch"] == 1
    resumed = train(small, whole, {}, tmp_path / "broken", None, SENTENCES)
    one, other = (torch.load(p, weights_only=True) for p in (unbroken, resumed))
    for part in ("weights", *(["texts"] if texts else [])):
        assert one[part].keys() == other[part].keys()
        for name in one[part]:
            torch.testing.assert_close(one[part][name], other[part][name], rtol=0, atol=0)


def test_a_moving_average_is_kept(whole: Split, tmp_path: Path) -> None:
    plain = dataclasses.replace(SMALL, epochs=9, photos=len(whole.photos))  # a step an epoch
    averaging = dataclasses.replace(plain, averaging=0.75)

    def weights(checkpoint: Path) -> dict[str, Tensor]:
        saved = torch.load(checkpoint, weights_only=True)["weights"]
        assert isinstance(saved, dict)
        return saved

    latest = weights(train(plain, whole, {}, tmp_path / "plain"))
    dying = Dying(photos=whole.photos, grids=whole.grids, calls=[])
    with pytest.raises(KilledError):  # before the ninth step
        train(averaging, dying, {}, tmp_path / "averaging")
    before = weights(tmp_path / "averaging" / "checkpoint.pt")
    for name, kept in weights(train(averaging, whole, {}, tmp_path / "averaging")).items():
        torch.testing.assert_close(kept, 0.75 * before[name] + 0.25 * latest[name])
        assert not torch.equal(kept, latest[name]), name


def test_an_encoder_more_changes_nothing_at_first(run: Path, whole: Split, tmp_path: Path) -> None:
    positions = ENCODERS["mobilenet-detector"].positions
    random = np.random.default_rng(0).random((len(whole.photos), 2, positions, 1280))
    both = Split(photos=whole.photos, grids=[*whole.grids, random.astype(np.float16)])
    begun = read_run(run / "checkpoint.pt")
    still = dataclasses.replace(
        SMALL, hidden=64, embedding=64, epochs=1, learning_rate=0.0,
        encoders=("efficientnet-lite2", "mobilenet-detector"),
    )  # fmt: skip
    one, _ = load(run / "checkpoint.pt")
    two, _ = load(train(still, both, {}, tmp_path / "both", begun))
    seen = both.batch(range(4), [0] * 4)
    with torch.inference_mode():
        for mine, theirs in zip(two.look(seen), one.look(seen[:1]), strict=True):
            torch.testing.assert_close(mine, theirs)
