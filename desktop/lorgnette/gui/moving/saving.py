"""Scenes go into a file: cues for a player, or a list to read."""

from pathlib import Path

from lorgnette.gui.batch.picture import Picture


def save_scenes(picture: Picture, path: Path) -> None:
    """Write the scenes of a picture to path, which is replaced: WebVTT, or as text.

    Raises:
        CannotWriteError: the file is as it was.
    """
    from lorgnette.jobs import text_export

    line = text_export.Line(image=picture.path, file_name=picture.path.name, alt_text=picture.alt)
    is_text = path.suffix.lower() == ".txt"
    contents = text_export.scene_list(line) if is_text else text_export.web_vtt(line)
    text_export.save_document(path, contents, overwrite=True)
