"""Words that a device or a program put where a person's caption would be; nobody needs them."""

import re

_MAKERS = frozenset({
    "agfa", "aiptek", "apple", "asus", "benq", "canon", "casio", "epson", "fuji", "fujifilm",
    "ge", "google", "hp", "htc", "huawei", "jvc", "kenox", "kodak", "konica", "kyocera",
    "leica", "lg", "medion", "minolta", "motorola", "moultrie", "nikon", "nokia", "oem",
    "olympus", "oneplus", "oppo", "optical", "panasonic", "pentax", "polaroid", "praktica",
    "premier", "realme", "ricoh", "samsung", "sanyo", "sigma", "sony", "sonyericsson",
    "toshiba", "trust", "vivitar", "vivo", "xiaomi", "yashica",
})  # fmt: skip
_DEVICES = frozenset({
    "cam", "camera", "cameras", "digimax", "digital", "dsc", "dscn", "game", "photo",
    "picture", "pictures", "still", "trail",
})  # fmt: skip
# What phones note of the mode that a photo was taken in, and programs where nothing was typed.
_MODES = frozenset({
    "ascii", "btf", "bty", "burst", "cof", "dav", "dcim", "default", "edf", "fbt", "hdr",
    "hdrpl", "jpeg", "jpg", "jpn", "lorem", "mde", "none", "nor", "norp", "null", "oznor",
    "oznorwo", "ptr", "qrf", "rbt", "rhdr", "rptnor", "sdr", "undefined", "unknown",
    "untitled",
})  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_WHOLE = re.compile(
    r"<.*>"  # a model in brackets
    r"|exif_jpeg\w*|applemark|binary comment|charset=.*|user ?comments?"
    r"|[!-@\[-`{-~\s]*"  # no letter at all: a date, a number
    # A file's name.
    r"|(?:_?img|_mg|_?dsc[nf]?|pict?|p|pxl|mvi|dji|gopr|cimg|sam|hpim|wp|image|photo)?[-_]?"
    r"\d{3,}[\w-]*(?:\.[a-z]{3,4})?"
    r"|[^\s.]+\.(?:jpe?g|png|gif|tiff?|heic|webp|bmp|avif)"
    r"|(?:creator:|lead technologies|file written by adobe|u-lead systems|intel\(r\) jpeg"
    r"|handmade software|software: |(?:created|edited|generated|made) with |(?:compress|convert)ed "
    r"(?:by|with) |optimi[sz]ed by jpegmini|processed by ebay).*",
    re.IGNORECASE | re.DOTALL,
)


def is_by_one(text: str) -> bool:
    """Return whether no person can have meant a text as a caption."""
    if _WHOLE.fullmatch(text):
        return True
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) == 1 and words[0] in _MODES:
        return True
    # Makers and devices, and nothing said of them: "SONY DSC", "KONICA MINOLTA DIGITAL CAMERA".
    named = [word for word in words if not any(map(str.isdigit, word))]  # without a model's number
    return len(named) > 1 and all(word in _MAKERS or word in _DEVICES for word in named)
