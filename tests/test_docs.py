"""README names every command and every option that there is."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lorgnette import cli

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def options(parser: argparse.ArgumentParser, path: str = "") -> Iterator[tuple[str, str]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, sub in action.choices.items():
                yield name, name
                yield from options(sub, name)
        else:
            yield from ((path, o) for o in action.option_strings if o.startswith("--"))


@pytest.mark.parametrize(("command", "option"), sorted(set(options(cli._parser()))))
def test_readme_has_every_option(command: str, option: str) -> None:
    if option in {"--help", "--version"}:
        pytest.skip("every program has it")
    assert re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", README), f"{command} {option}"


@pytest.mark.parametrize("name", ["run", "test"])
def test_readme_marks_the_blocks_that_ci_calls(name: str) -> None:
    assert re.search(rf"<!-- {name} -->\n```sh\n[^\n]+\n```", README)
