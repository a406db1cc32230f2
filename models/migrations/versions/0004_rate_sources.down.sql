-- Rates that only exist with these tables go with them; a rate line that was used keeps the migration from going down.
DELETE FROM rate_line l USING rate_scope s WHERE s.id = l.scope_id AND (
    s.rate_card_id IS NOT NULL OR s.task_id IS NOT NULL OR s.attributes <> '{}' OR s.kind = 'MARKUP'
    OR s.level NOT IN ('ASSIGNMENT', 'PROJECT_PERSON', 'PROJECT_ROLE', 'COMPANY_ROLE', 'PERSON', 'ROLE', 'TASK') OR l.basis <> 'TIME' OR l.unit_seconds <> 3600);
DELETE FROM rate_scope WHERE rate_card_id IS NOT NULL OR task_id IS NOT NULL OR attributes <> '{}' OR kind = 'MARKUP'
    OR level NOT IN ('ASSIGNMENT', 'PROJECT_PERSON', 'PROJECT_ROLE', 'COMPANY_ROLE', 'PERSON', 'ROLE', 'TASK');
DROP INDEX ix_rate_scope_company_id;
ALTER TABLE rate_scope DROP CONSTRAINT uq_rate_scope_whose, DROP CONSTRAINT ck_rate_scope_kind,
    DROP CONSTRAINT ck_rate_scope_level, DROP COLUMN attributes, DROP COLUMN rate_card_id, DROP COLUMN task_id;
ALTER TABLE rate_scope ADD CONSTRAINT uq_rate_scope_whose UNIQUE NULLS NOT DISTINCT (organisation_id, kind, level,
    person_id, role_id, company_id, project_id, assignment_id);
ALTER TABLE rate_scope ADD CONSTRAINT ck_rate_scope_kind CHECK (kind IN ('COST', 'BILLING'));
ALTER TABLE rate_scope ADD CONSTRAINT ck_rate_scope_level CHECK (level IN ('ASSIGNMENT', 'PROJECT_PERSON', 'PROJECT_ROLE', 'COMPANY_ROLE', 'PERSON', 'ROLE', 'TASK'));
ALTER TABLE rate_line DROP CONSTRAINT ck_rate_line_rate_scaled, DROP COLUMN is_locked, DROP COLUMN basis,
    DROP COLUMN unit_seconds;
ALTER TABLE rate_line ADD CONSTRAINT ck_rate_line_rate_scaled CHECK (rate_scaled >= 0);
ALTER TABLE task DROP COLUMN overtime_ratio, DROP COLUMN is_issue;
ALTER TABLE project DROP COLUMN preserve_billing_rates, DROP COLUMN company_rates_override;
ALTER TABLE assignment DROP COLUMN attributes, DROP COLUMN billing_role_id;
