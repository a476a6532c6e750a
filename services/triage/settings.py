"""Settings of the triage service."""

from shared.networks.settings import NetworkSettings


class Settings(NetworkSettings):
    """What a triage process may be told.

    With `ok_answers` we answer on Odnoklassniki by a method OK no longer documents;
    without it answers there are copied and pasted by hand.
    """

    ok_answers: bool = False
