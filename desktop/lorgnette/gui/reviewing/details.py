"""What else is known of a picture."""

from lorgnette.alttext.alt_text import Origin
from lorgnette.gui.batch.picture import Picture
from lorgnette.gui.saying.translation import number, tr


def details(picture: Picture) -> str:
    """Return what else is known of a picture, a line each."""
    suggestion, alt = picture.suggestion, picture.alt
    lines: list[str] = [tr("File: {path}").format(path=picture.path)]
    if alt.confidence is not None:
        lines.append(
            tr("Confidence of the model: {number} of 1").format(number=number(alt.confidence, 2))
        )
    if suggestion is not None and suggestion.doubted:
        lines.append(tr("Doubted words: {words}").format(words=", ".join(suggestion.doubted)))
    if suggestion is not None and suggestion.seen:
        seen = ", ".join(f"{name} {number(p, 2)}" for name, p in suggestion.seen)
        lines.append(tr("Seen, and how likely each is there: {things}").format(things=seen))
    if alt.text:
        lines.append(
            {
                Origin.HUMAN: tr("Words: by a person"),
                Origin.MACHINE: tr("Words: by the model, unchanged"),
                Origin.MACHINE_EDITED: tr("Words: by the model, edited by a person"),
            }[alt.origin]
        )
    if alt.language:
        lines.append(tr("Language: {tag}").format(tag=alt.language))
    if suggestion is not None and suggestion.model:
        lines.append(tr("Model: {label}").format(label=suggestion.model))
        lines.append(
            tr("Captioned in {milliseconds} ms on {provider}").format(
                milliseconds=number(suggestion.seconds * 1000), provider=suggestion.provider
            )
        )
    if picture.kept_in:
        lines.append(tr("Alt text on disk: in {name}").format(name=picture.kept_in))
    return "\n".join(lines)
