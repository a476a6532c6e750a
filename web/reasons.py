"""Why something is suggested: the services send codes, people read sentences."""

from collections.abc import Mapping

from web.languages import N_, Language

_REASONS: Mapping[str, str] = {
    "rules_matched": N_("by the rule: %(rules)s"),
    "named_in_text": N_("in the text: “%(words)s”"),
    "place_of_source": N_("the place this source writes about"),
    "routing_rule": N_("routing rule No. %(number)s"),
    "rule_says": N_("by the rule: %(rule)s"),
}
_ALIKE: Mapping[str, str] = {
    "same_topic": N_("same topic"),
    "same_municipality": N_("same place"),
    "same_words": N_("similar words"),
}
_SIGNS: Mapping[str, str] = {
    "life": N_("danger to life"),
    "accident": N_("accident"),
    "children": N_("children"),
    "many": N_("many people"),
    "cold": N_("cold, no power or water"),
}


def reason(
    code: str | None, params: Mapping[str, str], language: Language
) -> str | None:
    """Say a reason; a code we do not know yet is shown as it is."""
    if code is None:
        return None
    text = _REASONS.get(code)
    if text is None:
        return code
    try:
        return language.say(text, **params) if params else language.say(text)
    except KeyError:
        return code


def alike(codes: tuple[str, ...], language: Language) -> str:
    """Say what makes two cases alike."""
    return ", ".join(language.say(_ALIKE.get(code, code)) for code in codes)


def sign(kind: str, words: str, language: Language) -> str:
    """Say what makes a post urgent, with the words that show it."""
    said = language.say(_SIGNS.get(kind, kind))
    return f"{said}: «{words}»" if words else said
