"""Migrations go up, down and up again, leave nothing behind, and make the tables that the code describes."""

from __future__ import annotations

from importlib import resources

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from hourledger.core.errors import Transient
from models.database import migrate, migrate_down, pending_migrations, sqlalchemy_url

VERSIONS = resources.files("models.migrations.versions")
ALL = sorted(file.name[:4] for file in VERSIONS.iterdir() if file.name.startswith("0") and file.name.endswith(".py"))

# Everything a migration can make, except Alembic's own table.
OBJECTS = """
    SELECT 'relation', relname::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname NOT LIKE 'alembic_version%'
    UNION ALL SELECT 'function', proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT 'type', typname::text FROM pg_type
    WHERE typnamespace = 'public'::regnamespace AND typname NOT LIKE '%alembic_version'
    UNION ALL SELECT 'schema', nspname::text FROM pg_namespace WHERE nspname = 'jobs'
    ORDER BY 1, 2
"""
TRIGGERS_AND_CONSTRAINTS = """
    SELECT tgname::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT conname::text, pg_get_constraintdef(oid) FROM pg_constraint
    UNION ALL SELECT indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'public'
    ORDER BY 1, 2
"""


def look(url: str, query: str) -> list[tuple[str, str]]:
    with psycopg.connect(url) as connection:
        return [(str(kind), str(name)) for kind, name in connection.execute(query).fetchall()]


def test_migrations_go_up_down_and_up_again(empty_database_url: str) -> None:
    url = empty_database_url
    assert pending_migrations(url) == ALL
    migrate(url)
    assert pending_migrations(url) == []
    there, rules = look(url, OBJECTS), look(url, TRIGGERS_AND_CONSTRAINTS)
    assert ("schema", "jobs") in there
    migrate_down(url, "base")
    assert look(url, OBJECTS) == []
    assert pending_migrations(url) == ALL
    migrate(url)
    assert look(url, OBJECTS) == there
    assert look(url, TRIGGERS_AND_CONSTRAINTS) == rules


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    before = look(database_url, TRIGGERS_AND_CONSTRAINTS)
    migrate(database_url)
    assert look(database_url, TRIGGERS_AND_CONSTRAINTS) == before


@pytest.mark.parametrize("revision", ALL[:-1])
def test_each_step_can_be_taken_by_itself(empty_database_url: str, revision: str) -> None:
    migrate(empty_database_url, revision)
    assert pending_migrations(empty_database_url) == ALL[ALL.index(revision) + 1 :]
    migrate(empty_database_url)
    migrate_down(empty_database_url, revision)
    assert pending_migrations(empty_database_url) == ALL[ALL.index(revision) + 1 :]


def test_the_migrations_make_the_tables_that_the_code_describes(database_url: str) -> None:
    """What this cannot see (triggers, exclusion constraints, check constraints) is in test_invariants."""
    engine = create_engine(sqlalchemy_url(database_url))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            differences = compare_metadata(context, SQLModel.metadata)
    finally:
        engine.dispose()
    assert differences == []


AS_WRITTEN = """
    SELECT table_name || '.' || column_name, concat_ws(' ', data_type, is_nullable, column_default, is_identity)
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'alembic_version%'
    UNION ALL SELECT conname::text, pg_get_constraintdef(c.oid) FROM pg_constraint c
    WHERE connamespace = 'public'::regnamespace AND contype <> 'x' AND conname NOT LIKE 'alembic_version%'
    UNION ALL SELECT indexname::text, indexdef FROM pg_indexes
    WHERE schemaname = 'public' AND indexname NOT LIKE 'ex\\_%' AND indexname NOT LIKE 'alembic_version%'
    UNION ALL SELECT relname::text, array_to_string(reloptions, ',') FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT LIKE 'alembic_version%'
    ORDER BY 1, 2
"""


def test_every_column_check_and_index_is_as_the_code_says(database_url: str, empty_database_url: str) -> None:
    """Alembic compares no checks: a status added in Python and not in a migration would pass it."""
    engine = create_engine(sqlalchemy_url(empty_database_url))
    try:
        with engine.begin() as connection:
            SQLModel.metadata.create_all(connection)
    finally:
        engine.dispose()
    written, migrated = look(empty_database_url, AS_WRITTEN), look(database_url, AS_WRITTEN)
    assert [one for one in written if one not in migrated] == []
    # journal_posting_comes_with_its_entry and its like are the migration's own, see test_invariants.
    assert [one for one in migrated if one not in written and not one[1].startswith("TRIGGER")] == []


def test_a_database_that_does_not_answer_is_told_without_its_address() -> None:
    with pytest.raises(Transient) as caught:
        migrate("postgresql://nobody:secret@127.0.0.1:1/nowhere")
    assert caught.value.code == "DATABASE_UNREACHABLE"
    assert "secret" not in caught.value.message


def test_0006_gives_plans_of_old_the_meaning_they_had(empty_database_url: str) -> None:
    """Zeros nobody typed are shared, hours by hand make up the task's, and the first assignee is primary."""
    url = empty_database_url
    migrate(url, "0003")
    with psycopg.connect(url) as connection:
        connection.execute("""
            INSERT INTO organisation (id, name, base_currency, time_zone, rate_policy, settings)
            VALUES (1, 'Old', 'EUR', 'UTC', 'workfront-1', '{}');
            INSERT INTO project (id, organisation_id, code, name, currency, status, fixed_cost_minor,
                                 fixed_revenue_minor, require_time_approval)
            VALUES (1, 1, 'P', 'P', 'EUR', 'CURRENT', 0, 0, false);
            INSERT INTO role (id, organisation_id, name, is_active) VALUES (1, 1, 'One', true), (2, 1, 'Two', true);
            INSERT INTO task (id, organisation_id, project_id, name, status, cost_type, revenue_type, planned_seconds,
                              percent_complete)
            SELECT n, 1, 1, 'Task ' || n, 'NEW', 'USER_HOURLY', 'USER_HOURLY', 101, 0 FROM generate_series(1, 3) n;
            INSERT INTO assignment (organisation_id, task_id, role_id, is_primary, planned_seconds, is_billable)
            VALUES (1, 1, 1, false, 0, true), (1, 1, 2, false, 0, true),
                   (1, 2, 1, false, 30, true), (1, 2, 2, true, 40, true),
                   (1, 3, 1, false, 30, true), (1, 3, 2, false, 0, true);
        """)
    hours = """
        SELECT t.id::text, t.planned_seconds || ':' || string_agg(coalesce(a.planned_seconds::text, '-')
               || CASE WHEN a.is_primary THEN '*' ELSE '' END, ' ' ORDER BY a.id)
        FROM task t JOIN assignment a ON a.task_id = t.id GROUP BY t.id ORDER BY t.id
    """
    migrate(url)
    assert look(url, hours) == [("1", "101:-* -"), ("2", "70:30 40*"), ("3", "101:30* -")]
    migrate_down(url, "0003")
    assert look(url, hours) == [("1", "101:51* 50"), ("2", "70:30 40*"), ("3", "101:30* 71")]


def test_0015_preserved_rates_get_their_project_and_deleted_names_stay_apart_on_the_way_down(
    empty_database_url: str,
) -> None:
    url = empty_database_url
    migrate(url, "0010")
    with psycopg.connect(url) as connection:
        connection.execute("""
            INSERT INTO organisation (id, name, base_currency, time_zone, rate_policy, settings)
            VALUES (1, 'Old', 'EUR', 'UTC', 'workfront-1', '{}');
            INSERT INTO project (id, organisation_id, code, name, currency, status, fixed_cost_minor,
                                 fixed_revenue_minor, require_time_approval, planned_benefit_minor,
                                 actual_benefit_minor, company_rates_override, preserve_billing_rates,
                                 filters_hour_types, is_template)
            VALUES (7, 1, 'P', 'P', 'EUR', 'CURRENT', 0, 0, false, 0, 0, false, true, false, false);
            INSERT INTO person (id, organisation_id, name, email, is_active, cost_rate_override_allowed)
            VALUES (1, 1, 'Bob', 'b@x.example', true, false);
            INSERT INTO task (id, organisation_id, project_id, name, is_issue, status, cost_type, revenue_type,
                              planned_seconds, percent_complete)
            VALUES (1, 1, 7, 'Build', false, 'NEW', 'USER_HOURLY', 'USER_HOURLY', 0, 0);
            INSERT INTO rate_scope (organisation_id, kind, level, person_id, task_id, attributes)
            VALUES (1, 'BILLING', 'PRESERVED_PERSON', 1, 1, '{}'), (1, 'COST', 'PERSON', 1, NULL, '{}');
        """)
    scopes = "SELECT level, coalesce(project_id::text, '-') FROM rate_scope ORDER BY id"
    migrate(url)
    assert look(url, scopes) == [("PRESERVED_PERSON", "7"), ("PERSON", "-")]
    with psycopg.connect(url) as connection:
        connection.execute("""
            UPDATE task SET deleted_at = now();
            UPDATE project SET deleted_at = now();
            INSERT INTO task SELECT (t).* FROM (
                SELECT jsonb_populate_record(t, '{"id": 2, "deleted_at": null}') AS t FROM task t) again;
            INSERT INTO project SELECT (p).* FROM (
                SELECT jsonb_populate_record(p, '{"id": 8, "deleted_at": null}') AS p FROM project p) again;
        """)
    migrate_down(url, "0010")
    assert look(url, scopes) == [("PRESERVED_PERSON", "-"), ("PERSON", "-")]
    names = "SELECT 'task', name FROM task UNION ALL SELECT 'project', code FROM project ORDER BY 1, 2"
    assert look(url, names) == [
        ("project", "P"),
        ("project", "P (deleted 7)"),
        ("task", "Build"),
        ("task", "Build (deleted 1)"),
    ]


def test_0018_a_cost_that_was_rated_after_billing_is_a_recalculation_on_the_way_down(empty_database_url: str) -> None:
    url = empty_database_url
    migrate(url, "0018")
    with psycopg.connect(url) as connection:
        connection.execute("""
            INSERT INTO valuation (organisation_id, time_entry_id, work_date, seconds, currency, cost_minor,
                                   revenue_minor, uncapped_revenue_minor, reason_id, cause, recorded_at, rated_at)
            SELECT 1, 1, '2026-06-01', 3600, 'EUR', 40, 60, 60, 1, cause, now(), now()
            FROM unnest(ARRAY['LOGGED', 'BILLED_COST', 'UNDONE']) AS cause
        """)
    migrate_down(url, "0017")
    assert look(url, "SELECT id::text, cause FROM valuation ORDER BY id") == [
        ("1", "LOGGED"),
        ("2", "RECALCULATED"),
        ("3", "UNDONE"),
    ]
    triggers = "SELECT tgname::text, tgfoid::regproc::text FROM pg_trigger WHERE tgname = 'time_entry_billed_is_frozen'"
    assert look(url, triggers) == [("time_entry_billed_is_frozen", "refuse_change_of_billed")]
    migrate(url)
    assert look(url, triggers) == [("time_entry_billed_is_frozen", "refuse_change_of_billed_hours")]
