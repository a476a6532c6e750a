"""Pages and items of one network, and the log of what happened to them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from infra.sandbox.stage import Action, AuthorKind, Counters, Stage, StagePage, Writer
from infra.sandbox.world import Kind
from shared.errors import Conflict, NotFound
from tests.infra.sandbox.worlds import START

PAGE = StagePage("town", 900_000_001, "town_page", "Город", False, "vetlogorsk")
OTHER = StagePage("other", 900_000_002, "other_page", "Другой", True, None)
RESIDENT = Writer(AuthorKind.USER, 700_000_001, "Житель 1")
LATER = START + timedelta(minutes=5)


def stage() -> Stage:
    return Stage("vk", [PAGE, OTHER])


def test_ids_count_up_within_a_page_for_posts_and_comments_together() -> None:
    town = stage()

    post = town.publish("town", "Яма", at=START, writer=RESIDENT)
    comment = town.publish("town", "И у нас", at=START, parent=post.id)
    other = town.publish("other", "Объявление", at=START)

    assert (comment.id, comment.parent, comment.root) == (post.id + 1, post.id, post.id)
    assert (post.kind, comment.kind) == (Kind.POST, Kind.COMMENT)
    assert other.id == stage().publish("other", "Снова", at=START).id


def test_reply_to_a_comment_stands_under_the_same_root() -> None:
    town = stage()
    post = town.publish("town", "Яма", at=START)
    first = town.publish("town", "Где?", at=START, parent=post.id)

    second = town.publish("town", "У дома 5", at=LATER, parent=first.id)

    assert (second.parent, second.root) == (first.id, post.id)
    assert [one.id for one in town.comments("town", post.id)] == [first.id, second.id]


def test_page_itself_writes_when_nobody_is_named() -> None:
    post = stage().publish("town", "Ответ", at=START)

    assert post.writer == Writer(AuthorKind.GROUP, PAGE.number, PAGE.name)


def test_edit_keeps_the_versions_and_its_moment() -> None:
    town = stage()
    post = town.publish("town", "Яма", at=START)

    edited = town.edit("town", post.id, "Яма засыпана", at=LATER)

    assert (edited.text, edited.edited_at) == ("Яма засыпана", LATER)
    assert [one.text for one in edited.versions] == ["Яма", "Яма засыпана"]
    assert post.edited_at is None


def test_deleted_post_is_not_listed_and_comes_back_when_restored() -> None:
    town = stage()
    first = town.publish("town", "Первое", at=START)
    second = town.publish("town", "Второе", at=START)

    town.delete("town", first.id, at=LATER)
    without = [post.id for post in town.posts("town")]
    town.restore("town", first.id, at=LATER)

    assert without == [second.id]
    assert [post.id for post in town.posts("town")] == [second.id, first.id]


def test_comments_are_counted_beside_their_post() -> None:
    town = stage()
    post = town.publish("town", "Яма", at=START)
    comment = town.publish("town", "Да", at=START, parent=post.id)
    town.publish("town", "Нет", at=START, parent=comment.id)
    town.delete("town", comment.id, at=LATER)
    after_delete = town.item("town", post.id).counters.comments
    town.restore("town", comment.id, at=LATER)

    assert (after_delete, town.item("town", post.id).counters.comments) == (1, 2)


def test_every_action_is_a_line_of_the_log_with_the_item_as_it_stood() -> None:
    town = stage()
    post = town.publish("town", "Яма", at=START)
    town.edit("town", post.id, "Яма!", at=LATER)
    town.pin("town", post.id, at=LATER)
    town.close_comments("town", post.id, at=LATER)
    town.ban("town", at=LATER)
    town.delete("town", post.id, at=LATER)
    town.publish("other", "Шум", at=LATER)

    lines = town.happenings(page="town")

    assert [(line.seq, line.action) for line in lines] == [
        (1, Action.PUBLISH),
        (2, Action.EDIT),
        (3, Action.PIN),
        (4, Action.CLOSE_COMMENTS),
        (5, Action.BAN_PAGE),
        (6, Action.DELETE),
    ]
    assert [line.item and line.item.text for line in lines[:2]] == ["Яма", "Яма!"]
    assert [line.seq for line in town.happenings(after=5)] == [6, 7]
    assert town.last_seq == 7


def test_pin_and_ban_are_marks_of_the_page_and_can_be_taken_back() -> None:
    town = stage()
    post = town.publish("town", "Как обратиться", at=START)

    pinned = town.pin("town", post.id, at=START)
    banned = town.ban("town", at=START)
    town.pin("town", None, at=LATER)
    free = town.ban("town", at=LATER, is_banned=False)

    assert pinned == replace(PAGE, pinned=post.id)
    assert banned == replace(PAGE, pinned=post.id, is_banned=True)
    assert free == PAGE


def test_page_is_found_by_its_number_or_screen_name() -> None:
    found = [stage().find_page(one) for one in (900_000_001, "Other_Page", "nobody")]

    assert found == [PAGE, OTHER, None]


def test_counters_change_without_a_line_in_the_log() -> None:
    town = stage()
    post = town.publish("town", "Яма", at=START)

    counted = town.count("town", post.id, Counters(likes=5, views=None))

    assert (counted.counters.likes, town.last_seq) == (5, 1)


def test_unknown_pages_and_items_are_not_found() -> None:
    town = stage()
    town.publish("town", "Шум", at=START)

    for action in (
        lambda: town.page("nobody"),
        lambda: town.item("town", 1),
        lambda: town.publish("nobody", "Текст", at=START),
        lambda: town.publish("town", "Текст", at=START, parent=1),
    ):
        with pytest.raises(NotFound):
            action()


def test_deleted_item_is_neither_edited_nor_deleted_again() -> None:
    town = stage()
    post = town.publish("town", "Яма", at=START)

    with pytest.raises(Conflict):
        town.restore("town", post.id, at=LATER)
    town.delete("town", post.id, at=LATER)
    with pytest.raises(Conflict):
        town.delete("town", post.id, at=LATER)
    with pytest.raises(Conflict):
        town.edit("town", post.id, "Поздно", at=LATER)


def test_old_threads_of_the_world_are_forgotten_and_others_are_kept() -> None:
    town = stage()
    town.is_playing = True
    idle, answered, pinned, lively = (
        town.publish("town", f"Пост {number}", at=START) for number in range(4)
    )
    below = town.publish("town", "Комментарий", at=START, parent=idle.id)
    town.is_playing = False
    town.publish("town", "Ответ", at=START, parent=answered.id)
    own = town.publish("town", "Своё", at=START)
    town.is_playing = True
    town.publish("town", "Свежий", at=LATER, parent=lively.id)
    town.pin("town", pinned.id, at=LATER)
    newest = town.last_seq

    forgotten = town.forget(LATER)

    assert forgotten == 1
    assert [town.find("town", one.id) for one in (idle, below)] == [None, None]
    assert [post.id for post in town.posts("town")] == [
        own.id,
        lively.id,
        pinned.id,
        answered.id,
    ]
    assert town.last_seq == newest
    assert [line.at for line in town.happenings()] == [LATER, LATER]
    assert town.happenings(after=newest - 1)[0].seq == newest
    assert town.publish("other", "Дальше", at=LATER).id > 0
    assert town.happenings()[-1].seq == newest + 1
