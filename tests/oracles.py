"""Programs that are not ours and read what we write."""

import json
import subprocess
from pathlib import Path
from typing import Any


class ExifTool:
    """One ExifTool that stays open."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["exiftool", "-stay_open", "True", "-@", "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, *arguments: str | Path) -> str:
        """Run one command and return the text that it prints."""
        return self.output(*arguments).decode(errors="replace")

    def output(self, *arguments: str | Path) -> bytes:
        """Run one command and return the bytes that it prints."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        lines = "\n".join([*map(str, arguments), "-execute\n"])
        self._process.stdin.write(lines.encode())
        self._process.stdin.flush()
        output = b""
        while not output.endswith(b"{ready}\n"):
            output += self._process.stdout.readline()
        return output.removesuffix(b"{ready}\n")

    def tags(self, path: Path, *arguments: str) -> dict[str, Any]:
        """Return a file's tags, by group and name."""
        output = self.run("-j", "-G1", "-struct", "-a", *arguments, path)
        found: list[dict[str, Any]] = json.loads(output[output.index("[{") :])  # after warnings
        return found[0]

    def alt_text(self, path: Path) -> str:
        """Return the alt text that it reads; empty where there is none."""
        tags = self.tags(path, "-XMP-iptcCore:AltTextAccessibility")
        return str(tags.get("XMP-iptcCore:AltTextAccessibility", ""))

    def close(self) -> None:
        """End it."""
        self._process.communicate(b"-stay_open\nFalse\n")


def exiv2(path: Path, *arguments: str) -> str:
    """Return what exiv2 prints of a file; empty where it cannot read it."""
    done = subprocess.run(["exiv2", "-q", *arguments, path], capture_output=True, check=False)
    return done.stdout.decode(errors="replace") if done.returncode == 0 else ""
