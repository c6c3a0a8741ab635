import pytest

from indexer.sources.markup import attribute, decoded, text_of, tree

PAGE = '<html><head><meta charset="{}"></head><p>Zoé  Saldaña, l’œuvre à 5 €</p></html>'


@pytest.mark.parametrize(
    ("real", "header", "meta"),
    [
        ("utf-8", "utf-8", "utf-8"),
        ("utf-8", "iso-8859-1", "utf-8"),
        ("utf-8", None, "iso-8859-1"),
        ("utf-8-sig", "ascii", "windows-1252"),
        ("cp1252", "utf-8", "utf-8"),
        ("cp1252", "iso-8859-1", "utf-8"),
        ("cp1252", None, "iso-8859-1"),
        ("cp1252", None, "no-such-charset"),
        ("iso8859-15", "iso-8859-15", "utf-8"),
        ("utf-16", "utf-16", "utf-8"),
    ],
)
def test_a_page_is_read_whatever_encoding_it_declares(real: str, header: str | None, meta: str) -> None:
    page = PAGE.format(meta).replace("l’", "l'" if real == "iso8859-15" else "l’")

    assert "Zoé  Saldaña" in decoded(page.encode(real), header)
    assert "œuvre à 5 €" in decoded(page.encode(real), header)


def test_bytes_that_are_no_text_are_still_read() -> None:
    assert decoded(bytes(range(256)), "utf-8")
    assert decoded(b"", None) == ""


def test_texts_are_tidy_and_without_nul() -> None:
    page = tree(b'<p class="a b">  one\n\t<b>two</b>&nbsp; </p><i title=" "> </i>', None)

    assert text_of(page.select_one("p")) == "one two"
    assert text_of(page.select_one("i")) is None
    assert text_of(page.select_one("u")) is None
    assert attribute(page.select_one("p"), "class") == "a b"
    assert attribute(page.select_one("i"), "title") is None
