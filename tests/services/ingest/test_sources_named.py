"""A network that is watched is named everywhere: what is forgotten fails here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from services.ingest.domain.keys import has_keys
from services.ingest.settings import Settings
from services.ingest.sources.connector import Connector
from services.ingest.sources.feed_connector import FeedConnector
from services.ingest.sources.networks import usual_connectors
from web.tokens import lines_of
from web.words import NETWORKS

DOCS = Path(__file__).parents[3] / "docs" / "networks"


def _with_an_api() -> Iterator[Connector]:
    yield from (
        each for each in usual_connectors() if not isinstance(each, FeedConnector)
    )


CONNECTORS = [pytest.param(each, id=each.network.value) for each in _with_an_api()]


@pytest.mark.parametrize("connector", CONNECTORS)
def test_keys_of_a_network_are_known(connector: Connector) -> None:
    assert has_keys(connector.network), "services/ingest/domain/keys.py"


@pytest.mark.parametrize("connector", CONNECTORS)
def test_network_can_be_asked_at_another_address(connector: Connector) -> None:
    field = f"{connector.network.value}_base"

    assert field in Settings.model_fields, "shared/networks/settings.py"


@pytest.mark.parametrize("connector", CONNECTORS)
def test_network_has_a_name_in_words(connector: Connector) -> None:
    assert connector.network.value in NETWORKS, "web/words.py"


@pytest.mark.parametrize("connector", CONNECTORS)
def test_tokens_of_a_network_have_names_in_words(connector: Connector) -> None:
    network, kinds = connector.network.value, connector.token_kinds

    unnamed = [kind for kind in kinds if not lines_of(network, kind)]

    assert unnamed == [], "web/tokens.py"


@pytest.mark.parametrize("connector", CONNECTORS)
def test_network_has_a_page_of_its_own_in_the_documents(connector: Connector) -> None:
    name = f"{connector.network.value}.md"

    assert (DOCS / name).is_file(), f"docs/networks/{name}"
    assert f"({name})" in (DOCS / "README.md").read_text("utf-8")
