"""Takes the pictures of the window that people look at: python tests/end_to_end/screenshots.py OUT.

Each of light, dark and high contrast, at 100 % and 200 %, empty, reviewing and running, on the
shipped model and photos that come with scikit-image. They are looked at, not compared.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

APPEARANCES = ("light", "dark", "high-contrast")
SCALES = (1, 2)
PHOTOS = {
    "astronaut": "astronaut",
    "cat": "cat",
    "coffee": "coffee cup",
    "rocket": "rocket launch",
    "hubble_deep_field": "deep field",
    "camera": "photographer",
    "horse": "horse",
    "coins": "coins",
    "page": "scanned page",
    "brick": "brick wall",
    "grass": "lawn",
    "moon": "moon",
}


def main() -> int:
    """Take all pictures, each scale in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", default="", help="a model directory; default: the shipped one")
    parser.add_argument("--scale", type=int)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    if args.scale:
        with tempfile.TemporaryDirectory() as home:
            for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
                os.environ[name] = str(Path(home, name))
            take(args.out, args.scale, args.model, Path(home))
        return 0
    for scale in SCALES:
        environment = {
            **os.environ,
            "QT_SCALE_FACTOR": str(scale),
            "QT_QPA_PLATFORM": "offscreen",
        }
        command = [sys.executable, __file__, str(args.out), "--scale", str(scale)]
        subprocess.run([*command, "--model", args.model], check=True, env=environment)
    return 0


def compose(film: Path) -> None:
    """Write a film of two scenes: a cat and a cup of coffee, each panned over."""
    import av
    import skimage.data
    from PIL import Image

    cat, cup = (Image.fromarray(getattr(skimage.data, name)()) for name in ("cat", "coffee"))
    with av.open(str(film), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 960, 600, "yuv420p"
        for number in range(60):
            left = 2 * (number % 30)
            image, right = (cat, left + 390) if number < 30 else (cup, left + 540)
            seen = image.crop((left, 0, right, (right - left) * 5 // 8)).resize((960, 600))
            container.mux(stream.encode(av.VideoFrame.from_image(seen)))
        container.mux(stream.encode(None))


def take(out: Path, scale: int, model: str, home: Path) -> None:
    """Take the pictures of one scale; the window has 1280 x 800 device pixels at 200 %, too."""
    import skimage.data
    from PIL import Image
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from lorgnette import paths
    from lorgnette.gui.app import dress_application, open_drafts
    from lorgnette.gui.looks import theme
    from lorgnette.gui.main_window import MainWindow
    from lorgnette.settings import Settings

    folder = home / "Holiday"
    folder.mkdir()
    for name, called in PHOTOS.items():
        photo = Image.fromarray(getattr(skimage.data, name)()).convert("RGB")
        photo.save(folder / f"{called}.jpg", quality=93)
    app = QApplication([])
    dress_application(app)

    def wait(until: Callable[[], bool], milliseconds: int = 60_000) -> None:
        loop, timer = QEventLoop(), QTimer(interval=30)
        timer.timeout.connect(lambda: loop.quit() if until() else None)
        timer.start()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def shoot(what: str) -> None:
        wait(lambda: False, 400)
        window.grab().save(
            str(out / f"{what}-{window.batch.settings.now.appearance}-{scale}00.png")
        )

    for appearance in APPEARANCES:
        settings = Settings(
            appearance=appearance, caption_on_add=False, destination="sidecar", model=model
        )
        lock, drafts = open_drafts(paths.user_data() / f"{appearance}-{scale}")
        window = MainWindow(settings, drafts, theme.apply(app, appearance))
        window.resize(1280 // scale, 800 // scale)
        window.show()
        window.activateWindow()
        shoot("empty")
        window.adding.add([folder])
        wait(lambda: len(window.batch.model) == len(PHOTOS))  # noqa: B023 - called at once
        window.captioning.caption_all()
        wait(lambda: window.captioning.run.tally.done >= 7)  # noqa: B023
        window.grab().save(str(out / f"running-{appearance}-{scale}00.png"))
        wait(lambda: not window.captioning.run.running)  # noqa: B023
        told = window.body.notice.text.text()
        window.body.notice.dismiss()
        for name in ("astronaut.jpg", "rocket launch.jpg"):
            window.batch.view.go_to(folder / name)
            window.reviewing.accept_current()
        window.batch.view.go_to(folder / "coffee cup.jpg")
        window.batch.view.scrollToTop()
        window.body.panel.field.setFocus()
        shoot("reviewing")
        window.body.notice.show_text(told)
        window.body.panel.extended_section.open()
        window.body.panel.questions_section.open()
        window.batch.view.go_to(folder / "scanned page.jpg")
        window.batch.view.setFocus()
        shoot("declined")
        film = folder / "morning.mp4"
        if not film.exists():
            compose(film)
        window.adding.add([film])
        wait(lambda: window.batch.model.picture(film) is not None)  # noqa: B023
        window.batch.view.go_to(film)
        window.captioning.caption_selected()
        wait(lambda: not window.captioning.run.running)  # noqa: B023
        window.body.notice.dismiss()
        wait(window.actions_["list_scenes"].isEnabled)
        window.actions_["list_scenes"].trigger()
        wait(lambda: bool(window.body.panel.extended.toPlainText()))  # noqa: B023
        window.moving.step(-1)
        shoot("moving")
        window.close()
        lock.unlock()
        window.deleteLater()


if __name__ == "__main__":
    sys.exit(main())
