"""Values of the services in words."""

from services.ingest.handlers.imports import DEFAULT_SOURCE
from web.languages import Language, load_all
from web.words import source_name

RU: Language = load_all()["ru"]


def test_files_that_were_given_no_source_are_named_in_words() -> None:
    assert source_name(DEFAULT_SOURCE, RU) == "Загруженные файлы"
    assert source_name("Подслушано", RU) == "Подслушано"
    assert source_name(None, RU) == ""
