"""Where networks are reached, as watching and answering are told alike."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Annotated, Any, Final, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, FilePath

from shared.settings import Base

_BASE: Final = "_base"


def checked_base(value: str) -> str:
    """Address without a slash at its end; raises ValueError for an unsafe one.

    Without TLS only this machine, private addresses and names without a dot, as
    containers have them: anywhere else tokens would be readable on the way.
    """
    parts = urlsplit(value)
    host = parts.hostname or ""
    is_web = parts.scheme in {"http", "https"} and host
    if not is_web or parts.username or parts.query or parts.fragment:
        raise ValueError("must be an http or https address without a name or query")
    if parts.scheme == "http" and not _is_near(host):
        raise ValueError("http is for this machine and its own network only")
    return value.rstrip("/")


def _is_near(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host


def _checked(value: str | None) -> str | None:
    return checked_base(value) if value else None


SafeBase: TypeAlias = Annotated[str | None, AfterValidator(_checked)]
"""An address tokens may be sent to, checked by `checked_base`."""


class NetworkSettings(Base):
    """What a process that calls networks may be told.

    `<network>_base` sends all calls of a network to another address, such as the
    sandbox. Tokens go there: only the environment of the process can say so.
    `ca_file` has authorities (PEM) to be trusted besides the usual ones.
    """

    vk_base: SafeBase = None
    ok_base: SafeBase = None
    telegram_base: SafeBase = None
    livejournal_base: SafeBase = None
    tiktok_base: SafeBase = None
    x_base: SafeBase = None
    facebook_base: SafeBase = None
    instagram_base: SafeBase = None
    max_base: SafeBase = None
    ca_file: FilePath | None = None
    network_options: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @property
    def bases(self) -> Mapping[str, str]:
        """Addresses that are not the networks' own, by network."""
        named = {
            name.removesuffix(_BASE): getattr(self, name)
            for name in type(self).model_fields
            if name.endswith(_BASE)
        }
        return {network: base for network, base in named.items() if base}
