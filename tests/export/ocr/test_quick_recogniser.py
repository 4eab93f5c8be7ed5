"""The quick recogniser: what it is taught on, that it learns, and what is shipped of it."""

import gettext
import random
import string
import struct
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from PIL import Image, ImageDraw, ImageFont

from lorgnette import paths
from lorgnette.ocr import reader
from lorgnette_export.ocr import convert, drawing, teach
from lorgnette_export.ocr.recogniser import STEP, QuickRecogniser

pytestmark = pytest.mark.torch

FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
KNOWN = ("", *"?abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:é中", " ")


def catalogue(path: Path, messages: dict[str, str]) -> None:
    """Write a catalogue of translations as GNU gettext has it."""
    header = "Content-Type: text/plain; charset=UTF-8\n"
    pairs = sorted({"": header, **messages}.items())
    originals = [key.encode() for key, _ in pairs]
    translations = [value.encode() for _, value in pairs]
    count = len(pairs)
    start = 28 + 16 * count
    offsets, content = [], b""
    for text in (*originals, *translations):
        offsets += [len(text), start + len(content)]
        content += text + b"\0"
    path.parent.mkdir(parents=True)
    path.write_bytes(
        struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, start)
        + struct.pack(f"<{4 * count}I", *offsets)
        + content
    )


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Fonts, messages and texts to draw from."""
    if not FONT.is_file():
        pytest.skip("DejaVu is not installed")
    for name in ("fonts", "foreign"):
        (tmp_path / name).mkdir()
        (tmp_path / name / FONT.name).symlink_to(FONT)
    messages = {f"m{n}": f"open window {n} of many" for n in range(120)}
    catalogue(tmp_path / "locale" / "en" / "LC_MESSAGES" / "a.mo", messages)
    greek = {f"m{n}": f"άνοιγμα {n}" for n in range(120)}
    catalogue(tmp_path / "locale" / "el" / "LC_MESSAGES" / "a.mo", greek)
    (tmp_path / "prose.txt").write_text("the lake was frozen over\nthirteen geese walked home\n")
    return tmp_path


@pytest.fixture
def made(sources: Path) -> drawing.Drawing:
    characters = drawing.alphabet(KNOWN)
    fonts = drawing.fonts(sources / "fonts", characters)
    return drawing.Drawing(
        drawing.Texts(sources / "locale", [sources / "prose.txt"], characters),
        fonts,
        fonts,
        [sources / "foreign" / FONT.name],
        teach.numbers(characters),
    )


def test_the_catalogue_of_these_tests_is_one(sources: Path) -> None:
    with (sources / "locale/en/LC_MESSAGES/a.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("m7") == "open window 7 of many"


def test_the_alphabet_has_what_the_text_model_knows_too() -> None:
    alphabet = drawing.alphabet(KNOWN)
    assert set(alphabet) == set(KNOWN) - {"", " ", "中"}
    assert alphabet == drawing.alphabet(KNOWN[::-1])


def test_a_font_is_not_asked_for_what_it_does_not_have(sources: Path) -> None:
    letters = [*string.ascii_letters, *string.digits, "é"]
    ((font,),) = drawing.fonts(sources / "fonts", [*letters, "\U0001f9a6"])
    assert font.characters == set(letters)
    assert drawing.fonts(sources / "fonts", letters, left_out="DejaVu") == []
    assert drawing.fonts(sources / "fonts", letters[1:]) == []  # not one of Latin letters


def test_strips_are_of_one_height_and_the_same_for_the_same_chance(made: drawing.Drawing) -> None:
    one, other = (
        [made.strip(chance) for _ in range(9)]
        for chance in (random.Random(3), random.Random(3))  # noqa: S311
    )
    for (strip, said), (again, same) in zip(one, other, strict=True):
        assert strip.shape[0] == drawing.HEIGHT
        assert strip.dtype == np.uint8
        assert (strip == again).all()
        assert said == same
        assert strip.std() > 0


def test_letters_of_other_scripts_are_said_to_be_others(made: drawing.Drawing) -> None:
    other = made.numbers[drawing.OTHER]
    chance = random.Random(1)  # noqa: S311
    foreign = [said for _ in range(400) for _, said in [made.strip(chance)] if other in said]
    assert 10 < len(foreign) < 80
    known = {made.numbers[c] for c in " 0123456789"}
    assert any(set(said) <= {other, *known} for said in foreign)


def test_a_batch_tells_how_much_of_each_strip_is_there() -> None:
    strips = [(np.full((24, width), 7, np.uint8), [1] * (width // 10)) for width in (30, 41)]
    pixels, columns, said, lengths = teach.collated(strips)
    assert pixels.shape == (2, 1, 24, 44)
    assert columns.tolist() == [15, 21]
    assert said.tolist() == [1] * 7
    assert lengths.tolist() == [3, 4]


def test_an_answer_stands_for_two_pixels() -> None:
    network = QuickRecogniser(9, channels=(4, 4, 8, 8), blocks=1).eval()
    assert network(torch.zeros(2, 1, drawing.HEIGHT, 64)).shape == (2, 64 // STEP, 9)


def test_the_graph_says_what_the_network_says_in_the_classes_of_the_text_model(
    tmp_path: Path,
) -> None:
    torch.manual_seed(1)
    alphabet = drawing.alphabet(KNOWN)
    network = QuickRecogniser(len(alphabet) + 3).eval()
    path = tmp_path / "quick.onnx"
    onnx.save(convert.convert(network, KNOWN), path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    own = (*alphabet, " ")
    for width in (16, 96, 640):
        grey = np.random.default_rng(width).integers(0, 255, (1, 1, 24, width), np.uint8)
        best, certainty, second, doubt = session.run(
            list(reader.OUTPUTS[reader.QUICK]),
            {reader.PIXELS: grey.astype(np.float32) / 127.5 - 1},
        )
        likely = network(teach.seen(torch.from_numpy(grey))).softmax(2)[0].detach()
        top = likely.topk(3)
        sure = (top.values.diff(dim=1).abs().amin(1) > 1e-3).numpy()
        said = [[0, *map(KNOWN.index, own), KNOWN.index("?")][n] for n in top.indices[:, 0]]
        other = [[0, *map(KNOWN.index, own), KNOWN.index("?")][n] for n in top.indices[:, 1]]
        assert (best[sure] == np.array(said)[sure]).all()
        assert (second[sure] == np.array(other)[sure]).all()
        assert doubt[sure] == pytest.approx(top.values[:, 1].numpy()[sure], abs=2e-3)
        others = (top.indices[:, 0] > len(own)).numpy()
        assert (certainty[sure & others] == 0).all()
        plain = sure & ~others
        assert certainty[plain] == pytest.approx(likely.amax(1).numpy()[plain], abs=2e-3)


def pictures(folder: Path) -> Path:
    """Draw a page of a few lines."""
    page = Image.new("RGB", (500, 240), "white")
    for n in range(6):
        text = f"Line {n} of six: the lake was frozen over"
        ImageDraw.Draw(page).text((20, 15 + 34 * n), text, "black", ImageFont.truetype(FONT, 20))
    (made := folder / "pictures").mkdir()
    page.save(made / "page.png")
    return made


def test_in_eight_bits_it_says_nearly_the_same(sources: Path, tmp_path: Path) -> None:
    torch.manual_seed(1)
    model, seen = paths.text_model(), pictures(tmp_path)
    characters = reader.classes(model)
    graph = convert.convert(
        QuickRecogniser(len(drawing.alphabet(characters)) + 3).eval(), characters
    )
    paths_of = tmp_path / "whole.onnx", tmp_path / "smaller.onnx"
    onnx.save(graph, paths_of[0])
    onnx.save(convert.smaller(graph, seen, model), paths_of[1])
    assert paths_of[1].stat().st_size < paths_of[0].stat().st_size / 2.5
    eight = [n.op_type for n in onnx.load(paths_of[1]).graph.node].count("DequantizeLinear")
    assert eight > 13 * 2  # of each of its layers that mix channels: of weights and of pixels
    strip = np.asarray(Image.open(seen / "page.png").convert("L"), np.float32)[15:39, 20:420]
    whole, smaller = (
        onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"]).run(
            [reader.CERTAINTY, reader.LIKELY], {reader.PIXELS: strip[None, None] / 127.5 - 1}
        )
        for path in paths_of
    )
    assert smaller[0] == pytest.approx(whole[0], rel=0.1)
    assert smaller[1] == pytest.approx(whole[1], rel=0.1)


def test_it_learns_goes_on_where_it_stopped_and_goes_into_a_text_model(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(teach, "_POOL", 8)
    monkeypatch.setattr(teach, "_COLUMNS", 900)
    output = tmp_path / "run"
    arguments = ["--text-model", str(paths.text_model()), "--output", str(output), "--workers", "0"]
    for name, folder in (("fonts", "fonts"), ("common", "fonts"), ("foreign", "foreign")):
        arguments += [f"--{name}", str(sources / folder)]
    arguments += ["--messages", str(sources / "locale"), "--texts", str(sources / "prose.txt")]
    for steps in (2, 3):
        monkeypatch.setattr(sys, "argv", ["teach", *arguments, "--steps", str(steps)])
        teach.main()
    state = torch.load(output / "last.pt", weights_only=True)
    assert state["step"] == 3
    model = tmp_path / "text-model"
    model.mkdir()
    names = (reader.MANIFEST, reader.CHARACTERS, reader.DETECTOR, reader.RECOGNISER)
    for name in names:
        (model / name).write_bytes((paths.text_model() / name).read_bytes())
    weights = output / "average.safetensors"
    monkeypatch.setattr(sys, "argv", ["convert", str(weights), str(pictures(tmp_path)), str(model)])
    convert.main()
    label = reader.check(paths.text_model())
    assert reader.check(model) == label  # it takes the place of the one that was there
    assert {path.name for path in model.iterdir()} == {*reader.OUTPUTS, *names}
