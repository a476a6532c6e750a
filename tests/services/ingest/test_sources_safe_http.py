"""The client that reaches public addresses only."""

import datetime as dt
import ssl
from collections.abc import Sequence
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from services.ingest.sources.safe_http import (
    SafeTransport,
    UnsafeAddress,
    is_public,
    pinned,
    resolve_by_system,
    safe_client,
)
from tests.services.ingest.feed_server import FeedServer, answer

PUBLIC = "93.184.215.14"


class Recorder(httpx.AsyncBaseTransport):
    """Stands where connections are made, and notes where they would go."""

    def __init__(self, refuse: int = 0) -> None:
        self.requests: list[httpx.Request] = []
        self.refuse = refuse

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if len(self.requests) <= self.refuse:
            raise httpx.ConnectError("refused")
        return httpx.Response(200, text="ok")


class Names:
    """Name server of a test: each question takes the next answer."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def transport(
    names: Names, inner: Recorder, allowed: Sequence[str] = ()
) -> SafeTransport:
    return SafeTransport(allowed=allowed, resolve=names, inner=inner)


async def get(through: SafeTransport, url: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=through) as client:
        return await client.get(url)


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:8.8.8.8"],
)
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104 -- an address to refuse
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "no address",
        "",
    ],
)
def test_inner_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


async def test_request_goes_to_the_checked_address_under_its_name() -> None:
    names, inner = Names([PUBLIC]), Recorder()

    response = await get(transport(names, inner), "https://feed.example/rss?a=1")

    (sent,) = inner.requests
    assert response.text == "ok"
    assert names.asked == [("feed.example", 443)]
    assert str(sent.url) == f"https://{PUBLIC}/rss?a=1"
    assert sent.headers["Host"] == "feed.example"
    assert sent.extensions["sni_hostname"] == "feed.example"


async def test_name_that_changes_its_address_gains_nothing() -> None:
    names, inner = Names([PUBLIC], ["127.0.0.1"]), Recorder()

    await get(transport(names, inner), "http://feed.example/")
    with pytest.raises(UnsafeAddress, match=r"feed\.example leads to an address that"):
        await get(transport(names, inner), "http://feed.example/")

    assert [request.url.host for request in inner.requests] == [PUBLIC]


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], [PUBLIC, "127.0.0.1"], ["::1", PUBLIC]]
)
async def test_one_inner_address_among_public_ones_is_enough(
    addresses: list[str],
) -> None:
    inner = Recorder()

    with pytest.raises(UnsafeAddress):
        await get(transport(Names(addresses), inner), "http://feed.example/")

    assert inner.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://0/",
        "http://localhost/",
        "http://localhost./",
    ],
)
async def test_every_spelling_of_the_loopback_is_refused(url: str) -> None:
    inner = Recorder()
    through = SafeTransport(allowed=(), resolve=resolve_by_system, inner=inner)

    with pytest.raises((httpx.TransportError, httpx.InvalidURL)):
        await get(through, url)

    assert inner.requests == []


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://feed.example/", "ftp is neither http nor https"),
        ("file:///etc/hostname", "file is neither http nor https"),
        ("gopher://feed.example/", "gopher is neither http nor https"),
        ("http://feed.example:22/", "port 22 is not one of the web's"),
        ("https://feed.example:80/", "port 80 is not one of the web's"),
        ("http://feed.example:8080/", "port 8080 is not one of the web's"),
        ("http://user:word@feed.example/", "has a name or password in it"),
    ],
)
async def test_only_the_web_is_reached(url: str, message: str) -> None:
    inner = Recorder()
    through = transport(Names([PUBLIC]), inner)

    async with through:
        with pytest.raises(UnsafeAddress, match=message):
            await through.handle_async_request(httpx.Request("GET", url))

    assert inner.requests == []


async def test_next_address_is_tried_when_one_is_down() -> None:
    names, inner = Names([PUBLIC, "8.8.8.8"]), Recorder(refuse=1)

    response = await get(transport(names, inner), "http://feed.example/")

    assert response.status_code == 200
    assert [each.url.host for each in inner.requests] == [PUBLIC, "8.8.8.8"]


async def test_no_more_than_three_addresses_are_tried() -> None:
    names, inner = Names([f"8.8.8.{n}" for n in range(9)]), Recorder(refuse=9)

    with pytest.raises(httpx.ConnectError):
        await get(transport(names, inner), "http://feed.example/")

    assert len(inner.requests) == 3


async def test_name_without_an_address_is_an_ordinary_failure() -> None:
    with pytest.raises(httpx.ConnectError, match=r"feed\.example has no address"):
        await get(transport(Names([]), Recorder()), "http://feed.example/")
    with pytest.raises(httpx.ConnectError, match="can not be resolved"):
        await resolve_by_system("a" * 70 + ".invalid", 80)


async def test_allowed_place_is_reached_on_the_loopback_and_no_other() -> None:
    async with FeedServer() as server, FeedServer() as other:
        server.on("/", answer("hello"))
        other.on("/", answer("secret"))
        client = safe_client(user_agent="Otklik test", allowed=[server.place])
        async with client:
            response = await client.get(server.url("/"))
            with pytest.raises(UnsafeAddress):
                await client.get(other.url("/"))

        assert response.text == "hello"
        assert server.requests[0].headers["user-agent"] == "Otklik test"
        assert other.requests == []


async def test_environment_can_not_send_requests_through_a_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with FeedServer() as server:
        server.on("/", answer("hello"))
        async with safe_client(user_agent="t", allowed=[server.place]) as client:
            response = await client.get(server.url("/"))

    assert response.text == "hello"


async def test_certificate_is_checked_for_the_name_not_the_address(
    tmp_path: Path,
) -> None:
    certificate = tls_files(tmp_path, "feed.example")
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    serving.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=str(certificate))
    inner = httpx.AsyncHTTPTransport(verify=trusting)

    async with FeedServer(tls=serving) as server, inner:
        server.on("/", answer("hello"))
        good = httpx.Request("GET", f"https://feed.example:{server.port}/")
        bad = httpx.Request("GET", f"https://other.example:{server.port}/")

        response = await inner.handle_async_request(pinned(good, "127.0.0.1"))
        with pytest.raises(httpx.ConnectError, match="Hostname mismatch"):
            await inner.handle_async_request(pinned(bad, "127.0.0.1"))

        assert response.status_code == 200
        assert await response.aread() == b"hello"


def tls_files(folder: Path, name: str) -> Path:
    """Certificate and key for one name, signed by themselves."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file = folder / "tls.pem"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + private)
    return file
