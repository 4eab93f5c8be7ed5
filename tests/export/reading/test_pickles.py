import collections
import os
import pickle
import subprocess
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

from lorgnette_export.reading import pickles


class Vocabulary:
    """As vocabulary.py of the Udacity project and build_vocab.py of yunjey's tutorial."""

    def __init__(self) -> None:
        self.word2idx = {"<start>": 0, "<end>": 1, "<unk>": 2, "a": 3}
        self.idx2word = {i: w for w, i in self.word2idx.items()}
        self.idx = 4


def renamed(data: bytes, module: str) -> bytes:
    """Return a pickle of protocol 0 to 3 as if its class had been in module."""
    return data.replace(f"c{__name__}\n".encode(), f"c{module}\n".encode())


@pytest.mark.parametrize("module", ["vocabulary", "build_vocab", "__main__", "src.data.vocab"])
@pytest.mark.parametrize("protocol", [0, 1, 2, 3])
def test_vocabulary_objects_open_whatever_their_module_was_called(module: str, protocol: int):
    data = renamed(pickle.dumps(Vocabulary(), protocol), module)
    assert module.encode() in data
    opened = pickles.loads(data)
    assert opened.word2idx == Vocabulary().word2idx
    assert opened.idx2word[3] == "a"
    assert opened.idx == 4


@pytest.mark.parametrize("protocol", [4, 5])
def test_vocabulary_objects_of_the_newer_protocols_open(protocol: int):
    assert pickles.loads(pickle.dumps(Vocabulary(), protocol)).idx2word[0] == "<start>"


@pytest.mark.parametrize("protocol", range(6))
def test_containers_strings_and_numbers_open(protocol: int):
    content = {
        "counter": collections.Counter("abca"),
        "ordered": collections.OrderedDict(a=1, b=2.5),
        "set": {1, 2},
        "frozen": frozenset({"x"}),
        "list": [None, True, -(2**70), "é"],
    }
    opened = pickles.loads(pickle.dumps(content, protocol))
    assert opened == {**content, "counter": {"a": 2, "b": 1, "c": 1}, "ordered": {"a": 1, "b": 2.5}}


@pytest.mark.parametrize("protocol", range(6))
def test_default_dicts_open_as_dicts(protocol: int):
    opened = pickles.loads(pickle.dumps(collections.defaultdict(int, {"a": 1}), protocol))
    assert opened == {"a": 1}


@pytest.mark.parametrize("protocol", [2, 4])
def test_the_infos_of_a_training_open(protocol: int):
    infos = {
        "opt": Namespace(input_att_dir="data/cocotalk_att", rnn_size=512),
        "vocab": {"1": "a", "2": "dog"},
        "best_val_score": np.float64(0.9375),
        "iter": np.int64(-7),
    }
    opened = pickles.loads(pickle.dumps(infos, protocol))
    assert opened["vocab"] == infos["vocab"]
    assert opened["opt"].input_att_dir == "data/cocotalk_att"
    assert (opened["best_val_score"], opened["iter"]) == (0.9375, -7)


def call(name: str, argument: str) -> bytes:
    """Return a pickle of protocol 0 that calls name, module and function, with a text."""
    module, function = name.rsplit(".", 1)
    return f"c{module}\n{function}\n(V{argument}\ntR.".encode()


class Reduced:
    def __init__(self, *reduced: object) -> None:
        self.reduced = reduced

    def __reduce__(self) -> tuple[object, ...]:
        return self.reduced


SYSTEM = f"{os.system.__module__}.system"  # posix.system or nt.system


def exploits(canary: Path) -> dict[str, bytes]:
    """Return pickles that make the file canary, if they are believed."""
    shell = f"touch {canary}"
    python = f"open({str(canary)!r}, 'w').close()"
    return {
        "os.system": call(SYSTEM, shell),
        "subprocess": pickle.dumps(Reduced(subprocess.call, (["touch", str(canary)],)), 4),
        "eval": call("builtins.eval", python),
        "exec": call("builtins.exec", python),
        "old eval": call("__builtin__.eval", python),
        "inst": f"(V{shell}\ni{os.system.__module__}\nsystem\n.".encode(),
        "obj": f"(c{os.system.__module__}\nsystem\nV{shell}\no.".encode(),
        "getattr": (
            f"cbuiltins\ngetattr\n(cbuiltins\n__import__\n(Vos\ntRVsystem\ntR(V{shell}\ntR."
        ).encode(),
        "dotted name": b"\x80\x04\x8c\x08builtins\x8c\x0ddict.__class__\x93.",
        "dotted bag": b"\x80\x04\x8c\x01x\x8c\x1bVocabulary.__init__.__globals__\x93.",
        "partial": pickle.dumps(Reduced(__import__("functools").partial, (os.system, shell)), 2),
        "reconstructor": (
            f"ccopy_reg\n_reconstructor\n(c{os.system.__module__}\nsystem\n"
            "c__builtin__\nobject\nNtR."
        ).encode(),
        "numpy scalar of objects": pickle.dumps(np.array([Reduced(os.system, (shell,))]), 2),
        "in a vocabulary": renamed(pickle.dumps(Vocabulary(), 2), "vocabulary").removesuffix(b".")
        + b"0"
        + call(SYSTEM, shell),
        "state of a class": b"cvocabulary\nVocabulary\n"
        + call("builtins.eval", python)[:-1]
        + b"b.",
        "persistent": b"Pwhatever\n.",
        "extension": b"\x80\x02\x82\x01.",
    }


@pytest.mark.parametrize("name", exploits(Path("x")))
def test_a_pickle_that_would_run_code_is_refused_and_runs_nothing(name: str, tmp_path: Path):
    canary = tmp_path / "canary"
    data = exploits(canary)[name]
    with pytest.raises(pickle.UnpicklingError):
        pickles.loads(data)
    assert not canary.exists()


@pytest.mark.parametrize("name", ["os.system", "subprocess", "eval", "old eval", "inst"])
def test_the_exploits_are_real(name: str, tmp_path: Path):
    canary = tmp_path / "canary"
    pickle.loads(exploits(canary)[name])  # noqa: S301 - to see that the tests above test something
    assert canary.exists()


def test_what_a_pickle_does_to_a_stand_in_is_gone_with_it():
    # BUILD with a slot state sets attributes on the class itself.
    pickles.loads(b"cvocabulary\nVocabulary\n(N}Vword2idx\nV1\nstb.")
    clean = pickles.loads(b"cvocabulary\nVocabulary\n)\x81.")
    assert not hasattr(clean, "word2idx")


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_that_is_cut_off_anywhere_is_an_unpickling_error(protocol: int):
    data = pickle.dumps({"words": ["a", "dog"], "count": 2.5}, protocol)
    for end in range(len(data)):
        with pytest.raises(pickle.UnpicklingError):
            pickles.loads(data[:end])
