"""What a person can choose, kept in one file between runs."""

import contextlib
import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from lorgnette import paths
from lorgnette.english.glossary import Rule
from lorgnette.english.joining import Template
from lorgnette.files import CannotWriteError
from lorgnette.paths import NoFolderError

FILE_NAME = "settings.json"

PROVIDERS = ("auto", "cpu", "cuda")
PEOPLE = ("neutral", "as-is")
DESTINATIONS = ("ask", "sidecar", "embed")
SIDECAR_NAMINGS = ("with-extension", "without-extension")
APPEARANCES = ("system", "light", "dark", "high-contrast")
BEAM_SIZES = range(21)  # 0: as the model has it
TEXT_SIZES = range(75, 301)  # percent of the system's


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings; the defaults are those of a first start."""

    provider: str = "auto"
    model: str = ""  # a model directory; empty: the one that came with the program
    beam_size: int = 0
    people: str = "neutral"
    destination: str = "ask"
    sidecar_naming: str = "with-extension"
    caption_fields: bool = False  # reviewed text is copied to the caption fields, too
    language: str = "en"  # of the alt text, BCP 47
    caption_on_add: bool = True
    films_in_folders: bool = False  # added with the pictures of a folder; they take longer
    quote_text: bool = False  # the words on a photo go into its draft
    template: str = "{caption}"  # what drafts look like
    glossary: tuple[Rule, ...] = ()  # words that stand for others in drafts
    appearance: str = "system"
    text_size: int = 100
    spelling: bool = True  # words that no dictionary knows are marked
    words_first: bool = False  # in what a screen reader says of a row: the text before the name

    @classmethod
    def read(cls, path: Path | None = None) -> Self:
        """Return the settings in path; what is missing or makes no sense there is the default."""
        try:
            path = path or paths.user_config() / FILE_NAME
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError, NoFolderError):
            return cls()
        if not isinstance(content, dict):
            return cls()
        if "glossary" in content:
            content["glossary"] = _rules(content["glossary"])
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(
            **{
                name: value
                for name, value in content.items()
                if name in known and _makes_sense(name, value)
            }
        )

    def write(self, path: Path | None = None) -> None:
        """Keep the settings in path; the file is whole before and after.

        Raises:
            CannotWriteError, NoFolderError: it is as it was.
        """
        path = path or paths.user_config() / FILE_NAME
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        text = json.dumps(dataclasses.asdict(self), indent=2, ensure_ascii=True)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(text + "\n", encoding="utf-8")
            temporary.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise CannotWriteError(path, error.strerror or str(error)) from error


def _makes_sense(name: str, value: Any) -> bool:
    choices: dict[str, tuple[str, ...] | range] = {
        "provider": PROVIDERS,
        "people": PEOPLE,
        "destination": DESTINATIONS,
        "sidecar_naming": SIDECAR_NAMINGS,
        "appearance": APPEARANCES,
        "beam_size": BEAM_SIZES,
        "text_size": TEXT_SIZES,
    }
    if name in choices:
        return type(value) in {str, int} and value in choices[name]
    if name in {
        "caption_on_add",
        "caption_fields",
        "films_in_folders",
        "quote_text",
        "spelling",
        "words_first",
    }:
        return isinstance(value, bool)
    if name == "glossary":
        return True  # what was none is left out already
    if name == "template":
        return isinstance(value, str) and _is_template(value)
    return isinstance(value, str)


def _rules(content: Any) -> tuple[Rule, ...]:
    """Return those of the rules that are some."""
    return tuple(
        Rule(*rule)
        for rule in (content if isinstance(content, list) else ())
        if isinstance(rule, list)
        and len(rule) == len(Rule._fields)
        and all(isinstance(part, str) for part in rule)
        and rule[0]
    )


def _is_template(text: str) -> bool:
    try:
        Template.parse(text)
    except ValueError:
        return False
    return True
