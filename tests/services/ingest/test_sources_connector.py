"""Nothing about an author gets past the edge."""

from services.ingest.sources.connector import Token, without_authors


def test_authors_are_dropped_at_any_depth() -> None:
    raw = {
        "id": 7,
        "from_id": 123,
        "text": "Яма у школы",
        "thread": {"items": [{"id": 8, "from": {"id": 5}, "text": "И у нас"}]},
        "copy_history": ({"id": 9, "signer_id": 4},),
    }

    kept = without_authors(raw)

    assert kept == {
        "id": 7,
        "text": "Яма у школы",
        "thread": {"items": [{"id": 8, "text": "И у нас"}]},
        "copy_history": [{"id": 9}],
    }


def test_a_network_names_fields_of_its_own() -> None:
    assert without_authors({"id": 1, "deleter_id": 2}, "deleter_id") == {"id": 1}


def test_a_token_does_not_show_its_secret() -> None:
    token = Token("vk-1", "service", {"key": "hush-hush"})

    assert "hush" not in repr(token)
