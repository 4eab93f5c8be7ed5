"""What Windows, macOS and Linux each want of a bundle."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import icons
from parts import Entry

BUNDLE_IDENTIFIER = "app.lorgnette.lorgnette"
_HERE = Path(__file__).parent
_WITH_SYMBOLS = re.compile(r"/libicu(i18n|uc)\.so|PIL/_imaging\.")  # 4 MB of symbols

if sys.platform == "win32":
    NEEDED = (r"/platforms/qwindows\.dll$", r"(^|/)vcruntime140\.dll$")
elif sys.platform == "darwin":
    NEEDED = (r"/platforms/libqcocoa\.dylib$",)
else:  # the accessibility bridge of Qt speaks D-Bus
    NEEDED = (r"/platforms/libq(xcb|wayland|offscreen)\.so$", r"/libQt6DBus\.so")


def without_symbols(binaries: Iterable[Entry], target: Path) -> list[Entry]:
    """Return binaries, some without what only linkers and debuggers read.

    A Python built from source has 20 MB of it, and looks for libraries in folders of the machine
    that built it, which patchelf takes out. Of wheels only those of _WITH_SYMBOLS are made smaller:
    not everything that auditwheel has patched survives strip.

    Args:
        target: a folder for the smaller ones.
    """
    python = Path(sys.base_prefix).resolve()
    result = []
    for name, source, kind in binaries:
        of_python = python in Path(source).resolve().parents
        if sys.platform.startswith("linux") and (of_python or _WITH_SYMBOLS.search(name)):
            smaller = target / name
            smaller.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["strip", "--strip-unneeded", "-o", smaller, source], check=True)
            if of_python:
                subprocess.run(["patchelf", "--remove-rpath", smaller], check=True)
            result.append((name, str(smaller), kind))
        else:
            result.append((name, source, kind))
    return result


def program(root: Path, work: Path, name: str, version: str) -> dict[str, Any]:
    """Return what EXE takes on this platform: icon, version, manifest, signature.

    macOS signs with the identity in LORGNETTE_SIGN, a name in the keychain.
    """
    svg = root / "resources" / "icons" / "lorgnette.svg"
    if sys.platform == "win32":
        return {
            "icon": str(icons.save_icon(svg, work / "lorgnette.ico")),
            "version": str(_version_resource(work, name, version)),
            "manifest": str(_HERE / "windows" / "lorgnette.manifest"),
        }
    if sys.platform == "darwin":
        return {
            "codesign_identity": os.environ.get("LORGNETTE_SIGN"),
            "entitlements_file": str(_HERE / "macos" / "entitlements.plist"),
        }
    return {}


def finish(
    bundle: Callable[..., object], folder: Any, root: Path, work: Path, version: str
) -> None:
    """Make the app of macOS, or sign the programs of Windows.

    Windows signs with the command in LORGNETTE_SIGN, to which the files are added, such as
    "signtool sign /fd sha256 /tr URL /td sha256 /n NAME".
    """
    if sys.platform == "darwin":
        svg = root / "resources" / "icons" / "lorgnette.svg"
        bundle(
            folder,
            name="lorgnette.app",
            icon=str(icons.save_icon(svg, work / "lorgnette.icns")),
            bundle_identifier=BUNDLE_IDENTIFIER,
            version=version,
            info_plist={
                "CFBundleExecutable": "lorgnette-gui",
                "CFBundleShortVersionString": version,
                "LSApplicationCategoryType": "public.app-category.photography",
                "LSMinimumSystemVersion": "13.0",
                "NSHighResolutionCapable": True,
                "NSRequiresAquaSystemAppearance": False,
                "CFBundleDocumentTypes": [
                    {
                        "CFBundleTypeName": "Pictures and folders",
                        "CFBundleTypeRole": "Editor",
                        "LSHandlerRank": "Alternate",
                        "LSItemContentTypes": ["public.image", "public.folder"],
                    }
                ],
            },
        )
    elif sys.platform == "win32" and (command := os.environ.get("LORGNETTE_SIGN")):
        programs = [str(file) for file in Path(folder.name).glob("*.exe")]
        subprocess.run([*shlex.split(command), *programs], check=True)


def _version_resource(work: Path, name: str, version: str) -> Path:
    numbers = (*(int(number) for number in version.split(".")[:3]), 0)
    strings = {
        "CompanyName": "lorgnette",
        "FileDescription": "Alt text for your pictures",
        "FileVersion": version,
        "InternalName": name,
        "LegalCopyright": "Apache License 2.0",
        "OriginalFilename": f"{name}.exe",
        "ProductName": "lorgnette",
        "ProductVersion": version,
    }
    table = ", ".join(f"StringStruct({key!r}, {value!r})" for key, value in strings.items())
    path = work / f"{name}.version"
    path.write_text(
        "VSVersionInfo(\n"
        f"  ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, flags=0,\n"
        "    OS=0x40004, fileType=1, subtype=0, date=(0, 0)),\n"
        "  kids=[\n"
        f"    StringFileInfo([StringTable('040904B0', [{table}])]),\n"
        "    VarFileInfo([VarStruct('Translation', [0x0409, 1200])]),\n"
        "  ],\n"
        ")\n",
        encoding="utf-8",
    )
    return path
