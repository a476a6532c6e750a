"""The table of what MAX refuses, and what we do then."""

from datetime import timedelta

import pytest

from shared.networks.calls import Answer
from shared.networks.failures import ErrorKind, NetworkError
from shared.networks.max.errors import refusal, status_of


def refused(
    status: int, path: str = "messages", *, code: str = "some.error", wait: str = ""
) -> NetworkError:
    headers = {"Retry-After": wait} if wait else {}
    return refusal(path, Answer(status, headers, {"code": code, "message": "Нет"}))


@pytest.mark.parametrize(
    ("status", "path", "kind"),
    [
        (400, "messages", ErrorKind.BUG),
        (401, "me", ErrorKind.REAUTH),
        (403, "messages", ErrorKind.DISABLE),
        (403, "chats/-7", ErrorKind.DISABLE),
        (403, "messages/mid.1/comments", ErrorKind.SKIP_ITEM),
        (403, "me", ErrorKind.HUMAN),
        (403, "updates", ErrorKind.HUMAN),
        (404, "chats/-7", ErrorKind.DISABLE),
        (404, "messages/mid.1", ErrorKind.SKIP_ITEM),
        (404, "updates", ErrorKind.BUG),
        (405, "updates", ErrorKind.HUMAN),
        (413, "messages", ErrorKind.BUG),
        (418, "messages", ErrorKind.BUG),
        (429, "updates", ErrorKind.WAIT),
        (302, "updates", ErrorKind.RETRY),
        (503, "updates", ErrorKind.RETRY),
    ],
)
def test_status_means_another_thing_for_bot_chat_and_message(
    status: int, path: str, kind: ErrorKind
) -> None:
    error = refused(status, path)

    assert (error.kind, error.code, status_of(error)) == (kind, f"max:{status}", status)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (403, "verify.token", ErrorKind.REAUTH),
        (400, "attachment.not.ready", ErrorKind.RETRY),
        (400, "too.many.requests", ErrorKind.WAIT),
    ],
)
def test_name_of_an_error_says_more_than_its_number(
    status: int, code: str, kind: ErrorKind
) -> None:
    assert refused(status, code=code).kind is kind


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [("", 10), ("90", 90), ("0", 1), ("soon", 10), ("999999", 86_400)],
)
def test_wait_is_read_from_the_header(wait: str, seconds: int) -> None:
    assert refused(429, wait=wait).retry_after == timedelta(seconds=seconds)


def test_message_names_the_call_without_numbers() -> None:
    told = [
        str(refused(404, "messages/mid.77/comments")),
        str(refused(403, "chats/-700")),
        str(refused(405, "updates", code="method.not.allowed")),
    ]

    gone = "the bot is no administrator of the chat, or there is none"
    hooked = "a webhook is set for this bot, so that its updates can not be polled"
    assert told == [
        "MAX refused messages/…/comments: some.error Нет (404)",
        f"MAX refused chats: some.error Нет (403); {gone}",
        f"MAX refused updates: method.not.allowed Нет (405); {hooked}",
    ]


def test_refusal_without_json_is_classed_by_its_status() -> None:
    error = refusal("me", Answer(401, {}, ["x"]))

    assert (error.kind, error.code) == (ErrorKind.REAUTH, "max:401")


def test_status_of_a_failure_that_was_never_heard_is_none() -> None:
    failures = [NetworkError("lost"), NetworkError("lost", code="max:unreached")]

    assert [status_of(each) for each in failures] == [None, None]
