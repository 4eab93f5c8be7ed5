import collections
import contextlib
import datetime
import os
import pickle
import struct
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


@pytest.mark.parametrize("name", ["vocabulary\nVocabulary", "collections\nOrderedDict"])
def test_what_a_pickle_does_to_a_stand_in_is_gone_with_it(name: str):
    # BUILD with a slot state sets attributes on the class or function itself.
    with contextlib.suppress(pickle.UnpicklingError):
        pickles.loads(f"c{name}\n(N}}Vword2idx\nV1\nstb.".encode())
    clean = pickles.loads(f"c{name}\n.".encode())
    assert not hasattr(clean, "word2idx")


def test_what_is_named_and_never_called_is_inert(tmp_path: Path):
    """The class of an instance, whatever it is called, is an empty bag's."""
    system = os.system.__module__
    for made in (
        f"ccopy_reg\n_reconstructor\n(c{system}\nsystem\nc__builtin__\nobject\nNtR.",
        f"c{system}\nsystem\n)\x81.",
    ):
        assert vars(pickles.loads(made.encode("latin-1"))) == {}


class Options(dict):
    """As the options of many trainers: a dict with a name of its own."""


@pytest.mark.parametrize("protocol", range(6))
def test_harmless_objects_beside_the_words_are_bags(protocol: int):
    content = {
        "vocab": Vocabulary(),
        "when": datetime.datetime(2024, 5, 6, tzinfo=datetime.UTC),
        "took": datetime.timedelta(3),
        "where": Path("runs") / "one",
        "vectors": np.ones((3, 2)),
        "mean": np.float32(0.5),
        "options": Options(size=3),
        "opt": Namespace(rnn_size=512),
    }
    opened = pickles.loads(pickle.dumps(content, protocol))
    assert opened.keys() == content.keys()
    assert opened["vocab"].word2idx == Vocabulary().word2idx
    assert opened["mean"] == 0.5
    assert opened["options"].held == {"size": 3}
    assert opened["opt"].rnn_size == 512


def bombs() -> dict[str, bytes]:
    """Return a few bytes each that ask for gigabytes, or for ever."""
    doubled = b"".join(b"h%ch%c\x86q%c" % (i, i, i + 1) for i in range(60))
    return {
        "memo": b"\x80\x02Nr" + struct.pack("<I", 0x1FFFFFF0) + b".",
        "memo of text": b"Np99999999999\n.",
        "bytes": b"\x80\x05\x96" + struct.pack("<Q", 1 << 33) + b".",
        "text": b"\x80\x04\x8d" + struct.pack("<Q", 1 << 40) + b".",
        "hash": b"\x80\x02)q\x00" + doubled + b"0cbuiltins\nfrozenset\n]h\x3ca\x85R.",
        "hash of a key": b"\x80\x02)q\x00" + doubled + b"0}h\x3cNs.",
        "nested": b"\x80\x02)" + b"\x85" * 100_000 + b"0}" + b")" + b"\x85" * 100_000 + b"Ns.",
    }


@pytest.mark.parametrize("name", bombs())
def test_a_pickle_that_would_take_all_memory_or_time_is_refused(name: str):
    with pytest.raises(pickle.UnpicklingError):
        pickles.loads(bombs()[name])


def test_a_pickle_of_too_many_steps_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pickles, "_MOST_STEPS", 1000)
    assert pickles.loads(b"(" + b"]" * 990 + b"l.") == [[]] * 990
    with pytest.raises(pickles.ExhaustingError):
        pickles.loads(b"(" + b"]" * 1000 + b"l.")


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_that_is_cut_off_anywhere_is_an_unpickling_error(protocol: int):
    data = pickle.dumps({"words": ["a", "dog"], "count": 2.5}, protocol)
    for end in range(len(data)):
        with pytest.raises(pickle.UnpicklingError):
            pickles.loads(data[:end])
