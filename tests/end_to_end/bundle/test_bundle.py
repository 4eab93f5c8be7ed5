"""The bundle as a person gets it: moved, read-only, with nothing around it and no network.

Builds it, in one or two minutes, unless LORGNETTE_BUNDLE names the dist folder of a build.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from lorgnette import __version__

ROOT = Path(__file__).parents[3]
PACKAGING = ROOT / "resources" / "packaging"
SESSION = ROOT / "tests" / "end_to_end" / "window" / "session.sh"
MOST_MEGABYTES = 300
MOST_ARCHIVE_MEGABYTES = 125
MOST_TIMES_AS_SLOW = 1.5  # to the first caption, as the program from its source
NOBODY = 65534
TRACE = ("strace", "-f", "-qq", "-e", "trace=socket,connect,sendto")

pytestmark = [
    pytest.mark.bundle,
    pytest.mark.skipif(sys.platform != "linux", reason="what is tested is the Linux bundle"),
]

Run = Callable[..., subprocess.CompletedProcess[str]]
Photo = Callable[[str], Image.Image]


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    if "bundle" not in (request.config.getoption("markexpr") or ""):
        pytest.skip("runs with -m bundle only")
    if built := os.environ.get("LORGNETTE_BUNDLE"):
        return Path(built)
    folder = tmp_path_factory.mktemp("build")
    command = ["--noconfirm", "--log-level=WARN", "--workpath", folder / "work"]
    command += ["--distpath", folder / "dist", ROOT / "build.spec"]
    built = subprocess.run(
        [sys.executable, "-m", "PyInstaller", *command], capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr
    assert "the ten largest parts" in built.stdout
    return folder / "dist"


@pytest.fixture(scope="session")
def place(dist: Path) -> Iterator[Path]:
    """A folder that another person may enter, with the bundle read-only in it."""
    folder = Path(tempfile.mkdtemp(prefix="lorgnette-"))
    folder.chmod(0o755)
    shutil.copytree(dist / "lorgnette", bundle_in(folder), symlinks=True)
    for path in (bundle_in(folder).parent, *bundle_in(folder).parent.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)
    yield folder
    for path in (bundle_in(folder).parent, *bundle_in(folder).rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder, ignore_errors=True)


def bundle_in(folder: Path) -> Path:
    return folder / "Größere Bilder 図" / "lorgnette"


@pytest.fixture
def desk(place: Path, photo: Photo) -> Iterator[Path]:
    """A person's home with a JPEG and a PNG; all of it hers."""
    home = Path(tempfile.mkdtemp(prefix="home ", dir=place))
    photo("astronaut").save(home / "astronaut.jpg", quality=90)
    photo("coffee").save(home / "coffee.png")
    home.chmod(0o755)
    if os.geteuid() == 0:
        for path in (home, *home.iterdir()):
            os.chown(path, NOBODY, NOBODY)
    yield home
    shutil.rmtree(home)


def person() -> list[str]:
    """Return what runs a command as somebody who may not write everywhere."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


@pytest.fixture
def lorgnette(place: Path, desk: Path) -> Run:
    """Return a function that runs the bundle's command line with an empty environment."""

    def run(*arguments: object, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        program = bundle_in(place) / "lorgnette"
        command = [*before, *person(), "env", "-i", f"HOME={desk}", str(program)]
        return subprocess.run(
            [*command, *map(str, arguments)], cwd=desk, capture_output=True, text=True, timeout=120
        )

    return run


def succeed(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def pictures(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_the_folder_is_small_enough(dist: Path) -> None:
    files = [path for path in (dist / "lorgnette").rglob("*") if not path.is_symlink()]
    assert sum(path.stat().st_size for path in files if path.is_file()) <= MOST_MEGABYTES * 1e6


def test_it_says_which_version_it_is(lorgnette: Run) -> None:
    assert succeed(lorgnette("--version")) == f"lorgnette {__version__}\n"


def test_two_photos_get_sidecars_and_undo_takes_them_away(lorgnette: Run, desk: Path) -> None:
    before = pictures(desk)
    succeed(lorgnette("caption", "--write", "sidecar", "astronaut.jpg", "coffee.png"))
    after = pictures(desk)
    assert set(after) - set(before) == {"astronaut.jpg.xmp", "coffee.png.xmp"}
    assert {name: after[name] for name in before} == before
    succeed(lorgnette("undo"))
    assert pictures(desk) == before


def test_words_are_embedded_as_others_read_them_and_undone(lorgnette: Run, desk: Path) -> None:
    before = pictures(desk)
    lines = succeed(lorgnette("caption", "--write", "embed", "astronaut.jpg", "coffee.png"))
    said = dict(line.split(": ", 1) for line in lines.splitlines() if ": " in line)
    assert set(pictures(desk)) == set(before)
    if shutil.which("exiftool"):
        answer = subprocess.run(
            ["exiftool", "-json", "-XMP-iptcCore:AltTextAccessibility", *before],
            cwd=desk, capture_output=True, text=True, check=True,
        )  # fmt: skip
        read = {one["SourceFile"]: one["AltTextAccessibility"] for one in json.loads(answer.stdout)}
        assert read == {name: said[name] for name in before}
    for name in before:
        assert said[name] in succeed(lorgnette("show", name))
    succeed(lorgnette("undo"))
    assert pictures(desk) == before


def test_what_phones_take_is_read_without_the_encoder(
    lorgnette: Run, desk: Path, photo: Photo
) -> None:
    pillow_heif.from_pillow(photo("cat")).save(desk / "phone.heic")
    (desk / "phone.heic").chmod(0o644)
    assert succeed(lorgnette("caption", "phone.heic")).startswith("phone.heic: ")


def test_the_first_caption_comes_about_as_quickly_as_from_source(
    lorgnette: Run, desk: Path, tmp_path: Path
) -> None:
    def from_source(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "lorgnette", *args]
        home = {**os.environ, "HOME": str(tmp_path)}
        return subprocess.run(command, cwd=desk, env=home, capture_output=True, text=True)

    def seconds(run: Run) -> float:
        start = time.perf_counter()
        succeed(run("caption", "astronaut.jpg"))
        return time.perf_counter() - start

    # By turns, so that whatever else the machine does slows both.
    pairs = [(seconds(lorgnette), seconds(from_source)) for _ in range(5)]
    assert min(ours for ours, _ in pairs) <= MOST_TIMES_AS_SLOW * min(other for _, other in pairs)


def use_everything(lorgnette: Run, desk: Path, *before: str) -> None:
    """Caption, write, read and undo, with before in front of the command."""
    photos = pictures(desk)
    for command in (
        ("caption", "--write", "embed", "astronaut.jpg"),
        ("caption", "--write", "sidecar", "coffee.png"),
        ("show", "coffee.png"),
        ("undo",),
        ("undo",),
    ):
        succeed(lorgnette(*command, before=before))
    assert pictures(desk) == photos


def test_nothing_tries_to_reach_the_network(lorgnette: Run, desk: Path, tmp_path: Path) -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    calls = tmp_path / "calls"
    use_everything(lorgnette, desk, *TRACE, "-A", "-o", str(calls))
    assert "AF_INET" not in calls.read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may cut the network everywhere")
def test_the_main_path_needs_no_network(lorgnette: Run, desk: Path) -> None:
    use_everything(lorgnette, desk, "unshare", "--net")


def test_the_window_opens_is_read_from_outside_and_closes(
    place: Path, desk: Path, tmp_path: Path
) -> None:
    for tool in ("xvfb-run", "dbus-run-session", "openbox", "xdotool", "gdbus", "strace"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    if subprocess.run(["/usr/bin/python3", "-c", "import pyatspi"]).returncode:
        pytest.skip("the system's Python has no pyatspi")
    calls = tmp_path / "calls"
    needed = ("HOME", "DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS")
    start = tmp_path / "start"  # session.sh splits what it is told to start at spaces
    start.write_text(
        f"#!/bin/sh\nexec {shutil.which('env')} -i "
        + " ".join(f'{name}="${name}"' for name in needed)
        + f" {shutil.which('strace')} -D {' '.join(TRACE[1:])} -o '{calls}'"
        f" '{bundle_in(place)}/lorgnette-gui' '{desk}/astronaut.jpg' '{desk}/coffee.png'\n",
        encoding="utf-8",
    )
    start.chmod(0o755)
    offline = ["unshare", "--net"] if os.geteuid() == 0 else []
    reader = Path(__file__).with_name("reader.py")
    done = subprocess.run(
        [*offline, "bash", SESSION, "/usr/bin/python3", reader, "2", tmp_path / "seen.json"],
        env={"PATH": os.environ["PATH"], "HOME": str(desk), "APP": str(start)},
        cwd=desk,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert seen["title"].endswith("lorgnette")
    assert [row.split(",")[0] for row in seen["rows"]] == ["astronaut.jpg", "coffee.png"]
    for node in (["list", "Pictures"], ["text", "Alt text"], ["push button", "Accept and next"]):
        assert node in seen["tree"]
    assert "AF_INET" not in calls.read_text()


def test_other_peoples_licences_are_inside(dist: Path) -> None:
    resources = dist / "lorgnette" / "_internal" / "resources"
    summary = (resources / "THIRD_PARTY_LICENCES.md").read_text(encoding="utf-8")
    for name in ("PySide6_Essentials", "shiboken6", "onnxruntime", "numpy", "pillow", "python"):
        assert f"- {name} " in summary
    for name in (
        "LGPL-3.0.txt",
        "GPL-3.0.txt",
        "SCOWL.txt",
        "onnxruntime",
        "numpy",
        "pillow",
        "python",
    ):
        assert (resources / "licences" / name).exists()
    assert list((dist / "lorgnette").rglob("libQt6Core.so.6"))  # a file that can be replaced


def test_the_bill_of_materials_is_valid_cyclonedx(dist: Path) -> None:
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = (dist / f"lorgnette-{__version__}.cdx.json").read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    names = {component["name"] for component in json.loads(text)["components"]}
    assert {"PySide6_Essentials", "onnxruntime", "numpy", "pillow", "pi_heif", "python"} <= names
    assert not {"torch", "pillow_heif"} & names


@pytest.fixture(scope="session")
def archives(dist: Path) -> dict[str, Path]:
    """The tar.xz and the .deb, by suffix."""
    for tool in ("dpkg-deb", "git"):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
    done = subprocess.run(
        [sys.executable, PACKAGING / "linux.py", dist], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return {path.suffix: path for path in dist.iterdir() if path.suffix in {".xz", ".deb"}}


def test_the_archive_is_small_enough(archives: dict[str, Path]) -> None:
    assert archives[".xz"].stat().st_size <= MOST_ARCHIVE_MEGABYTES * 1e6


def test_lintian_finds_no_error_in_the_package(archives: dict[str, Path]) -> None:
    if shutil.which("lintian") is None:
        pytest.skip("lintian is not installed")
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error", archives[".deb"]],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_menu_entry_and_the_metainfo_are_valid() -> None:
    linux = PACKAGING / "linux"
    for tool, arguments, pattern in (
        ("desktop-file-validate", [], "*.desktop"),
        ("appstreamcli", ["validate", "--no-net"], "*.metainfo.xml"),
    ):
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")
        files = list(linux.glob(pattern))
        assert files
        done = subprocess.run([tool, *arguments, *files], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_the_metainfo_knows_this_version() -> None:
    text = next((PACKAGING / "linux").glob("*.metainfo.xml")).read_text(encoding="utf-8")
    assert f'<release version="{__version__}"' in text
