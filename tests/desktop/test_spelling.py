"""Words that no dictionary knows, looked up by the real Hunspell."""

from pathlib import Path

import pytest

from lorgnette import paths, spelling
from lorgnette.files import CannotWriteError
from lorgnette.spelling import Dictionary, Speller


@pytest.fixture(scope="module")
def english() -> Speller:
    shipped = [one for one in spelling.found() if one.shipped]
    return Speller(spelling.fitting(shipped, "en"), ["Quokkaburg"])


def doubted(speller: Speller, text: str) -> list[str]:
    return [text[start:end] for start, end in speller.doubted(text)]


def made(folder: Path, name: str, *words: str) -> Dictionary:
    """Return a dictionary of a few words, as Hunspell reads it."""
    (folder / f"{name}.aff").write_text("SET UTF-8\nTRY aeioust\n", encoding="utf-8")
    lines = "".join(f"{word}\n" for word in words)
    (folder / f"{name}.dic").write_text(f"{len(words)}\n{lines}", encoding="utf-8")
    return Dictionary(name.replace("_", "-"), folder / f"{name}.aff")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("A bacth of pictures lies on a tabel.", ["bacth", "tabel"]),
        ("A dog doesn't catch the dog\u2019s well-known ball.", []),
        ("A well-knwon 'bal' by the “rivver”", ["well-knwon", "bal", "rivver"]),
        ("NYPD, 3rd of 2026, B52, mp3, x1y2zz", []),
        ("See www.exmaple.org/lsit, fotoo.jpg or wrnog@exmaple.org", []),
        ("A person throws a frisbee in the skatepark; Quokkaburg, quokkaburg", []),
        ("Ein Σκύλος läuft", ["Ein", "läuft"]),
        ("😀 A bacth", ["bacth"]),
        ("", []),
        ("- ' \u2019 --", []),
    ],
)
def test_only_words_are_doubted(english: Speller, text: str, wrong: list[str]) -> None:
    assert doubted(english, text) == wrong


def test_what_may_be_meant_comes_likeliest_first(english: Speller) -> None:
    assert english.others("bacth")[0] == "batch"
    assert len(english.others("bacth", most=2)) == 2


def test_of_letters_that_a_dictionary_lacks_it_says_nothing(english: Speller) -> None:
    """The one that comes along is in Latin 1."""
    assert english.knows("Łódź")
    assert english.others("Łódź") == []


def test_a_letter_and_its_accent_are_one_in_either_form(tmp_path: Path) -> None:
    speller = Speller([made(tmp_path, "fr", "été", "l'été")])
    assert doubted(speller, "été, e\u0301te\u0301, l\u2019e\u0301te\u0301, ete\u0301e") == [
        "ete\u0301e"
    ]


def test_a_region_has_its_own_dictionary_and_a_language_all_of_them(tmp_path: Path) -> None:
    british = made(tmp_path, "en_GB", "colour")
    american = made(tmp_path, "en_US", "color")
    link = tmp_path / "en_IE.aff"
    link.symlink_to(british.affixes)
    link.with_suffix(".dic").symlink_to(british.affixes.with_suffix(".dic"))
    irish = Dictionary("en-IE", link)
    german = made(tmp_path, "de_DE", "Farbe")
    all_of_them = [british, american, irish, german]
    assert spelling.fitting(all_of_them, "en-us") == [american]
    assert spelling.fitting(all_of_them, "en_IE") == [irish]
    several = spelling.fitting(all_of_them, "en")
    assert [one.affixes.resolve() for one in several] == [british.affixes, american.affixes]
    assert spelling.fitting(all_of_them, "fr") == []
    assert spelling.fitting(all_of_them, "en-AU") == several
    both = Speller([*several, Dictionary("en-ZZ", tmp_path / "gone.aff")])
    assert doubted(both, "color colour colur") == ["colur"]


def test_dictionaries_of_a_person_are_found_before_the_one_that_comes_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    folder = tmp_path / ".local/share/hunspell"
    folder.mkdir(parents=True)
    made(folder, "en_US", "color")
    made(folder, "tlh", "Qapla")
    (folder / "hyph_en.dic").write_text("1\nx\n", encoding="utf-8")
    (folder / "lonely.aff").write_text("SET UTF-8\n", encoding="utf-8")
    found = {one.tag: one for one in spelling.found()}
    assert found["en-US"].affixes.parent == folder
    assert "tlh" in found
    assert "lonely" not in found


def test_own_words_are_kept_once_each_in_their_order() -> None:
    assert spelling.own_words() == []
    spelling.keep_own_words(["Zürich", " bokeh ", "", "Zürich"])
    assert spelling.own_words() == ["Zürich", "bokeh"]
    spelling.keep_own_words([])
    assert spelling.own_words() == []


def test_own_words_stay_as_they_were_where_they_cannot_be_written() -> None:
    spelling.keep_own_words(["bokeh"])
    (paths.user_config() / f".{spelling.FILE_NAME}.new").mkdir()
    with pytest.raises(CannotWriteError):
        spelling.keep_own_words(["other"])
    assert spelling.own_words() == ["bokeh"]
