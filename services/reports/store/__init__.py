"""Queries on the tables of the schema `reports`."""

from services.reports.store.complaints import (
    add_to_days,
    complaints,
    complaints_of_candidates,
    complaints_of_incidents,
    complaints_of_region,
    forget_days,
    lock_region,
)
from services.reports.store.definitions import definitions, version
from services.reports.store.facts import (
    fact_counts,
    save_candidates,
    save_incidents,
)
from services.reports.store.incidents import incidents
from services.reports.store.names import names, save_names
from services.reports.store.question import Question, plan_for_this_question

__all__ = [
    "Question",
    "add_to_days",
    "complaints",
    "complaints_of_candidates",
    "complaints_of_incidents",
    "complaints_of_region",
    "definitions",
    "fact_counts",
    "forget_days",
    "incidents",
    "lock_region",
    "names",
    "plan_for_this_question",
    "save_candidates",
    "save_incidents",
    "save_names",
    "version",
]
