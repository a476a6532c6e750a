"""What the fixed values of the API are called on a page, with icon and hue.

Hues are four: danger, warn, ok, info; anything without a hue is neutral. A hue never
stands alone: every label has its word, and an icon where it marks a state.
"""

from dataclasses import dataclass

from web.languages import N_, Language


@dataclass(frozen=True, slots=True)
class Word:
    """A value's name (an English msgid), its icon and its hue."""

    name: str
    icon: str | None = None
    hue: str = "plain"


@dataclass(frozen=True, slots=True)
class Label:
    """A word said in the reader's language."""

    text: str
    icon: str | None = None
    hue: str = "plain"
    code: str = ""


Words = dict[str, Word]

STATUSES: Words = {
    "taken_in": Word(N_("Received"), "inbox"),
    "candidate": Word(N_("In the queue"), "inbox", "info"),
    "not_complaint": Word(N_("Not a complaint"), "message-2"),
    "noise": Word(N_("Noise"), "volume-off"),
    "incident": Word(N_("Incident"), "circle-dot", "info"),
    "new": Word(N_("Open, no authority"), "circle-dashed", "warn"),
    "assigned": Word(N_("Assigned"), "building-community", "info"),
    "drafting": Word(N_("Reply being written"), "pencil", "info"),
    "awaiting_approval": Word(N_("Awaiting approval"), "hourglass", "warn"),
    "returned": Word(N_("Returned with a remark"), "corner-up-left", "danger"),
    "approved": Word(N_("Approved"), "check", "ok"),
    "publishing": Word(N_("Being published"), "send", "info"),
    "published": Word(N_("Published"), "checks", "ok"),
    "closed": Word(N_("Closed"), "lock"),
    "withdrawn": Word(N_("Withdrawn"), "corner-up-left"),
}
REPLY_STATUSES: Words = {
    "draft": Word(N_("Draft"), "pencil", "info"),
    "drafting": Word(N_("Draft"), "pencil", "info"),
    "awaiting_approval": STATUSES["awaiting_approval"],
    "submitted": STATUSES["awaiting_approval"],
    "returned": STATUSES["returned"],
    "approved": STATUSES["approved"],
    "publishing": STATUSES["publishing"],
    "published": STATUSES["published"],
    "failed": Word(N_("Not published"), "alert-circle", "danger"),
}
NETWORKS: Words = {
    "vk": Word(N_("VKontakte")),
    "ok": Word(N_("Odnoklassniki")),
    "telegram": Word(N_("Telegram")),
    "livejournal": Word(N_("LiveJournal")),
    "rss": Word(N_("Feed")),
    "portal": Word(N_("Portal")),
    "tiktok": Word(N_("TikTok")),
    "x": Word(N_("X")),
    "facebook": Word(N_("Facebook")),
    "instagram": Word(N_("Instagram")),
    "max": Word(N_("MAX")),
    "file": Word(N_("File")),
    "other": Word(N_("Other")),
}
TONES: Words = {
    "question": Word(N_("Question")),
    "wish": Word(N_("Wish")),
    "thanks": Word(N_("Thanks")),
    "unconstructive": Word(N_("Argument without a problem")),
    "advert": Word(N_("Advertisement")),
    "spam": Word(N_("Spam")),
    "complaint": Word(N_("Complaint")),
}
DECISIONS: Words = {
    "open": Word(N_("An incident was opened"), "circle-check", "ok"),
    "join": Word(N_("Joined to an incident"), "git-merge", "ok"),
    "not_complaint": Word(N_("Marked as not a complaint"), "message-2"),
    "noise": Word(N_("Marked as noise"), "volume-off"),
    "gone": Word(N_("The author has deleted the post"), "eye-off"),
}
KINDS: Words = {
    "solvable": Word(N_("Solvable")),
    "not_solvable": Word(N_("Not solvable")),
    "informational": Word(N_("Informational")),
}
OUTCOMES: Words = {
    "solved": Word(N_("Solved"), "circle-check", "ok"),
    "explained": Word(N_("Explained"), "info-circle", "info"),
    "postponed": Word(N_("Postponed to a date"), "calendar", "warn"),
    "not_solved": Word(N_("Not solved"), "alert-circle", "danger"),
}
CLOSING_REASONS: Words = {
    "author_satisfied": Word(N_("The author is satisfied")),
    "no_reply_from_author": Word(N_("No reply from the author")),
    "dialogue_pointless": Word(N_("Further dialogue is pointless")),
    "done": Word(N_("Done")),
}
MISTAKES: Words = {
    "wrong_candidate": Word(N_("Opened from the wrong post")),
    "duplicate": Word(N_("Repeats another incident")),
    "not_a_complaint": Word(N_("Not a complaint")),
}
POSTING_STATES: Words = {
    "draft": Word(N_("Stopped: the text was changed"), "alert-circle", "danger"),
    "approved": Word(N_("Waits to be sent"), "hourglass", "info"),
    "sending": Word(N_("Being sent"), "send", "info"),
    "sent": Word(N_("Published on the official page"), "checks", "ok"),
    "unknown": Word(N_("Nobody knows whether it is published"), "alert-circle", "warn"),
    "failed": Word(N_("Not published"), "alert-circle", "danger"),
    "cancelled": Word(N_("Taken back"), "corner-up-left"),
}
OBSTACLES: Words = {
    "deleted": Word(N_("The post is not there any more.")),
    "edited": Word(
        N_(
            "The author has changed the post after the approval. Read it again: "
            "approve the reply anew or return it."
        )
    ),
    "comments_closed": Word(N_("The post takes no comments.")),
    "answered_already": Word(
        N_("Our page has answered this post already, past Otklik. Look at it first.")
    ),
    "page_retired": Word(N_("The official page is not in use any more.")),
    "page_paused": Word(
        N_(
            "The administrator has paused the official page. The reply waits, and goes "
            "out by itself when the pause ends."
        )
    ),
    "not_approved": Word(N_("This text is not the one that was approved.")),
    "no_publisher": Word(N_("This post cannot be answered from here any more.")),
    "refused": Word(N_("The page refused the reply.")),
    "sign_in_again": Word(
        N_("The page has to be connected again; ask the administrator.")
    ),
    "our_mistake": Word(
        N_("The page did not understand Otklik; tell the administrator.")
    ),
    "busy": Word(N_("The page is busy.")),
    "waited_too_long": Word(N_("The page has let us wait for more than a day.")),
    "response_lost": Word(N_("The page did not answer in time.")),
}
HOLDERS: Words = {
    "desk": Word(N_("Desk"), "inbox", "info"),
    "authority": Word(N_("Authority"), "building-community", "accent"),
    "approver": Word(N_("Approver"), "hourglass", "warn"),
}
ACTIONS: Words = {
    "open": Word(N_("Incident opened"), "circle-dot"),
    "opened": Word(N_("Incident opened"), "circle-dot"),
    "join": Word(N_("Post joined"), "git-merge"),
    "joined": Word(N_("Post joined"), "git-merge"),
    "assign": Word(N_("Authority assigned"), "building-community"),
    "draft": Word(N_("Draft saved"), "pencil"),
    "submit": Word(N_("Reply sent for approval"), "hourglass"),
    "return": Word(N_("Reply returned with a remark"), "corner-up-left"),
    "approve": Word(N_("Reply approved"), "check"),
    "publish": Word(N_("Reply sent for publication"), "send"),
    "mark_published": Word(N_("Reply marked as published"), "checks"),
    "published": Word(N_("Reply published"), "checks"),
    "import": Word(N_("Taken over from another system"), "database-import"),
    "publish_failed": Word(N_("Publishing failed"), "alert-circle"),
    "publish_stale": Word(N_("Given back to the approver"), "corner-up-left"),
    "publish_lost": Word(N_("The page did not answer"), "alert-circle"),
    "found": Word(N_("Reply found on the page"), "checks"),
    "send_again": Word(N_("Reply sent once more"), "send"),
    "take_back": Word(N_("Publication taken back"), "corner-up-left"),
    "withdraw": Word(N_("Incident withdrawn"), "corner-up-left"),
    "close": Word(N_("Incident closed"), "lock"),
    "reopen": Word(N_("Incident reopened"), "lock-open"),
}
IMPORTED: Words = {
    "new": Word(N_("Opened in another system"), "database-import"),
    "assigned": Word(N_("Opened in another system"), "database-import"),
    "published": Word(N_("Answered in another system"), "database-import"),
    "closed": Word(N_("Closed in another system"), "database-import"),
}
"""An incident that was handled elsewhere, by the status it had from then on."""
IMPORT_STATES: Words = {
    "previewed": Word(N_("Checked, not imported yet"), "list-check", "info"),
    "running": Word(N_("Importing"), "refresh", "info"),
    "done": Word(N_("Imported"), "circle-check", "ok"),
    "failed": Word(N_("Stopped by an error"), "alert-circle", "danger"),
}
RULE_STATES: Words = {
    "active": Word(N_("Active"), "circle-check", "ok"),
    "monitor": Word(N_("Only counts"), "eye-off", "info"),
    "suspended": Word(N_("Paused"), "player-pause"),
    "expired": Word(N_("Expired"), "clock-exclamation", "warn"),
}
VERDICTS: Words = {
    "accepted": Word(N_("An incident"), "circle-check", "ok"),
    "noise": STATUSES["noise"],
    "opinion": Word(N_("An opinion"), "message-2", "warn"),
    "other": Word(N_("Not a complaint"), "message-2"),
}
RUN_STATES: Words = {
    "running": Word(N_("Looking through the archive"), "refresh", "info"),
    "done": Word(N_("All posts were looked at"), "circle-check", "ok"),
    "failed": IMPORT_STATES["failed"],
}
INTAKES: Words = {
    "all": Word(N_("All of them")),
    "matched": Word(N_("By the rules")),
}


def label(words: Words, code: str | None, language: Language) -> Label | None:
    """Say a value; one we do not know yet is shown as it is."""
    if not code:
        return None
    word = words.get(code)
    if word is None:
        return Label(code, code=code)
    return Label(language.say(word.name), word.icon, word.hue, code)


_UPLOADED = N_("Uploaded files")


def source_name(name: str | None, language: Language) -> str:
    """Name a source as its people did; files that were given no source, by words."""
    return language.say(_UPLOADED) if name == "file-import" else name or ""


def options(words: Words, language: Language) -> tuple[Label, ...]:
    """All values of a list, for a select."""
    return tuple(
        Label(language.say(word.name), word.icon, word.hue, code)
        for code, word in words.items()
    )
