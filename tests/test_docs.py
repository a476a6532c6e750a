"""The documentation says what is there: links, decisions, messages, jobs."""

import ast
import re
from pathlib import Path

import pytest

from shared.contracts import CONTRACTS

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
ARCHITECTURE = (ROOT / "docs/architecture.md").read_text("utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))

    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_is_one_page_of_four_parts(page: Path) -> None:
    text = page.read_text("utf-8")
    number = page.name[:4]

    parts = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert text.startswith(f"# {number}. ")
    assert parts[:4] == ["Context", "Decision", "Consequences", "Alternatives"]
    assert len(text.splitlines()) <= 60


def test_no_two_decisions_share_a_number() -> None:
    numbers = [page.name[:4] for page in DECISIONS]

    assert len(set(numbers)) == len(numbers)


def test_every_message_is_in_the_picture() -> None:
    names = [contract.__name__ for contract in CONTRACTS.values()]

    shown = set(re.findall(r"\b[A-Z]\w+\b", ARCHITECTURE))
    assert [name for name in names if name not in shown] == []


@pytest.mark.parametrize("service", ["ingest", "triage", "reports"])
def test_every_job_is_described(service: str) -> None:
    file = ROOT / f"services/{service}/jobs.py"
    if not file.exists():
        pytest.skip(f"not in this checkout: {file.name} of {service}")
    tree = ast.parse(file.read_text("utf-8"))
    jobs = [
        node.name
        for node in tree.body
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_")
    ]

    assert jobs
    assert [job for job in jobs if f"`{job}`" not in ARCHITECTURE] == []
