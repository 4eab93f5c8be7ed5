"""Describes the pictures on a person's own computer."""

from lorgnette import silence

__version__ = "0.1.0"

silence.keep()
