"""Secrets for the containers: made once, never replaced."""

import stat
from pathlib import Path

import pytest

from infra import secret_files


def test_each_secret_gets_a_file_in_a_folder_nobody_else_may_enter(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "secrets"

    made = secret_files.make(folder)

    assert {file.stem for file in made} == set(secret_files.NAMES)
    assert len({file.read_text() for file in made}) == len(secret_files.NAMES)
    assert {len(file.read_text().strip()) for file in made} == {64}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in made} == {0o444}


def test_a_secret_that_is_there_stays(tmp_path: Path) -> None:
    own = tmp_path / "otklik_secret_key.txt"
    own.write_text("ours")

    made = secret_files.make(tmp_path)

    assert own.read_text() == "ours"
    assert own not in made
    assert secret_files.make(tmp_path) == []


def test_the_command_says_what_it_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = secret_files.main([str(tmp_path / "secrets")])

    said = capsys.readouterr().out
    assert code == 0
    assert said.count("made ") == len(secret_files.NAMES)
    assert "backups need it" in said
