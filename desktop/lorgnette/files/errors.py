"""Why a file was not written."""

from pathlib import Path

from lorgnette.errors import LorgnetteError


class CannotWriteError(LorgnetteError):
    """The file or its folder refuses the write; what was there is as it was."""

    hint = "Check that the folder is writable and the disk has room, then try again."

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.name} could not be written: {reason}")
        self.reason = reason


class NotKeptError(CannotWriteError):
    """A new version would have lost what surrounds the file's bytes; the old one stays."""

    hint = "Ask whoever owns the file to write it, or work with a copy, which is yours."

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(path, f"{what} cannot be kept")


class ChangedMeanwhileError(CannotWriteError):
    """Another program changed the file between reading and writing; its version stays."""

    hint = "Run the same command again; it starts from the file's present contents."

    def __init__(self, path: Path) -> None:
        super().__init__(path, "another program changed it meanwhile")
