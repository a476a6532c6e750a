"""Fakes of our own ports; each passes the contract test of the real adapter."""

from dataclasses import dataclass, field

from shared.queue import Argument, deserialize, serialize


@dataclass
class FakeQueue:
    """A doorbell that remembers the rings instead of sending them."""

    rings: list[tuple[str, str, tuple[Argument, ...]]] = field(default_factory=list)
    _once: set[str] = field(default_factory=set)

    async def ring(
        self,
        service: str,
        job: str,
        *args: Argument,
        once: str | None = None,
        gather: float | None = None,
    ) -> None:
        """Remember a ring; arguments travel as they would through the real queue."""
        if once is not None:
            if once in self._once:
                return
            self._once.add(once)
        carried = deserialize(serialize({"args": list(args)}))["args"]
        ring = (service, job, tuple(carried))
        if gather is None or ring not in self.rings:
            self.rings.append(ring)

    async def ping(self) -> None:
        """Always there."""

    async def waiting(self, service: str) -> int:
        """Count the rings of a service."""
        return sum(1 for rung, _, _ in self.rings if rung == service)

    async def close(self) -> None:
        """Nothing to let go of."""

    def forget_names(self) -> None:
        """Let named rings ring again, as the real queue does once they are answered."""
        self._once.clear()

    def take(self, service: str, job: str) -> list[tuple[Argument, ...]]:
        """Answer the rings of one job: remove them and return their arguments."""
        taken = [args for s, j, args in self.rings if (s, j) == (service, job)]
        self.rings = [ring for ring in self.rings if ring[:2] != (service, job)]
        return taken
