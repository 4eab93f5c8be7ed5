"""Outcomes as JSON and back, so that what comes from a disk or a network can run nothing."""

import dataclasses
import functools
import json
import types
import typing
from enum import Enum
from pathlib import Path
from typing import Any

from lorgnette.cluster.errors import FarError
from lorgnette.jobs.outcome import Outcome


def packed(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as what JSON can say."""
    error = outcome.error
    content = dataclasses.asdict(dataclasses.replace(outcome, error=None))
    if error is not None:
        content["error"] = [str(error), error.hint]
    return content


def unpacked(content: dict[str, Any]) -> Outcome:
    """Return the outcome that was packed."""
    error = content.pop("error")
    outcome: Outcome = _made(Outcome, content)
    return outcome if error is None else dataclasses.replace(outcome, error=FarError(*error))


def text(content: Any) -> str:
    """Return content as one line of JSON; names that are no UTF-8 stay what they are."""
    return json.dumps(content, separators=(",", ":"), default=str)


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _made(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    origin = typing.get_origin(kind)
    if origin is types.UnionType:
        (kind,) = (each for each in typing.get_args(kind) if each is not types.NoneType)
        return _made(kind, value)
    if origin is tuple:
        each, *others = typing.get_args(kind)
        kinds = [each] * len(value) if others == [...] else [each, *others]
        return tuple(map(_made, kinds, value))
    if dataclasses.is_dataclass(kind):
        hints = _hints(typing.cast("type", kind))
        return typing.cast("type", kind)(
            **{name: _made(hints[name], each) for name, each in value.items()}
        )
    if isinstance(kind, type) and issubclass(kind, Enum | Path):
        return kind(value)
    return value
