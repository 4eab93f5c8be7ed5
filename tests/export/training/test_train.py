"""A real run made small: drawn squares, the real CNN, a decoder of a few thousand weights."""

import argparse
import dataclasses
import gzip
import itertools
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from lorgnette.captioning import judging
from lorgnette.captioning.captioner import Captioner
from lorgnette.english.lexicon import FUNCTION_WORDS
from lorgnette_export import cli
from lorgnette_export.data import captioned
from lorgnette_export.data.captioned import DataError
from lorgnette_export.networks.decoder import Decoder
from lorgnette_export.training import features, train
from lorgnette_export.training import judge as fitting
from lorgnette_export.training.train import Config, Split

COLOURS = ("red", "green", "blue", "yellow")
SMALL = Config(
    hidden=32, embedding=32, heads=2, dropout=0.1, epochs=3, photos=8, captions=2,
    learning_rate=1e-2, least_count=1,
)  # fmt: skip


# The photos below have one thing each.
SENTENCES = [
    f"there is a {one} {shape} a {other} {shape}".split()
    for one, other in itertools.permutations(COLOURS, 2)
    for shape in ("square", "circle")
]


@pytest.fixture(scope="session")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder: squares and circles in four colours, six of each."""
    folder = tmp_path_factory.mktemp("squares")
    (folder / "captions").mkdir()
    images = []
    for number in range(6):
        for colour in COLOURS:
            for shape in ("square", "circle"):
                name = f"{colour}-{shape}-{number}.png"
                picture = Image.new("RGB", (96, 96), "white")
                draw = ImageDraw.Draw(picture)
                box = (10 + number * 4, 16, 60 + number * 4, 66)
                (draw.rectangle if shape == "square" else draw.ellipse)(box, fill=colour)
                picture.save(folder / name)
                images.append(
                    {
                        "file": name,
                        "split": "val" if number == 5 else "train",
                        "captions": [f"A {colour} {shape}.", f"There is a {colour} {shape} ."],
                    }
                )
    (folder / "captions" / "squares.json").write_text(
        json.dumps({"set": "squares", "images": images})
    )
    return folder


@pytest.fixture(scope="session")
def run(squares: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished run, trained through the command line."""
    folder = tmp_path_factory.mktemp("runs")
    config = folder / "small.toml"
    config.write_text(
        "hidden = 64\nembedding = 64\nheads = 2\ndropout = 0.1\nepochs = 12\nphotos = 8\n"
        "captions = 2\nlearning_rate = 1e-2\nleast_count = 1\n"
    )
    arguments = ["train", "--data", squares, "--out", folder / "run", "--config", config]
    assert cli.main([str(a) for a in arguments]) == 0
    return folder / "run"


def test_it_learns_what_is_drawn(run: Path, squares: Path) -> None:
    history = json.loads((run / "history.json").read_text())
    assert [line["epoch"] for line in history] == list(range(1, 13))
    assert history[-1]["loss"] < history[0]["loss"] / 2
    assert history[-1]["squares"] > 5  # CIDEr-D of unseen positions; 10 is the greatest


def split(folder: Path, grids: Path, which: str) -> Split:
    from lorgnette_export.networks import efficientnet_lite

    photos = [photo for photo in captioned.read(folder) if photo.split == which]
    encoder = features.ENCODERS["efficientnet-lite2"]
    network = efficientnet_lite.pretrained()
    return Split(
        photos=photos,
        grids=[features.compute([p.file for p in photos], encoder, network, grids)],
    )


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
    squares: Path, tmp_path: Path, averaging: float, texts: int
) -> None:
    whole = split(squares, tmp_path / "grids", "train")
    small = dataclasses.replace(SMALL, averaging=averaging, texts=texts)
    unbroken = train.train(small, whole, {}, tmp_path / "unbroken", None, SENTENCES)
    dying = Dying(photos=whole.photos, grids=whole.grids, calls=[])
    with pytest.raises(KilledError):
        train.train(small, dying, {}, tmp_path / "broken", None, SENTENCES)
    saved = torch.load(tmp_path / "broken" / "checkpoint.pt", weights_only=True)
    assert saved["epoch"] == 1
    resumed = train.train(small, whole, {}, tmp_path / "broken", None, SENTENCES)
    one, other = (torch.load(p, weights_only=True) for p in (unbroken, resumed))
    for part in ("weights", *(["texts"] if texts else [])):
        assert one[part].keys() == other[part].keys()
        for name in one[part]:
            torch.testing.assert_close(one[part][name], other[part][name], rtol=0, atol=0)


def test_a_moving_average_is_kept(squares: Path, tmp_path: Path) -> None:
    whole = split(squares, tmp_path / "grids", "train")
    plain = dataclasses.replace(SMALL, epochs=9, photos=len(whole.photos))  # a step an epoch
    averaging = dataclasses.replace(plain, averaging=0.75)

    def weights(checkpoint: Path) -> dict[str, Tensor]:
        saved = torch.load(checkpoint, weights_only=True)["weights"]
        assert isinstance(saved, dict)
        return saved

    latest = weights(train.train(plain, whole, {}, tmp_path / "plain"))
    dying = Dying(photos=whole.photos, grids=whole.grids, calls=[])
    with pytest.raises(KilledError):  # before the ninth step
        train.train(averaging, dying, {}, tmp_path / "averaging")
    before = weights(tmp_path / "averaging" / "checkpoint.pt")
    for name, kept in weights(train.train(averaging, whole, {}, tmp_path / "averaging")).items():
        torch.testing.assert_close(kept, 0.75 * before[name] + 0.25 * latest[name])
        assert not torch.equal(kept, latest[name]), name


@torch.inference_mode()
def told(
    decoder: Decoder, vocabulary: list[str], vectors: Tensor, words: Sequence[str]
) -> list[str]:
    """Return what decoder says, greedily, where the concepts among words stand for what is seen."""
    meant = [vocabulary.index(word) for word in words if word not in FUNCTION_WORDS]
    seen, hidden = decoder.look_at(vectors[meant][None])
    said, token = [], torch.tensor([vocabulary.index(captioned.START)])
    while len(said) < train.MAX_WORDS and vocabulary[token] != captioned.END:
        log_probabilities, hidden = decoder.step(token, seen, hidden)
        token = log_probabilities.argmax(-1)
        said.append(vocabulary[token])
    return said


def test_captions_without_photos_teach_sentences(squares: Path, tmp_path: Path) -> None:
    """That there can be two things it knows from the texts alone, and says it of two unheard."""
    heldout, folder = SENTENCES[::5], tmp_path / "texts"
    folder.mkdir()
    lines = [f"{' '.join(words).capitalize()} ." for words in SENTENCES if words not in heldout]
    (folder / "one.txt").write_text("\n".join(lines[::2]))
    with gzip.open(folder / "two.txt.gz", "wt") as file:
        file.write("\n".join(lines[1::2]))
    config = tmp_path / "texts.toml"
    config.write_text(
        "hidden = 64\nembedding = 64\nheads = 2\ndropout = 0.1\nepochs = 16\nphotos = 8\n"
        "captions = 2\nlearning_rate = 5e-3\nleast_count = 1\ntexts = 8\ntexts_weight = 1.0\n"
    )
    arguments = ["train", "--data", squares, "--out", tmp_path / "run", "--config", config]
    assert cli.main([str(a) for a in arguments]) == 2  # nothing says where the texts are
    arguments += ["--texts", folder]
    assert cli.main([str(a) for a in arguments]) == 0
    decoder, vocabulary = train.load(tmp_path / "run" / "checkpoint.pt")
    saved = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    vectors = saved["texts"]["concepts.weight"]
    right = []
    for words in heldout:
        said = told(decoder, vocabulary, vectors, words)
        assert said.count("a") == 2, said
        right += [word in said for word in words]
    assert np.mean(right) > 0.75


def test_concepts_are_fitted_to_a_network_without_changing_it(
    run: Path, squares: Path, tmp_path: Path
) -> None:
    whole = split(squares, tmp_path / "grids", "train")
    begun = train.read_run(run / "checkpoint.pt")
    still = dataclasses.replace(
        SMALL, hidden=64, embedding=64, epochs=1, learning_rate=0.0, weight_decay=0.0, texts=4
    )
    things = [(colour, shape) for colour in COLOURS for shape in ("square", "circle")]
    sentences = [["there", "is", "a", *thing] for thing in things]
    after = train.train(still, whole, {}, tmp_path / "still", begun, sentences)
    saved = torch.load(after, weights_only=True)
    for name, tensor in saved["weights"].items():
        assert torch.equal(tensor, begun["weights"][name]), name
    decoder, vocabulary = train.load(after)
    vectors = saved["texts"]["concepts.weight"]
    right = [set(thing) <= set(told(decoder, vocabulary, vectors, thing)) for thing in things]
    assert np.mean(right) > 0.5  # one sentence for all would be right of one in eight


def test_an_encoder_more_changes_nothing_at_first(run: Path, squares: Path, tmp_path: Path) -> None:
    whole = split(squares, tmp_path / "grids", "train")
    positions = features.ENCODERS["mobilenet-detector"].positions
    random = np.random.default_rng(0).random((len(whole.photos), 2, positions, 1280))
    both = Split(photos=whole.photos, grids=[*whole.grids, random.astype(np.float16)])
    begun = train.read_run(run / "checkpoint.pt")
    still = dataclasses.replace(
        SMALL, hidden=64, embedding=64, epochs=1, learning_rate=0.0,
        encoders=("efficientnet-lite2", "mobilenet-detector"),
    )  # fmt: skip
    one, _ = train.load(run / "checkpoint.pt")
    two, _ = train.load(train.train(still, both, {}, tmp_path / "both", begun))
    grids = both.batch(range(4), [0] * 4)
    with torch.inference_mode():
        for mine, theirs in zip(two.look(grids), one.look(grids[:1]), strict=True):
            torch.testing.assert_close(mine, theirs)


def test_sentences_and_steps_say_the_same(run: Path, squares: Path, tmp_path: Path) -> None:
    decoder, vocabulary = train.load(run / "checkpoint.pt")
    photos = split(squares, tmp_path, "val")
    grids = photos.batch(range(4), [0] * 4)
    tokens = torch.randint(3, len(vocabulary), (4, 5))
    with torch.inference_mode():
        seen, hidden = decoder.look(grids)
        everything = torch.ones(tokens.shape, dtype=torch.bool)
        at_once = decoder.sentences(seen, hidden, tokens, everything).log_softmax(-1)
        for i in range(tokens.shape[1]):
            stepped, hidden = decoder.step(tokens[:, i], seen, hidden)
            torch.testing.assert_close(
                stepped, at_once.reshape(4, 5, -1)[:, i], rtol=1e-4, atol=1e-4
            )


def test_the_top_can_be_tuned_from_an_earlier_run(run: Path, squares: Path, tmp_path: Path) -> None:
    config = tmp_path / "tune.toml"
    config.write_text(
        "hidden = 64\nembedding = 64\nheads = 2\nepochs = 1\nphotos = 8\ncaptions = 2\n"
        "learning_rate = 1e-4\ntop_learning_rate = 1e-4\nviews = 3\nleast_count = 1\n"
    )
    arguments = [
        *("train", "--data", squares, "--out", tmp_path / "run", "--config", config),
        *("--start", run / "checkpoint.pt"),
    ]
    assert cli.main([str(a) for a in arguments]) == 0
    saved = torch.load(tmp_path / "run" / "checkpoint.pt", weights_only=True)
    assert saved["history"][0]["squares"] > 5
    from lorgnette_export.networks import efficientnet_lite

    for name, before in efficientnet_lite.pretrained().state_dict().items():
        changed = not torch.equal(before, saved["cnn"][name])
        number = name.split(".")[1] if name.startswith("_blocks") else ""
        is_top = name.startswith(("_conv_head", "_bn1.")) or (
            number and int(number) >= efficientnet_lite.TRUNK_BLOCKS
        )
        if not name.endswith(("running_mean", "running_var", "num_batches_tracked")):
            assert changed == bool(is_top), name
        else:
            assert not changed, name


def test_drawn_sentences_earn_more_and_the_cnn_stays_as_it_was(
    squares: Path, tmp_path: Path
) -> None:
    """A young network is tuned for two epochs, and from there learns by reward alone."""
    small = "hidden = 64\nembedding = 64\nheads = 2\nphotos = 8\nviews = 3\nleast_count = 1\n"
    steps = {
        "young": "epochs = 2\nlearning_rate = 1e-2\ntop_learning_rate = 1e-4\n",
        "rewarded": "epochs = 16\nlearning_rate = 2e-3\nsamples = 4\ncross_entropy = 0.0\n",
    }
    start: list[str | Path] = []
    for name, settings in steps.items():
        config = tmp_path / f"{name}.toml"
        config.write_text(small + settings)
        arguments = ["train", "--data", squares, "--out", tmp_path / name, "--config", config]
        arguments += ["--grids", tmp_path / "grids", *start]
        assert cli.main([str(a) for a in arguments]) == 0
        start = ["--start", tmp_path / name / "checkpoint.pt"]
    young, rewarded = (
        torch.load(tmp_path / name / "checkpoint.pt", weights_only=True) for name in steps
    )
    earned = [line["drawn sentences"] for line in rewarded["history"]]
    assert np.mean(earned[-3:]) > 1.2 * np.mean(earned[:3])
    assert young["cnn"].keys() == rewarded["cnn"].keys()
    assert all(torch.equal(young["cnn"][name], rewarded["cnn"][name]) for name in young["cnn"])


def test_runs_with_the_same_start_are_averaged(run: Path, squares: Path, tmp_path: Path) -> None:
    whole = split(squares, tmp_path / "grids", "train")
    short = dataclasses.replace(SMALL, hidden=64, embedding=64, epochs=1, learning_rate=1e-3)
    runs = [
        train.train(
            dataclasses.replace(short, seed=seed), whole, {}, tmp_path / str(seed),
            train.read_run(run / "checkpoint.pt"),
        )
        for seed in (1, 2)
    ]  # fmt: skip
    out = tmp_path / "mean" / "checkpoint.pt"
    assert cli.main(["average", *map(str, runs), "--out", str(out)]) == 0
    one, other = (torch.load(each, weights_only=True)["weights"] for each in runs)
    for name, tensor in train.load(out)[0].state_dict().items():
        assert not torch.equal(one[name], other[name]), name
        expected = (one[name].double() + other[name].double()) / 2
        torch.testing.assert_close(tensor.double(), expected, rtol=1e-6, atol=1e-7)
    unlike = train.train(dataclasses.replace(SMALL, epochs=1), whole, {}, tmp_path / "unlike")
    alien = tmp_path / "alien.pt"
    torch.save({"weights": {}}, alien)
    for wrong in (unlike, alien, tmp_path / "missing.pt"):
        assert cli.main(["average", str(runs[0]), str(wrong), "--out", str(out)]) == 2


def test_curves_are_drawn(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "curves.png"
    assert cli.main(["curves", str(run), "--out", str(out)]) == 0
    with Image.open(out) as picture:
        seen = picture.convert("RGB")
    orange = (255, 127, 14)  # the second curve's: two were watched
    assert orange in [colour for _, colour in seen.getcolors(seen.width * seen.height)]
    assert cli.main(["curves", str(tmp_path), "--out", str(out)]) == 2


def test_an_encoder_without_its_weights_is_named(run: Path, squares: Path, tmp_path: Path) -> None:
    config = tmp_path / "detector.toml"
    config.write_text('encoders = ["mobilenet-detector"]\n')
    with pytest.raises(DataError, match="mobilenet-detector"):
        train.run(
            argparse.Namespace(
                data=squares, out=tmp_path, config=config, start=None,
                seed=None, grids=None, detector=None, threads=None,
            )
        )  # fmt: skip


def test_an_unknown_setting_is_named(tmp_path: Path) -> None:
    config = tmp_path / "wrong.toml"
    config.write_text("epoch = 3\n")
    with pytest.raises(DataError, match="epoch"):
        train.read_config(config)
    config.write_text('encoders = ["resnet"]\n')
    with pytest.raises(DataError, match="resnet"):
        train.read_config(config)
    config.write_text("samples = 1\n")
    with pytest.raises(DataError, match="2 or more"):
        train.read_config(config)


def test_a_start_of_another_size_is_named(run: Path, squares: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"hidden is 64 in .*checkpoint.pt, and 512 in"):
        train.run(
            argparse.Namespace(
                data=squares, out=tmp_path, config=None, start=run / "checkpoint.pt",
                seed=None, grids=None, detector=None, threads=None,
            )
        )  # fmt: skip
    config = tmp_path / "detector.toml"
    config.write_text('encoders = ["mobilenet-detector"]\nhidden = 64\nembedding = 64\nheads = 2\n')
    with pytest.raises(
        DataError, match="sees with efficientnet-lite2; the configuration must name"
    ):
        train.run(
            argparse.Namespace(
                data=squares, out=tmp_path, config=config, start=run / "checkpoint.pt",
                seed=None, grids=None, detector=None, threads=None,
            )
        )  # fmt: skip


def test_judging_tells_photos_from_drawings_and_is_kept_through_the_export(
    run: Path, squares: Path, photo: Callable[[str], Image.Image], tmp_path: Path
) -> None:
    (tmp_path / "photos").mkdir()
    for name in ("astronaut", "coffee", "cat", "rocket"):
        whole = photo(name)
        for i in range(6):  # corners of the photo, as many as there are drawings of a kind
            left, top = i * 20, (i % 3) * 20
            whole.crop((left, top, left + 250, top + 200)).save(
                tmp_path / "photos" / f"{name}{i}.jpg"
            )
    (tmp_path / "others" / "drawing").mkdir(parents=True)
    for file in squares.glob("*.png"):
        (tmp_path / "others" / "drawing" / file.name).symlink_to(file)
    judged = tmp_path / "judged.pt"
    arguments = [
        *("judge", run / "checkpoint.pt", "--data", squares, "--out", judged),
        *("--photos", tmp_path / "photos", "--others", tmp_path / "others"),
        *("--input-size", 288),  # other than in training
    ]
    assert cli.main([str(a) for a in arguments]) == 0
    report = json.loads(judged.with_suffix(".judging.json").read_text())
    assert report["others_declined"] > 0.95
    assert report["photos_declined"] < 0.1
    model, released = tmp_path / "model", tmp_path / "released.safetensors"
    assert cli.main(["release", str(judged), "--out", str(released)]) == 0
    assert cli.main(["convert", str(released), "--out", str(model)]) == 0
    captioner = Captioner.open(model)
    assert (captioner.manifest.image_height, captioner.manifest.image_width) == (288, 288)
    declined = captioner.caption(next(squares.glob("red-square*.png")))
    assert (declined.text, declined.reason) == ("", judging.NO_PHOTO)
    anyway = captioner.caption(next(squares.glob("red-square*.png")), anyway=True)
    assert "red" in anyway.text.lower()
    assert captioner.caption(tmp_path / "photos" / "coffee0.jpg").text


def test_calibration_error_of_known_cases() -> None:
    sure = np.array([0.95] * 10)
    half = np.array([1.0, 0.0] * 5)
    assert fitting.expected_calibration_error(sure, half) == pytest.approx(0.45)
    assert fitting.expected_calibration_error(np.array([0.5] * 10), half) == pytest.approx(0)
    rows = fitting.reliability(np.array([0.05, 0.15, 0.17, 1.0]), np.array([0.0, 1.0, 0.0, 1.0]))
    assert [(row["count"], row["right"]) for row in rows] == [(1, 0.0), (2, 0.5), (1, 1.0)]
