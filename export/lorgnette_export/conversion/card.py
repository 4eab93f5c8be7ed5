"""What is said in words of a model that was converted: what it was taken for, what was compared."""

from collections.abc import Iterator

from lorgnette.captioning.decoding import Search
from lorgnette.captioning.manifest import Manifest
from lorgnette_export.families.torch_model import Preprocessing, TorchModel

_WAYS = {
    "nearest": "by the nearest pixel",
    "bilinear": "bilinearly",
    "bicubic": "bicubically",
    "lanczos": "by LANCZOS",
}
_ENDED = {
    "beside": "sentences that have ended take no place in the beam",
    "shrinks": "each sentence that has ended makes the beam smaller",
    "refills": "the place of a sentence that has ended goes to another",
    "competes": "sentences that have ended stay in the beam",
}
_MOST_NAMED = 8  # tensors


def assumed(model: TorchModel) -> list[str]:
    """Return all that a model was taken for and nobody has said: what tensors cannot tell."""
    lines = list(model.assumed or ())
    for key, line in (*_pixels(model.preprocessing), *_search(model)):
        if key not in model.said:
            lines.append(line)
    return lines


def _pixels(pixels: Preprocessing) -> Iterator[tuple[str, str]]:
    size = f"{pixels.width} x {pixels.height}"
    if pixels.resize == "crop":
        yield (
            "pixels.resize",
            f"pictures: the short side to {pixels.resize_side}, the middle {size}",
        )
    elif pixels.resize == "keep":
        side = f"the short side to {pixels.resize_side}" if pixels.resize_side else "as they are"
        yield "pixels.resize", f"pictures: {side}, in their shape, no larger than {size}"
    else:
        yield "pixels.resize", f"pictures: squashed to {size}"
    yield "pixels.interpolation", f"pictures: scaled {_WAYS[pixels.interpolation]}, as Pillow does"
    order = "red, green, blue" if pixels.colours == "rgb" else "blue, green, red"
    yield "pixels.colours", f"colours: in the order {order}"
    mean, deviation = (", ".join(f"{v:g}" for v in t) for t in (pixels.mean, pixels.deviation))
    yield (
        "pixels.mean",
        f"colours: 0 to 1, less the mean {mean}, over the deviation {deviation}",
    )


def _search(model: TorchModel) -> Iterator[tuple[str, str]]:
    search = model.search
    kind = f"a beam of {search.beam_size}; {_ENDED[search.ended]}"
    yield "search.beam_size", f"search: {'greedy' if greedy(search) else kind}"
    if rules := [
        rule
        for left_out, rule in (
            (search.repeat_words, "no word twice in a row"),
            (search.repeat_pairs, "no pair of words twice"),
            (search.unknown or model.unknown_id is None, "no unknown word"),
        )
        if not left_out
    ]:
        yield "search.rules", f"search: {', '.join(rules)}"
    yield "words.max", f"search: at most {model.max_words} words"


def greedy(search: Search) -> bool:
    """Tell whether a search takes the likeliest word each time, and that alone."""
    return search.beam_size == 1 and search.ended != "beside"


def unused(model: TorchModel) -> str:
    """Return the names of the tensors that have no place, or nothing if all have."""
    names = model.unused
    more = " ..." if len(names) > _MOST_NAMED else ""
    return f"{len(names)} tensors: {', '.join(names[:_MOST_NAMED])}{more}" if names else ""


def compared(model: Manifest) -> str:
    """Return what was compared with the owner's program."""
    expected = model.gate.get("expected")
    if not expected:
        return (
            "not compared with the program that they come from, so that they may be others; "
            "convert with --expect compares them"
        )
    found = f"{expected['equal']} of {expected['captions']} are those of {expected['file']}"
    if expected["different"] > 1:
        return found
    return f"{found}; but that is one sentence, which shows little: take more, and other, pictures"


def text(model: TorchModel, written: Manifest) -> str:
    """Return the card of a model directory, in Markdown."""
    lines = [
        f"# {written.name} {written.version}",
        "",
        f"A captioner of the family {written.family}, converted by lorgnette-export. "
        f"Licence: {written.licence}.",
        "",
        f"- Graphs: {_graphs(written)}",
        f"- Captions: {compared(written)}.",
    ]
    if found := assumed(model):
        lines += [
            "",
            "## Taken for granted",
            "",
            "Tensors cannot tell; nobody has said otherwise.",
            "",
        ]
        lines += [f"- {line}" for line in found]
    if names := unused(model):
        lines += ["", f"No place was found for {names}."]
    if failures := written.gate.get("failures"):
        lines += ["", "## Not as it should be", "", "It was written all the same, by --force.", ""]
        lines += [f"- {line}" for line in failures]
    return "\n".join(lines) + "\n"


def _graphs(written: Manifest) -> str:
    shares = ", ".join(
        f"{share['equal']:.0%} of captions equal ({name})"
        for name, share in written.gate["captions"].items()
    )
    return f"beside PyTorch's on {written.gate['pictures']} pictures: {shares}."
