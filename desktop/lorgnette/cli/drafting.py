"""How drafts are made: options of all commands that caption, and what is opened for them."""

import argparse
from typing import TYPE_CHECKING

from lorgnette import paths
from lorgnette.cli.options import number_between, path_argument, words_argument
from lorgnette.english.joining import Template
from lorgnette.errors import ExitCode, LorgnetteError
from lorgnette.jobs.joining import Joining, template
from lorgnette.settings import Settings

if TYPE_CHECKING:  # numpy and ONNX Runtime only where something is captioned
    from lorgnette.captioning.captioner import Captioner
    from lorgnette.jobs.reading import TextReading


class TwoFormsError(LorgnetteError):
    """Two options say what drafts look like; nothing was done."""

    hint = "Write {names}, {place} and {date} into the template, without the --with options."
    exit_code = ExitCode.CANNOT_RUN


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options by which drafts differ."""
    parser.add_argument(
        "--describe-anyway",
        action="store_true",
        help="describe also what the model would rather decline: screenshots, drawings and blank "
        "pictures, which it cannot know, and pictures of which it is sure of nothing",
    )
    parser.add_argument(
        "--read-text",
        choices=["auto", "always", "never"],
        default="auto",
        help="read the words in pictures: auto (default): in those that cannot be described, which "
        "then get a draft that quotes them, and where a photo seems to bear large ones",
    )
    parser.add_argument(
        "--quote-text",
        action="store_true",
        help="put the words that were read on a photo into its draft, after the caption",
    )
    for what, told in (
        ("names", "the names of people, where they are as many as the draft speaks of"),
        ("place", "the place"),
        ("date", "the day"),
    ):
        parser.add_argument(
            f"--with-{what}",
            action="store_true",
            help=f"put {told} that the picture's files know into its draft",
        )
    parser.add_argument(
        "--note",
        type=words_argument,
        default="",
        metavar="TEXT",
        help="what these pictures have in common, such as an occasion: each draft begins with it, "
        "or has it where the template says {note}",
    )
    parser.add_argument(
        "--template",
        type=_template,
        metavar="TEXT",
        help="the form of drafts, of {caption}, {names}, {place}, {date} and {note}; what is not "
        "known takes the words before it along",
    )
    parser.add_argument(
        "--glossary",
        action=_Glossary,
        nargs=0,
        default=(),
        help="let drafts follow the rules for words that were learnt in the window",
    )
    parser.add_argument(
        "--provider",
        choices=["auto", "cpu", "cuda"],
        default="auto",
        help="execution provider; auto is cuda where it really runs",
    )
    parser.add_argument(
        "--beam-size",
        type=number_between(1, 20),
        default=None,
        metavar="N",
        help="1 to 20; default: the model's own, 3 with the one that is shipped",
    )
    parser.add_argument(
        "--people",
        choices=["neutral", "as-is"],
        default="neutral",
        help="neutral (default): a person, a child; as-is: the model's words, a man, a girl",
    )
    parser.add_argument(
        "--model", type=path_argument, default=None, metavar="DIR", help="another model directory"
    )
    parser.add_argument(
        "--threads",
        type=number_between(0, 256),
        default=0,
        metavar="N",
        help="threads of the CPU; default: as many as there are cores",
    )


def open_captioner(args: argparse.Namespace) -> "Captioner":
    """Return the captioner that was asked for.

    Raises:
        BrokenModelError, ProviderError
    """
    from lorgnette.captioning.captioner import Captioner
    from lorgnette.captioning.people import People

    return Captioner.open(
        args.model or paths.shipped_model(),
        provider=args.provider,
        threads=args.threads,
        beam_size=args.beam_size,
        people=People(args.people),
    )


def text_reading(args: argparse.Namespace, captioner: "Captioner") -> "TextReading":
    """Return how the text in pictures is read."""
    from lorgnette.jobs.reading import ReadText, TextReading
    from lorgnette.ocr.reader import Reader

    return TextReading(
        lambda: Reader.open(paths.text_model(), provider=args.provider, threads=captioner.threads),
        ReadText(args.read_text),
        into_photos=args.quote_text,
    )


def joining(args: argparse.Namespace) -> Joining:
    """Return what goes into drafts beside the caption.

    Raises:
        TwoFormsError
    """
    fields = {what: getattr(args, f"with_{what}") for what in ("names", "place", "date")}
    if args.template is not None and any(fields.values()):
        raise TwoFormsError("--template says by itself what is put into drafts")
    return Joining(
        template=template(**fields) if args.template is None else args.template,
        note=lambda _: args.note,
        glossary=args.glossary,
    )


class _Glossary(argparse.Action):
    """Reads the rules at once: machines to which options are sent have rules of their own."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002
        namespace: argparse.Namespace,
        values: object,  # noqa: ARG002
        option_string: str | None = None,  # noqa: ARG002
    ) -> None:
        """Put the rules where the option is looked for."""
        setattr(namespace, self.dest, Settings.read().glossary)


def _template(text: str) -> Template:
    try:
        return Template.parse(words_argument(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
