"""What a bundle is made of: which libraries are reached, and to which part each file belongs."""

import functools
import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

from PyInstaller.depend.bindepend import get_imports

Entry = tuple[str, str, str]  # name in the bundle, file it comes from, PyInstaller's kind

_LICENCE_NAME = re.compile(r"(licen[cs]e|copying|notice|thirdpartynotices)", re.IGNORECASE)
_LIBRARY_NAME = re.compile(r"\.(so(\.[\d.]+)?|dll|dylib)$")


@dataclass(slots=True)
class Part:
    """One piece of other people's work in the bundle.

    Attributes:
        kind: pypi, deb or generic: the type of its package URL.
        licence: as its author states it, often an SPDX expression.
        texts: files with its licences and notices.
        files: names in the bundle.
    """

    kind: str
    name: str
    version: str
    licence: str
    source: str
    texts: list[Path]
    files: list[str] = field(default_factory=list)


def is_library(name: str) -> bool:
    """Tell a shared library from a Python extension module, which is loaded by its name."""
    return bool(_LIBRARY_NAME.search(name)) and not re.search(
        r"\.(cpython-\d+.*|abi3)\.so$|^lib-dynload/", name
    )


def reached(binaries: Iterable[Entry], loaded: Iterable[str]) -> list[Entry]:
    """Return the extension modules, what loaded names, and all that these link to.

    Leaving a plugin out leaves the libraries in that only the plugin wanted; this finds them.

    Args:
        loaded: patterns of names that the program or Qt opens by itself at run time.
    """
    binaries = list(binaries)
    by_name: dict[str, list[Entry]] = {}
    for entry in binaries:
        by_name.setdefault(Path(entry[0]).name, []).append(entry)
    wanted = [re.compile(pattern) for pattern in loaded]
    waiting = [
        entry
        for entry in binaries
        if not is_library(entry[0]) or any(pattern.search(entry[0]) for pattern in wanted)
    ]
    kept: dict[str, Entry] = {}
    while waiting:
        entry = waiting.pop()
        if entry[0] in kept:
            continue
        kept[entry[0]] = entry
        if Path(entry[1]).is_file():
            for name in linked(entry[1]):
                waiting += by_name.get(name, [])
    return [entry for entry in binaries if entry[0] in kept]


@functools.cache
def linked(file: str) -> frozenset[str]:
    """Return the names of the libraries that a binary itself links to.

    On Linux PyInstaller's answer has the libraries of those libraries, too: what only the host's
    own libraries want would be brought along.
    """
    if sys.platform.startswith("linux"):
        asked = ["patchelf", "--print-needed", file]
        return frozenset(
            subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split()
        )
    return frozenset(Path(name).name for name, _ in get_imports(file))


def parts(entries: Iterable[Entry], own: Iterable[Path]) -> list[Part]:
    """Return what other people made, each with the files of it that are in the bundle.

    Args:
        own: folders of the project, whose files are no third party's.
    """
    found: dict[tuple[str, str], Part] = {}
    owners = _owners()
    ours = {folder.resolve() for folder in own}
    python = [Path(sys.base_prefix).resolve(), Path(sysconfig.get_path("stdlib")).resolve()]
    for name, source, _ in entries:
        if source in {"", "-"} or not Path(source).is_file():
            continue
        file = Path(source).resolve()
        if owner := owners.get(file):
            part = _distribution_part(owner)
        elif (manifest := file.parent / "text-model.json").is_file():
            part = _model_part(manifest)
        elif ours & set(file.parents):
            continue
        elif (package := debian_package(file)) and not package.startswith("libpython"):
            part = _debian_part(package)
        elif package or any(folder in file.parents for folder in python):
            part = _python_part()
        else:
            part = _unknown_part(file)
        part = found.setdefault((part.kind, part.name), part)
        part.files.append(name)
    for part in (_python_part(), _distribution_part("pyinstaller")):
        found.setdefault((part.kind, part.name), part)
    return sorted(found.values(), key=lambda part: part.name.lower())


@functools.cache
def _owners() -> dict[Path, str]:
    return {
        Path(str(one.locate_file(file))).resolve(): one.metadata["Name"]
        for one in distributions()
        for file in one.files or ()
        if not str(file).endswith(".dist-info/RECORD")
    }


def _distribution_part(name: str) -> Part:
    one = distribution(name)
    metadata = one.metadata
    licence = metadata.get("License-Expression") or (metadata.get("License") or "").split("\n")[0]
    return Part(
        kind="pypi",
        name=metadata["Name"],
        version=one.version,
        licence=licence or "see its text",
        source=f"https://pypi.org/project/{metadata['Name']}/{one.version}/",
        texts=_texts(one),
    )


def _model_part(manifest: Path) -> Part:
    """Return the model that others made and that reads the words in pictures."""
    content = json.loads(manifest.read_text(encoding="utf-8"))
    return Part(
        kind="generic",
        name=content["name"],
        version=content["version"],
        licence=content["licence"],
        source=content["source"],
        texts=[manifest.parent / "NOTICE.md", manifest.parents[2] / "LICENSE"],
    )


def _texts(one: Distribution) -> list[Path]:
    found = []
    for file in one.files or ():
        inside = ".dist-info" in file.parts[0] or len(file.parts) == 2
        if inside and _LICENCE_NAME.match(file.name) and file.suffix not in {".py", ".pyc"}:
            found.append(Path(str(one.locate_file(file))))
    return found


@functools.cache
def debian_package(file: Path) -> str:
    """Return the Debian package that put file there; empty when none did."""
    for spelling in (str(file), str(file).removeprefix("/usr")):
        try:
            done = subprocess.run(["dpkg", "-S", spelling], capture_output=True, text=True)
        except FileNotFoundError:
            return ""
        if done.returncode == 0:
            return done.stdout.split(":")[0]
    return ""


def _debian_part(package: str) -> Part:
    query = ["dpkg-query", "-W", "-f=${Version} ${source:Package}\n", package]
    answer = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    version, source = answer.splitlines()[0].split()
    return Part(
        kind="deb",
        name=package,
        version=version,
        licence="see its text",
        source=f"https://sources.debian.org/src/{source}/",
        texts=[Path("/usr/share/doc", package, "copyright")],
    )


def _python_part() -> Part:
    version = ".".join(str(number) for number in sys.version_info[:3])
    stdlib = Path(sysconfig.get_path("stdlib"))
    places = [
        stdlib / "LICENSE.txt",
        stdlib.parent / "LICENSE.txt",
        Path(sys.base_prefix, "LICENSE.txt"),
        Path(f"/usr/share/doc/python3.{sys.version_info[1]}/copyright"),
    ]
    return Part(
        kind="generic",
        name="python",
        version=version,
        licence="PSF-2.0",
        source=f"https://www.python.org/ftp/python/{version}/",
        texts=[place for place in places if place.is_file()][:1],
    )


def _unknown_part(file: Path) -> Part:
    return Part(
        kind="generic", name=file.name, version="", licence="unknown", source=str(file), texts=[]
    )
