"""The tables of the schema `reports` as SQLAlchemy Core sees them."""

from sqlalchemy import Table
from sqlmodel import SQLModel

from shared.models import reports


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[f"reports.{model.__tablename__}"]


INCIDENT = _table(reports.IncidentFact)
CANDIDATE = _table(reports.CandidateFact)
CODE_NAME = _table(reports.CodeName)
COMPLAINT_DAY = _table(reports.ComplaintDay)
