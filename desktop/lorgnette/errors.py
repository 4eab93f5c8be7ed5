"""What can go wrong in a way that a person can mend.

A `LorgnetteError` says what happened to which file, and its hint says what to do about it.
Every other exception is a bug and rises to the one place that reports bugs.
"""

from enum import IntEnum
from pathlib import Path

EMPTY_HINT = "Nothing is in it: copy it again from where it came, or leave it out."


class ExitCode(IntEnum):
    """What the command line returns to the shell."""

    OK = 0
    SOME_FAILED = 1  # the job ran to its end; at least one image failed
    CANNOT_RUN = 2  # nothing was touched: model, provider or arguments
    INTERRUPTED = 130
    NOBODY_READS = 141  # as of a program that the closed pipe ended


class LorgnetteError(Exception):
    """Something that the user can act on."""

    hint = ""
    exit_code = ExitCode.SOME_FAILED


class UnreadableImageError(LorgnetteError):
    """The file holds no picture that can be decoded; nothing was changed."""

    hint = "Open it in another program to see whether it is damaged, or leave it out."

    def __init__(self, path: Path, reason: str, hint: str | None = None) -> None:
        super().__init__(f"{path.name}: {reason}")
        self.reason = reason
        if hint is not None:
            self.hint = hint


class NoPictureError(UnreadableImageError):
    """A slip named something that is no picture at all; nothing was touched."""

    exit_code = ExitCode.CANNOT_RUN


class BrokenModelError(LorgnetteError):
    """The model directory is missing, incomplete, damaged or not meant for this program."""

    hint = "Install lorgnette again, or name a whole model directory with --model."
    exit_code = ExitCode.CANNOT_RUN


class ProviderError(LorgnetteError):
    """The execution provider that was asked for does not run here."""

    hint = "Use --provider cpu, or install onnxruntime-gpu in place of onnxruntime."
    exit_code = ExitCode.CANNOT_RUN
