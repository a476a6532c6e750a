"""What a wall's source remembers stays within bounds."""

from services.ingest.sources.vk.state import Branch, WallState


def test_comments_of_a_post_forgotten_while_they_were_read_are_forgotten_later() -> (
    None
):
    state = WallState(branches=[Branch(7)])
    state.posts.see(7, "digest", date=100)
    state.thread(7).comments.see(8, "digest", date=100)

    state.forget(before=200)
    kept = list(state.threads)
    state.drop_branches(7)
    state.forget(before=200)

    assert (kept, state.threads, list(state.posts)) == ([7], {}, [])
