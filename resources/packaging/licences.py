"""Licences of what is in a bundle: texts for its readers, a bill of materials for machines."""

import json
import re
import uuid
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from parts import Entry, Part

SUMMARY = "resources/THIRD_PARTY_LICENCES.md"
FOLDER = "resources/licences"
_SHARED_TEXT = re.compile(r"/usr/share/common-licenses/([A-Za-z][A-Za-z0-9.+-]*[A-Za-z0-9])")
_LGPL = """## Licences

lorgnette is free software under the Apache License 2.0. The model has terms of its own: its card
is below.

Qt is copyright The Qt Company Ltd. and other contributors; Qt, PySide6 and Shiboken6 are used under
the GNU Lesser General Public License, version 3 (LGPL). libheif and libde265, inside pi-heif, are
copyright struktur AG and are used under the same licence. They lie in this program's folder as
libraries of their own: you may replace them with versions that you changed, and you may take the
program apart to find faults in such changes. Their sources: https://download.qt.io/official_releases/qt/
and https://download.qt.io/official_releases/QtForPython/ for the versions below,
https://github.com/strukturag/libheif and https://github.com/strukturag/libde265.
Hunspell, inside chunspell, is copyright Németh László and contributors and is used under the
Mozilla Public License 1.1; its source: https://github.com/hunspell/hunspell. Its dictionary of
American English is made of SCOWL, copyright Kevin Atkinson and others: see `SCOWL.txt`.
What others wrote that is part of Qt: https://doc.qt.io/qt-6/licenses-used-in-qt.html

The full texts, those of the LGPL and the GPL among them, are in the folder
`licences` beside this file.

## Parts
"""


def collect(parts: Sequence[Part], common: Path, work: Path) -> list[Entry]:
    """Return what to add to a bundle: a summary, and each part's licences in a folder of its own.

    Args:
        common: a folder with texts that parts name without bringing them along.
        work: a folder for what is made here.
    """
    entries = [(f"{FOLDER}/{text.name}", str(text), "DATA") for text in sorted(common.iterdir())]
    shared: set[str] = set()
    lines = []
    for part in parts:
        lines.append(f"- {part.name} {part.version}: {part.licence}. {part.source}")
        for number, text in enumerate(part.texts):
            name = text.name if number == 0 else f"{number + 1}-{text.name}"
            name = name if text.suffix else f"{name}.txt"
            entries.append((f"{FOLDER}/{part.name}/{name}", str(text), "DATA"))
            shared |= set(_SHARED_TEXT.findall(text.read_text(encoding="utf-8", errors="replace")))
    for name in sorted(shared):
        text = Path("/usr/share/common-licenses", name)
        if text.is_file():
            entries.append((f"{FOLDER}/{name}.txt", str(text.resolve()), "DATA"))
    summary = work / Path(SUMMARY).name
    summary.write_text(_LGPL + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return [*entries, (SUMMARY, str(summary), "DATA")]


def silent(parts: Sequence[Part], common: Path) -> list[str]:
    """Return the names of parts for which no licence text is at hand, not even in common."""
    texts = [text.stem for text in common.iterdir()]
    return [
        part.name
        for part in parts
        if not part.texts and not any(text in part.licence for text in texts)
    ]


def write_bill(parts: Sequence[Part], path: Path, version: str) -> None:
    """Write the software bill of materials of a bundle, as CycloneDX 1.6."""
    components = [_component(part) for part in parts]
    content = json.dumps(components, sort_keys=True)
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # The same parts have the same number, so that a build can be repeated.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "lorgnette",
                "name": "lorgnette",
                "version": version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            }
        },
        "components": components,
        "dependencies": [
            {"ref": "lorgnette", "dependsOn": [component["bom-ref"] for component in components]}
        ],
    }
    path.write_text(json.dumps(bill, indent=1) + "\n", encoding="utf-8")


def _component(part: Part) -> dict[str, object]:
    vendor = "debian/" if part.kind == "deb" else ""
    name = part.name.lower().replace("_", "-") if part.kind == "pypi" else part.name
    version = f"@{quote(part.version, safe='')}" if part.version else ""
    url = f"pkg:{part.kind}/{vendor}{quote(name)}{version}"
    return {
        "type": "library",
        "bom-ref": url,
        "name": part.name,
        "version": part.version,
        "purl": url,
        "licenses": [{"license": {"name": part.licence}}],
        "externalReferences": [{"type": "distribution", "url": part.source}],
        "properties": [{"name": "lorgnette:files", "value": str(len(part.files))}],
    }
