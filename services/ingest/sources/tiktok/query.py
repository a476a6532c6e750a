"""The conditions of a place, as TikTok's search takes them."""

from typing import Any, Final

from services.ingest.sources.connector import Place

_FIELDS: Final = {
    "account": "username",
    "search": "keyword",
    "tag": "hashtag_name",
    "video": "video_id",
}


def conditions_of(place: Place, regions: object = None) -> list[dict[str, Any]]:
    """Name what is looked for; `regions` are countries the operator keeps to."""
    wanted = [_condition("EQ", _FIELDS[place.kind], [place.native])]
    told = regions.split(",") if isinstance(regions, str) else regions
    listed = told if isinstance(told, list) else []
    codes = [code for each in listed if (code := str(each).strip().upper())]
    if codes and place.kind in {"search", "tag"}:
        wanted.append(_condition("IN", "region_code", codes))
    return wanted


def _condition(operation: str, field: str, values: list[str]) -> dict[str, Any]:
    return {"operation": operation, "field_name": field, "field_values": values}
