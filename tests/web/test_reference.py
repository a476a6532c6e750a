"""Names of the reference lists in the reader's language."""

from web.reference import Reference
from web.shapes.base import Named

GAS = Named(
    code="gas",
    name="Газ",
    group_name="ЖКХ",
    name_en="Gas",
    group_name_en="Housing",
)
OWN = Named(code="own", name="Своя тема", group_name="ЖКХ")
LISTS = Reference(topics=(GAS, OWN), authorities=(), municipalities=())


def test_topics_have_english_names_for_readers_of_english_only() -> None:
    english, russian = LISTS.said_in("en"), LISTS.said_in("ru")

    assert [one.name for one in english.topics] == ["Gas", "Своя тема"]
    assert list(english.topic_groups) == ["Housing", "ЖКХ"]
    assert [one.name for one in russian.topics] == ["Газ", "Своя тема"]
    assert list(russian.topic_groups) == ["ЖКХ"]


def test_a_topic_without_a_group_name_keeps_the_one_it_has() -> None:
    gas = GAS.model_copy(update={"group_name_en": ""}).said_in("en")

    assert (gas.name, gas.group_name) == ("Gas", "ЖКХ")


def test_a_topic_that_is_gone_keeps_the_name_it_had() -> None:
    english = LISTS.said_in("en")

    assert english.topic_name("gas", "Газ") == "Gas"
    assert english.topic_name("old", "Старая тема") == "Старая тема"
    assert english.topic_name(None, None) is None
