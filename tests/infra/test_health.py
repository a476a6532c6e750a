"""What a container answers when it is asked whether it is well."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from infra import health
from services.reports.settings import Settings
from services.reports.worker import open_duties
from shared import worker


@contextmanager
def answering(status: int) -> Iterator[int]:
    """Serve /readyz with a status on the loopback; yield the port."""

    class Readiness(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()
            self.wfile.write(b'{"parts":{"queue":"down"}}')

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = HTTPServer(("127.0.0.1", 0), Readiness)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_ready_process_is_well() -> None:
    with answering(200) as port:
        assert health.http(port) is None


def test_a_process_that_is_not_ready_says_why() -> None:
    with answering(503) as port:
        assert health.http(port) == '{"parts":{"queue":"down"}}'


def test_a_process_that_does_not_listen_is_not_well() -> None:
    with answering(200) as port:
        pass

    assert "refused" in (health.http(port) or "")


async def test_a_worker_is_well_while_its_heart_beats(
    database_url: str, valkey_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTKLIK_VALKEY_URL", valkey_url)
    settings = Settings(database_url=database_url, valkey_url=valkey_url)
    serving = asyncio.create_task(worker.serve(settings, open_duties(settings)))

    wrong = "not asked yet"
    for _ in range(100):
        wrong = await asyncio.to_thread(health.worker, "reports")
        if wrong is None:
            break
        await asyncio.sleep(0.1)
    elsewhere = await asyncio.to_thread(health.worker, "somebody-elses")
    await worker.end(serving)

    assert wrong is None
    assert elsewhere == "no sign of life of the somebody-elses worker"


@pytest.mark.parametrize("arguments", [[], ["worker"], ["postgres"]])
def test_an_unknown_check_is_no_good_news(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert health.main(arguments) == 1
    assert "http" in capsys.readouterr().out
