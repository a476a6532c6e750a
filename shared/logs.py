"""structlog set-up: one JSON line per event, no personal data in a field."""

import logging
import sys
from typing import TextIO, cast

import structlog


class _Stderr:
    """The standard error of the moment: it may be replaced after `configure`."""

    def write(self, text: str) -> int:
        """Write to whatever stderr is now."""
        return sys.stderr.write(text)

    def flush(self) -> None:
        """Flush whatever stderr is now."""
        sys.stderr.flush()


log = structlog.stdlib.get_logger("otklik")


def configure(level: str, *, process: str) -> None:
    """Send structlog and the standard library's logs to stderr as JSON lines."""
    processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *processors,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_number(level)),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Stderr())),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            foreign_pre_chain=processors,
        )
    )
    logging.basicConfig(handlers=[handler], level=_number("warning"), force=True)


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]
