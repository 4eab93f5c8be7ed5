"""The mean of runs."""

import dataclasses
from pathlib import Path

import torch
from tests.export.training.squares import SMALL

from lorgnette_export import cli
from lorgnette_export.networks.decoder import load
from lorgnette_export.reading.runs import read_run
from lorgnette_export.training.batches import Split
from lorgnette_export.training.loop import train


def test_runs_with_the_same_start_are_averaged(run: Path, whole: Split, tmp_path: Path) -> None:
    short = dataclasses.replace(SMALL, hidden=64, embedding=64, epochs=1, learning_rate=1e-3)
    runs = [
        train(
            dataclasses.replace(short, seed=seed), whole, {}, tmp_path / str(seed),
            read_run(run / "checkpoint.pt"),
        )
        for seed in (1, 2)
    ]  # fmt: skip
    out = tmp_path / "mean" / "checkpoint.pt"
    assert cli.main(["average", *map(str, runs), "--out", str(out)]) == 0
    one, other = (torch.load(each, weights_only=True)["weights"] for each in runs)
    for name, tensor in load(out)[0].state_dict().items():
        assert not torch.equal(one[name], other[name]), name
        expected = (one[name].double() + other[name].double()) / 2
        torch.testing.assert_close(tensor.double(), expected, rtol=1e-6, atol=1e-7)
    arguments = ["average", *map(str, runs), "--out", str(out), "--further", "0.5"]
    assert cli.main(arguments) == 2  # from where?
    assert cli.main([*arguments, "--start", str(run / "checkpoint.pt")]) == 0
    before = read_run(run / "checkpoint.pt")["weights"]
    for name, tensor in load(out)[0].state_dict().items():
        halfway = (one[name].double() + other[name].double()) / 2
        expected = halfway + 0.5 * (halfway - before[name].double())
        torch.testing.assert_close(tensor.double(), expected, rtol=1e-5, atol=1e-6)
    unlike = train(dataclasses.replace(SMALL, epochs=1), whole, {}, tmp_path / "unlike")
    alien = tmp_path / "alien.pt"
    torch.save({"weights": {}}, alien)
    for wrong in (unlike, alien, tmp_path / "missing.pt"):
        assert cli.main(["average", str(runs[0]), str(wrong), "--out", str(out)]) == 2
