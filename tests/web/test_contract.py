"""Every field the pages read is one the services answer."""

from importlib import import_module

import pytest
from pydantic import BaseModel

from web.shapes import ingest, official, reports, rules, triage, watching
from web.shapes.base import Rejected, Shape

PAIRS: list[tuple[type[Shape], str, str]] = [
    (triage.Match, "triage.schemas.candidates", "Match"),
    (triage.Similar, "triage.schemas.candidates", "SimilarIncident"),
    (triage.Candidate, "triage.schemas.candidates", "Candidate"),
    (triage.CandidateCounts, "triage.schemas.candidates", "QueueCounts"),
    (triage.CandidatePage, "triage.schemas.candidates", "CandidatePage"),
    (triage.IncidentSummary, "triage.schemas.incidents", "IncidentSummary"),
    (triage.IncidentPage, "triage.schemas.incidents", "IncidentPage"),
    (triage.IncidentPost, "triage.schemas.case", "Post"),
    (triage.Version, "triage.schemas.case", "Version"),
    (triage.Remark, "triage.schemas.case", "Remark"),
    (triage.CopyOf, "triage.schemas.case", "CopyOf"),
    (triage.Reply, "triage.schemas.case", "Reply"),
    (triage.Posting, "triage.schemas.case", "Posting"),
    (triage.Entry, "triage.schemas.case", "HistoryEntry"),
    (triage.ClockSpan, "triage.schemas.case", "ClockSpan"),
    (triage.Incident, "triage.schemas.case", "Incident"),
    (triage.Decided, "triage.schemas.case", "Decided"),
    (ingest.ArchivePost, "ingest.schemas.archive", "FoundPost"),
    (ingest.PostAddress, "ingest.schemas.posts", "AddressAnswer"),
    (ingest.ArchivePage, "ingest.schemas.archive", "ArchivePage"),
    (ingest.Column, "ingest.schemas.imports", "ColumnAnswer"),
    (ingest.ImportPreview, "ingest.schemas.imports", "PreviewAnswer"),
    (ingest.ImportState, "ingest.schemas.imports", "ImportAnswer"),
    (Rejected, "ingest.schemas.posts", "RejectedLine"),
    (rules.Rule, "ingest.schemas.rules", "RuleAnswer"),
    (rules.RuleVersion, "ingest.schemas.rules", "RuleVersionAnswer"),
    (rules.Quality, "ingest.schemas.rules", "Quality"),
    (rules.QualityWeek, "ingest.schemas.rule_figures", "QualityWeek"),
    (rules.Advice, "ingest.schemas.rule_figures", "AdviceAnswer"),
    (rules.RuleQuality, "ingest.schemas.rule_figures", "QualityAnswer"),
    (rules.Hit, "ingest.schemas.rule_figures", "Hit"),
    (rules.CaughtPost, "ingest.schemas.rule_figures", "PostShown"),
    (rules.DryRun, "ingest.schemas.dry_runs", "DryRunAnswer"),
    (rules.DryRunDay, "ingest.schemas.dry_runs", "DryRunDay"),
    (rules.SharedWith, "ingest.schemas.dry_runs", "SharedWith"),
    (rules.DryRunStarted, "ingest.schemas.dry_runs", "DryRunStarted"),
    (rules.Tried, "ingest.schemas.dry_runs", "TryAnswer"),
    (rules.OtherRule, "ingest.schemas.dry_runs", "RuleName"),
    (rules.RuleLanguage, "ingest.schemas.rule_language", "RuleLanguage"),
    (rules.LanguageExample, "ingest.schemas.rule_language", "LanguageExample"),
    (ingest.Source, "ingest.schemas.source_answers", "SourceAnswer"),
    (watching.Watched, "ingest.schemas.source_answers", "SourceAnswer"),
    (watching.Budget, "ingest.schemas.source_answers", "BudgetAnswer"),
    (watching.NewSource, "ingest.schemas.source_answers", "NewSourceAnswer"),
    (watching.Option, "ingest.schemas.source_options", "OptionAnswer"),
    (watching.OptionSaid, "ingest.schemas.source_options", "OptionSaid"),
    (watching.OptionValue, "ingest.schemas.source_options", "OptionValue"),
    (watching.Hook, "ingest.schemas.hooks", "HookAnswer"),
    (watching.Secret, "ingest.schemas.hooks", "SecretAnswer"),
    (watching.Recognised, "ingest.schemas.source_answers", "RecognisedAnswer"),
    (watching.Tested, "ingest.schemas.source_answers", "TestAnswer"),
    (watching.TestError, "ingest.schemas.source_answers", "TestError"),
    (watching.Figure, "ingest.schemas.figures", "FigureAnswer"),
    (watching.Credential, "ingest.schemas.credentials", "CredentialAnswer"),
    (watching.KnownNetwork, "ingest.schemas.credentials", "NetworkAnswer"),
    (official.OfficialPage, "triage.schemas.reference", "OfficialPage"),
    (official.OfficialPageList, "triage.schemas.reference", "PageList"),
    (reports.Figures, "reports.schemas", "Figures"),
    (reports.Part, "reports.schemas", "Part"),
    (reports.Day, "reports.schemas", "Day"),
    (reports.Kpi, "reports.schemas", "Kpi"),
    (reports.Definition, "reports.schemas", "Definition"),
    (reports.Dictionary, "reports.schemas", "Dictionary"),
]


@pytest.mark.parametrize(
    ("shape", "module", "name"), PAIRS, ids=[shape.__name__ for shape, _, _ in PAIRS]
)
def test_service_answers_every_field_the_pages_read(
    shape: type[Shape], module: str, name: str
) -> None:
    try:
        answer: type[BaseModel] = getattr(import_module(f"services.{module}"), name)
    except ModuleNotFoundError:
        pytest.skip(f"services.{module} is not there yet")

    answered = {f.serialization_alias or n for n, f in answer.model_fields.items()}
    read = {str(f.validation_alias or n) for n, f in shape.model_fields.items()}
    assert read <= answered
