"""Parts of a file."""

from lorgnette.files import Source


def test_a_source_ends_where_the_file_ends() -> None:
    source = Source.of(b"abc")
    assert (source.read(1, 99), source.read(1 << 70, 1), source.size) == (b"bc", b"", 3)
    assert list(source.chunks(1, 9)) == [b"bc"]
