"""`otklik rules`: files in, lines out, faults told with their place."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from infra.cli import app


def otklik(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["rules", *arguments])


def lines(file: Path, *objects: object) -> Path:
    file.write_text(
        "\n".join(
            one if isinstance(one, str) else json.dumps(one, ensure_ascii=False)
            for one in objects
        ),
        "utf-8",
    )
    return file


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return lines(
        tmp_path / "rules.ndjson",
        {"id": "вода", "query": '"нет воды" | гвс'},
        {"id": 7, "query": "яма дорога"},
        {"id": "vk", "query": "яма сеть:vk"},
        "",
    )


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    return lines(
        tmp_path / "posts.ndjson",
        {"id": "a", "text": "На дороге ямы, а дома нет воды", "network": "vk"},
        "",
        {"id": 2, "text": "Ямы на дороге", "likes": 5},
        {"id": "c", "text": ""},
    )


def test_each_post_gets_a_line_with_its_rules_in_their_order(
    rules: Path, posts: Path
) -> None:
    result = otklik("match", "--rules", str(rules), "--posts", str(posts))

    assert result.exit_code == 0
    assert [json.loads(line) for line in result.stdout.splitlines()] == [
        {"id": "a", "rules": ["вода", 7, "vk"]},
        {"id": 2, "rules": [7]},
        {"id": "c", "rules": []},
    ]
    assert "вода" in result.stdout, "texts are written as people read them"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "line 2: this is not JSON"),
        ("[" * 100_000, "line 2: this is not JSON"),
        ("[]", "line 2: this is not a JSON object"),
        ({"text": "яма"}, "line 2: id is missing"),
        ({"id": True, "text": "яма"}, "line 2: id is missing"),
        ({"id": 1}, "line 2: text is missing or not a text"),
        ({"id": 1, "text": 5}, "line 2: text is missing or not a text"),
        ({"id": 1, "text": "яма", "network": 5}, "line 2: network must be a text"),
    ],
)
def test_a_wrong_post_ends_it_after_the_posts_before(
    rules: Path, tmp_path: Path, line: object, why: str
) -> None:
    posts = lines(tmp_path / "p", {"id": 1, "text": "гвс"}, line, {"id": 3, "text": ""})

    result = otklik("match", "--rules", str(rules), "--posts", str(posts))

    assert result.exit_code == 2
    assert result.stdout.splitlines() == ['{"id": 1, "rules": ["вода"]}']
    assert why in result.stderr


def test_a_wrong_rule_ends_it_before_any_post(posts: Path, tmp_path: Path) -> None:
    rules = lines(tmp_path / "r", {"id": 1, "query": "яма"}, {"id": 2, "query": "(яма"})

    result = otklik("match", "--rules", str(rules), "--posts", str(posts))

    assert (result.exit_code, result.stdout) == (2, "")
    assert "line 2: query: This bracket is not closed. (character 1)" in result.stderr


def test_a_file_that_is_not_utf_8_is_told(rules: Path, tmp_path: Path) -> None:
    posts = tmp_path / "posts"
    posts.write_bytes('{"id": 1, "text": "яма"}'.encode("cp1251"))

    result = otklik("match", "--rules", str(rules), "--posts", str(posts))

    assert result.exit_code == 2
    assert "line 1: this is not UTF-8" in result.stderr


def test_a_missing_file_is_a_wrong_call(rules: Path) -> None:
    result = otklik("match", "--rules", str(rules), "--posts", "/nowhere")

    assert result.exit_code == 2


def test_a_right_query_is_shown_as_a_tree() -> None:
    result = otklik("check", 'яма (дорог* | "нет воды") вода /3 горячая -#реклама')

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "AND",
        "  WORD яма",
        "  OR",
        "    PREFIX дорог*",
        '    PHRASE "нет воды"',
        "  NEAR /3",
        "    WORD вода",
        "    WORD горячая",
        "  NOT",
        "    TAG #реклама",
    ]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (
            (),
            [
                "Ошибка (знак 5): Скобка открыта, но не закрыта.",
                "  яма (снег",
                "      ^",
                "Ожидалось: закрывающая скобка.",
                "Что сделать: Поставьте ) после последнего слова группы.",
            ],
        ),
        (
            ("--lang", "en"),
            [
                "Error (character 5): This bracket is not closed.",
                "  яма (снег",
                "      ^",
                "Expected: a closing bracket.",
                "What to do: Put ) after the last word of the group.",
            ],
        ),
    ],
)
def test_a_wrong_query_is_told_in_the_language_asked_for(
    language: tuple[str, ...], told: list[str]
) -> None:
    result = otklik("check", "яма (снег", *language)

    assert result.exit_code == 1
    assert result.stdout.splitlines() == told


def test_a_query_may_begin_with_a_minus() -> None:
    result = otklik("check", "-реклама яма")

    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "AND"
