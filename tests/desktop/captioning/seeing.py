"""Tables of evidence made small, and the toy model with eyes."""

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from lorgnette.captioning import manifest
from lorgnette.captioning.evidence import (
    AnimalsTable,
    Evidence,
    EvidenceTable,
    PeopleTable,
    Thing,
)
from lorgnette.captioning.manifest import Manifest
from lorgnette.captioning.vocabulary import Vocabulary


def thing(name: str, kind: str = "thing", output: int = 0, **more: Any) -> Thing:
    """Return a thing that is believed from 0.5 on and names itself from 0.6 on."""
    given: dict[str, Any] = {
        "plural": f"{name}s",
        "words": (name, f"{name}s"),
        "outputs": (output,),
        "source": "imagenet",
        "threshold": 0.5,
        "precision": 0.9,
        "found": 0.5,
        "photos": 100,
        "instead_of": (),
        "naming_threshold": 0.6,
    }
    return Thing(name=name, kind=kind, **{**given, **more})


def seen(
    *pairs: tuple[Thing, float],
    numbers: tuple[float, ...] = (),
    animal: float = 1.0,
    **more: Any,
) -> Evidence:
    """Return the evidence of a picture in which each thing has a probability.

    Args:
        numbers: probabilities of nobody, one person, ...: they are believed from 0.6 on.
    """
    first = len(pairs)
    table = EvidenceTable(
        outputs=first + len(numbers) + 1,
        things=tuple(
            dataclasses.replace(each, outputs=(place,)) for place, (each, _) in enumerate(pairs)
        ),
        people=PeopleTable(
            outputs=tuple(range(first, first + len(numbers))),
            threshold=0.6,
            precision=0.9,
            none_below=0.2,
        )
        if numbers
        else None,
        animals=AnimalsTable(outputs=(first + len(numbers),), none_below=0.2),
        **more,
    )
    return table.of(np.array([*(p for _, p in pairs), *numbers, animal], np.float32))


# What the toy's evidence is: how much of the picture is not red, and how red, green, blue it is.
TOY_EVIDENCE = EvidenceTable(
    outputs=4,
    things=(
        thing("boat", "vehicle", output=3),
        thing("otter", "animal", output=2, instead_of=("dog",)),
    ),
    people=PeopleTable(outputs=(0, 1), threshold=0.6, precision=0.9, none_below=0.2),
    animals=AnimalsTable(outputs=(2,), none_below=0.2),
)


def with_evidence(
    model: Path, folder: Path, table: EvidenceTable = TOY_EVIDENCE, **words: str
) -> Path:
    """Return a copy of the toy model whose encoder also tells evidence.

    Args:
        words: of the toy's, and those that it says in their place.
    """
    shutil.copytree(model, folder)
    encoder = onnx.load(folder / manifest.ENCODER)
    graph = encoder.graph
    graph.initializer.append(
        numpy_helper.from_array(
            np.array([[-1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], np.float32), "looking"
        )
    )
    graph.initializer.append(
        numpy_helper.from_array(np.array([1, 0, 0, 0], np.float32), "at_first")
    )
    graph.node.append(helper.make_node("MatMul", ["hidden", "looking"], ["looked"]))
    graph.node.append(helper.make_node("Add", ["looked", "at_first"], ["evidence"]))
    graph.output.append(helper.make_tensor_value_info("evidence", TensorProto.FLOAT, ("image", 4)))
    onnx.checker.check_model(encoder, full_check=True)
    onnx.save(encoder, folder / manifest.ENCODER)
    said = Vocabulary.read(folder / manifest.VOCABULARY).words
    Vocabulary(tuple(words.get(word, word) for word in said)).write(folder / manifest.VOCABULARY)
    table.write(folder / manifest.EVIDENCE)
    files = {
        name: manifest.record(folder / name)
        for name in (*Manifest.read(model).files, manifest.EVIDENCE)
    }
    dataclasses.replace(Manifest.read(model), files=files).write(folder)
    return folder
