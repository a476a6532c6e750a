"""Invented figures about the authorities."""

from datetime import timedelta

from tests.web.fake_data.basics import AUTHORITIES, NOW, PLACES, Json


def kpi(days: int = 30) -> Json:
    """Make the figures of a period."""
    today = NOW.date()
    wave = (214, 238, 251, 246, 229, 98, 84)
    told = [
        {
            "day": (today - timedelta(days=days - 1 - n)).isoformat(),
            "complaints": wave[n % 7] + 11 * (n % 5),
            "incidents": wave[n % 7] // 2,
            "answered": (wave[n % 7] + 11 * (n % 5)) * (70 + n % 20) // 100,
        }
        for n in range(days)
    ]
    return {
        "from": told[0]["day"],
        "to": told[-1]["day"],
        "definitions_version": 1,
        "totals": _figures(6420, 2980, 2705, 0.87, 214, 505, 12),
        "days": told,
        "authorities": [
            {**AUTHORITIES[0], **_figures(2210, 980, 931, 0.94, 170, 402, 1)},
            {**AUTHORITIES[1], **_figures(1420, 610, 560, 0.91, 205, 470, 2)},
            {**AUTHORITIES[2], **_figures(1890, 870, 742, 0.68, 388, 1120, 9)},
            {**AUTHORITIES[3], **_figures(1105, 410, 371, 0.83, 240, 610, 0)},
            {**AUTHORITIES[5], **_figures(96, 4, 3, 1.0, 60, 90, 0)},
        ],
        "municipalities": [
            {**PLACES[0], **_figures(3640, 1620, 1500, 0.9, 190, 450, 5)},
            {**PLACES[1], **_figures(1300, 640, 580, 0.85, 230, 560, 3)},
            {**PLACES[2], **_figures(980, 480, 420, 0.79, 290, 720, 4)},
        ],
    }


def _figures(*figures: float) -> Json:
    complaints, incidents_count, answered, share, median, p90, overdue = figures
    return {
        "complaints": complaints,
        "incidents": incidents_count,
        "answered": answered,
        "due": answered,
        "answered_in_time": round(answered * share),
        "share_in_time": share,
        "median_minutes": median,
        "p90_minutes": p90,
        "overdue_now": overdue,
        "low_volume": answered < 5,
    }


def definitions() -> Json:
    """Make the dictionary of figures."""
    codes = ("complaints", "answered", "share_in_time", "median_minutes", "overdue_now")
    return {
        "version": 1,
        "definitions": [
            {
                "code": code,
                "formula_ru": f"Что значит {code}.",
                "formula_en": f"What {code} means.",
            }
            for code in codes
        ],
    }
