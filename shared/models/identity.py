"""Tables of the schema `identity`, owned by shared/identity."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from shared.ids import new_id
from shared.models.columns import json, moment

SCHEMA = {"schema": "identity"}


class Region(SQLModel, table=True):
    """A tenant («кабинет»): owns everything else."""

    __tablename__ = "region"
    __table_args__ = SCHEMA

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    zone: str = "Europe/Moscow"
    settings: dict[str, Any] = json(dict)
    created_at: datetime = moment()


class Municipality(SQLModel, table=True):
    """A place of the first level; `aliases` are other spellings for the gazetteer."""

    __tablename__ = "municipality"
    __table_args__ = (UniqueConstraint("region_id", "code"), SCHEMA)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    region_id: int = Field(foreign_key="identity.region.id")
    code: str
    name: str
    aliases: list[str] = json(list)


class User(SQLModel, table=True):
    """A person who works at a desk."""

    __tablename__ = "user"
    __table_args__ = SCHEMA

    id: UUID = Field(default_factory=new_id, primary_key=True)
    login: str = Field(unique=True)
    name: str
    created_at: datetime = moment()
    disabled_at: datetime | None = moment(nullable=True)


class Credential(SQLModel, table=True):
    """A person's password hash; only the sign-in page may read it."""

    __tablename__ = "credential"
    __table_args__ = SCHEMA

    user_id: UUID = Field(primary_key=True, foreign_key="identity.user.id")
    password_hash: str


class Membership(SQLModel, table=True):
    """A person's role in a region; an executor's names the authority."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("user_id", "region_id", "role"), SCHEMA)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    user_id: UUID = Field(foreign_key="identity.user.id")
    region_id: int = Field(foreign_key="identity.region.id")
    role: str
    authority: str | None = None


class ApiKey(SQLModel, table=True):
    """A program's credential: only its hash is kept."""

    __tablename__ = "api_key"
    __table_args__ = SCHEMA

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str
    token_hash: str = Field(unique=True)
    region_ids: list[int] = Field(sa_type=ARRAY(Integer))
    scopes: list[str] = Field(sa_type=ARRAY(Text))
    user_id: UUID | None = Field(default=None, foreign_key="identity.user.id")
    created_at: datetime = moment()
    expires_at: datetime = moment()
    revoked_at: datetime | None = moment(nullable=True)


class Session(SQLModel, table=True):
    """A signed-in browser: only the token's hash is kept."""

    __tablename__ = "session"
    __table_args__ = SCHEMA

    id: UUID = Field(default_factory=new_id, primary_key=True)
    token_hash: str = Field(unique=True)
    user_id: UUID = Field(foreign_key="identity.user.id")
    region_id: int = Field(foreign_key="identity.region.id")
    created_at: datetime = moment()
    last_seen_at: datetime = moment()
    expires_at: datetime = moment()


class SignInAttempt(SQLModel, table=True):
    """A failed sign-in, kept for a while to slow guessing down."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = SCHEMA

    id: UUID = Field(default_factory=new_id, primary_key=True)
    login: str = Field(index=True)
    at: datetime = moment()
