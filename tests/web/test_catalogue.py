"""The gettext catalogues: complete, up to date, right plural forms."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message

from web import catalogue


@pytest.fixture(scope="module")
def found() -> Catalog:
    return catalogue.extract()


def texts(of: Catalog) -> Iterator[Message]:
    return (message for message in of if message.id)


@pytest.mark.parametrize("code", catalogue.CODES)
def test_catalogue_has_every_text_and_no_other(code: str, found: Catalog) -> None:
    kept = catalogue.read(code)

    assert {m.id for m in texts(kept)} == {m.id for m in texts(found)}
    assert not kept.obsolete


def test_no_text_is_said_inside_of_an_f_string() -> None:
    """Nothing is extracted there, so that it would stay English."""
    inside = re.compile(r"""\bf["'].*\{[^}]*\b(?:say|count)\(""")

    said = [
        line.strip()
        for path in catalogue.ROOT.rglob("*.py")
        for line in path.read_text().splitlines()
        if inside.search(line)
    ]

    assert inside.search("""f"{text} {say('Followers')}" """)
    assert said == []


@pytest.mark.parametrize("code", catalogue.CODES)
def test_catalogue_is_complete_and_certain(code: str) -> None:
    kept = catalogue.read(code)

    assert catalogue.missing(kept) == []
    assert [m.id for m in texts(kept) if m.fuzzy] == []


@pytest.mark.parametrize(("code", "forms"), [("ru", 3), ("en", 2)])
def test_every_counted_text_has_all_its_forms(code: str, forms: int) -> None:
    kept = catalogue.read(code)

    counted = [m for m in texts(kept) if m.pluralizable]
    assert kept.num_plurals == forms
    assert counted
    assert {len(tuple(m.string or ())) for m in counted} == {forms}


@pytest.mark.parametrize("code", catalogue.CODES)
def test_places_to_fill_in_are_the_same_in_the_translation(code: str) -> None:
    wrong = [
        (message.id, error)
        for message, errors in catalogue.read(code).check()
        for error in errors
    ]

    assert wrong == []


def test_russian_texts_are_russian() -> None:
    names = {"API", "X", "Facebook", "Instagram", "MAX"}

    latin = [
        m.id
        for m in texts(catalogue.read("ru"))
        if m.id not in names
        and not any("а" <= sign <= "я" for sign in str(m.string).lower())
        and any(sign.isalpha() for sign in str(m.id).replace("%(", ""))
    ]

    assert latin == []


def test_no_text_shouts() -> None:
    loud = [
        m.id
        for c in catalogue.CODES
        for m in texts(catalogue.read(c))
        if "!" in str(m.string)
    ]

    assert loud == []


def test_updating_an_up_to_date_catalogue_changes_nothing() -> None:
    before = {code: catalogue.po_path(code).read_bytes() for code in catalogue.CODES}

    catalogue.main()

    after = {code: catalogue.po_path(code).read_bytes() for code in catalogue.CODES}
    assert after == before


def test_missing_texts_are_named() -> None:
    lacking = Catalog(locale="ru")
    lacking.add("One", "Один")
    lacking.add("Two")
    lacking.add(("%(n)s day", "%(n)s days"), ("день", "", "дней"))

    assert catalogue.missing(lacking) == ["Two", "('%(n)s day', '%(n)s days')"]
