"""The ledger of official answers."""

from pathlib import Path

from infra.sandbox.replies import Reply, ReplyBook
from tests.infra.sandbox.worlds import START


def publish(book: ReplyBook, guid: str, text: str = "Починили.") -> tuple[Reply, bool]:
    return book.publish("portal", "1-live-5", guid=guid, text=text, now=START)


def test_same_guid_is_published_once_and_the_first_text_stays() -> None:
    book = ReplyBook()

    first, is_new = publish(book, "a")
    again, is_new_again = publish(book, "a", "Другой текст")

    assert (is_new, is_new_again) == (True, False)
    assert again == first
    assert book.all == (first,)


def test_another_guid_or_another_post_is_another_answer() -> None:
    book = ReplyBook()

    publish(book, "a")
    publish(book, "b")
    book.publish("portal", "1-live-6", guid="a", text="Починили.", now=START)

    assert [reply.id for reply in book.all] == ["r1", "r2", "r3"]
    assert [reply.guid for reply in book.under("portal", "1-live-5")] == ["a", "b"]


def test_answers_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "replies.jsonl"
    book = ReplyBook(path)
    publish(book, "a", "Строка\nи ещё одна «в кавычках»")
    publish(book, "b")

    reopened = ReplyBook(path)

    assert reopened.all == book.all
    assert publish(reopened, "a") == (book.all[0], False)


def test_a_line_torn_by_a_crash_is_dropped_and_can_be_published_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "replies.jsonl"
    publish(ReplyBook(path), "a")
    with path.open("a", encoding="utf-8") as file:
        file.write('{"id": "r2", "page": "por')

    reopened = ReplyBook(path)
    reply, is_new = publish(reopened, "b")

    assert (reply.id, is_new) == ("r2", True)
    assert ReplyBook(path).all == reopened.all
