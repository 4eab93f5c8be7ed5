"""Archives of the bundle for Linux: tar.xz and .deb, with icons, menu entry and metainfo.

Usage, after pyinstaller build.spec: python resources/packaging/linux.py [DIST_FOLDER]
"""

import gzip
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "desktop"), str(HERE)]

import icons  # noqa: E402
import parts  # noqa: E402

from lorgnette import __version__  # noqa: E402

SVG = ROOT / "resources" / "icons" / "lorgnette.svg"
MAINTAINER = "{} <{}>".format(
    os.environ.get("DEBFULLNAME", "The lorgnette authors"),
    os.environ.get("DEBEMAIL", "maintainers@lorgnette.app"),
)
SUMMARY = "describe pictures for people who cannot see them"
DESCRIPTION = """\
 lorgnette drafts alt text for pictures on this computer, offline. Drafts are
 reviewed in its window, by keyboard and screen reader too, and are kept inside
 the pictures or beside them, as XMP. It has a command line for whole folders."""


def main() -> None:
    """Write tar.xz and .deb beside the bundle."""
    dist = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist"
    bundle = dist / "lorgnette"
    machine = os.uname().machine
    made = [
        write_tar(bundle, dist / f"lorgnette-{__version__}-linux-{machine}.tar.xz"),
        write_deb(bundle, dist),
    ]
    for file in made:
        print(f"{file.stat().st_size / 1e6:8.1f} MB  {file}")


def add_desktop_files(share: Path) -> None:
    """Fill a share folder with the menu entry, the metainfo and the icon in all its sizes."""
    for folder, suffix in (("applications", "desktop"), ("metainfo", "metainfo.xml")):
        (share / folder).mkdir(parents=True)
        for file in (HERE / "linux").glob(f"*.{suffix}"):
            shutil.copy(file, share / folder)
    hicolor = share / "icons" / "hicolor"
    for size in icons.SIZES:
        icons.save_png(SVG, size, hicolor / f"{size}x{size}" / "apps" / "lorgnette.png")
    scalable = hicolor / "scalable" / "apps"
    scalable.mkdir(parents=True)
    shutil.copy(SVG, scalable)


def write_tar(bundle: Path, target: Path) -> Path:
    """Pack the bundle with its share folder; the same content gives the same bytes."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = int(_moment().timestamp())
        return member

    top = f"lorgnette-{__version__}"
    with tempfile.TemporaryDirectory() as scratch:
        share = Path(scratch, "share")
        add_desktop_files(share)
        with target.open("wb") as file:
            pack = subprocess.Popen(["xz", "-T2"], stdin=subprocess.PIPE, stdout=file)
            with tarfile.open(fileobj=pack.stdin, mode="w|") as archive:
                archive.add(bundle, top, filter=plain)
                archive.add(share, f"{top}/share", filter=plain)
            pack.communicate()
            if pack.returncode:
                raise OSError(f"{target} could not be written: xz failed")
    return target


def write_deb(bundle: Path, dist: Path) -> Path:
    """Build the Debian package: the bundle under /usr/lib, its two programs linked in /usr/bin."""
    architecture = _output("dpkg", "--print-architecture")
    target = dist / f"lorgnette_{__version__}_{architecture}.deb"
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch, "lorgnette")
        usr = tree / "usr"
        shutil.copytree(bundle, usr / "lib" / "lorgnette", symlinks=True)
        for file in (usr / "lib" / "lorgnette").rglob("*"):
            if file.is_file() and not file.is_symlink():
                file.chmod(0o755 if file.parent.name == "lorgnette" else 0o644)
        (usr / "bin").mkdir()
        for name in ("lorgnette", "lorgnette-gui"):
            (usr / "lib" / "lorgnette" / name).chmod(0o755)
            (usr / "bin" / name).symlink_to(f"../lib/lorgnette/{name}")
        add_desktop_files(usr / "share")
        _add_documents(usr / "share")
        control = tree / "DEBIAN"
        control.mkdir()
        size = sum(f.stat().st_size for f in usr.rglob("*") if not f.is_symlink()) // 1024
        (control / "control").write_text(
            f"Package: lorgnette\nVersion: {__version__}\nArchitecture: {architecture}\n"
            f"Maintainer: {MAINTAINER}\nInstalled-Size: {size}\n"
            f"Depends: {', '.join(needed_packages(usr / 'lib' / 'lorgnette'))}\n"
            f"Section: graphics\nPriority: optional\nDescription: {SUMMARY}\n{DESCRIPTION}\n",
            encoding="utf-8",
        )
        sums = [
            f"{_output('md5sum', str(file)).split()[0]}  {file.relative_to(tree)}\n"
            for file in sorted(usr.rglob("*"))
            if file.is_file() and not file.is_symlink()
        ]
        (control / "md5sums").write_text("".join(sums), encoding="utf-8")
        for folder in (tree, *tree.rglob("*")):
            if folder.is_dir():
                folder.chmod(0o755)
            elif not folder.is_symlink() and not os.access(folder, os.X_OK):
                folder.chmod(0o644)
        build = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z3", "--build", str(tree), str(target)]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": str(int(_moment().timestamp()))}
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL, env=environment)
    return target


def needed_packages(bundle: Path) -> list[str]:
    """Return the Debian packages with the libraries that the bundle links to and leaves out."""
    files = [file for file in bundle.rglob("*") if file.is_file() and not file.is_symlink()]
    binaries = [file for file in files if file.open("rb").read(4) == b"\x7fELF"]
    inside = {file.name for file in bundle.rglob("*")}
    wanted = {name for file in binaries for name in parts.linked(str(file))} - inside
    known = dict(
        line.split(" => ") for line in _output("ldconfig", "-p").splitlines()[1:] if " => " in line
    )
    places = {name.split()[0]: place for name, place in known.items() if "x86-64" in name}
    packages = {
        parts.debian_package(Path(places[name]).resolve()) for name in wanted if name in places
    }
    return sorted(packages - {""})


def _add_documents(share: Path) -> None:
    documents = share / "doc" / "lorgnette"
    documents.mkdir(parents=True)
    (documents / "copyright").write_text(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Upstream-Name: lorgnette\n\n"
        "Files: *\nCopyright: 2026 The lorgnette authors\nLicense: Apache-2.0\n"
        " On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n"
        " .\n"
        " /usr/lib/lorgnette holds work of others under licences of their own: see\n"
        " /usr/lib/lorgnette/_internal/resources/THIRD_PARTY_LICENCES.md and the\n"
        " folder licences beside it.\n",
        encoding="utf-8",
    )
    entry = (
        f"lorgnette ({__version__}) stable; urgency=medium\n\n"
        f"  * Version {__version__}.\n\n"
        f" -- {MAINTAINER}  {format_datetime(_moment())}\n"
    )
    with gzip.GzipFile(documents / "changelog.gz", "wb", mtime=0) as file:
        file.write(entry.encode())
    overrides = share / "lintian" / "overrides"
    overrides.mkdir(parents=True)
    shutil.copy(HERE / "linux" / "lintian-overrides", overrides / "lorgnette")
    manual = share / "man" / "man1"
    manual.mkdir(parents=True)
    for name in ("lorgnette", "lorgnette-gui"):
        with gzip.GzipFile(manual / f"{name}.1.gz", "wb", mtime=0) as file:
            file.write((HERE / "linux" / f"{name}.1").read_bytes())


def _moment() -> datetime:
    """Return when this version was committed, so that a build can be repeated."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH") or _output(
        "git", "-C", str(ROOT), "log", "-1", "--format=%ct"
    )
    return datetime.fromtimestamp(int(epoch), UTC)


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


if __name__ == "__main__":
    main()
