-- What exists gets the value that says what it was before there was a choice.
ALTER TABLE assignment ADD COLUMN billing_role_id bigint CONSTRAINT fk_assignment_billing_role_id REFERENCES role (id);
ALTER TABLE assignment ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}';
ALTER TABLE assignment ALTER COLUMN attributes DROP DEFAULT;
ALTER TABLE project ADD COLUMN company_rates_override boolean NOT NULL DEFAULT false;
ALTER TABLE project ADD COLUMN preserve_billing_rates boolean NOT NULL DEFAULT false;
ALTER TABLE project ALTER COLUMN company_rates_override DROP DEFAULT, ALTER COLUMN preserve_billing_rates DROP DEFAULT;
ALTER TABLE task ADD COLUMN is_issue boolean NOT NULL DEFAULT false;
ALTER TABLE task ALTER COLUMN is_issue DROP DEFAULT;
ALTER TABLE task ADD COLUMN overtime_ratio numeric(7, 4)
    CONSTRAINT ck_task_overtime_ratio CHECK (overtime_ratio > 0);

ALTER TABLE rate_line ADD COLUMN unit_seconds integer NOT NULL DEFAULT 3600
    CONSTRAINT ck_rate_line_unit_seconds CHECK (unit_seconds > 0);
ALTER TABLE rate_line ADD COLUMN basis text NOT NULL DEFAULT 'TIME'
    CONSTRAINT ck_rate_line_basis CHECK (basis IN ('TIME', 'ENTRY', 'COST_PLUS', 'PERCENT'));
ALTER TABLE rate_line ADD COLUMN is_locked boolean NOT NULL DEFAULT false;
ALTER TABLE rate_line ALTER COLUMN unit_seconds DROP DEFAULT, ALTER COLUMN basis DROP DEFAULT,
    ALTER COLUMN is_locked DROP DEFAULT, DROP CONSTRAINT ck_rate_line_rate_scaled;
ALTER TABLE rate_line ADD CONSTRAINT ck_rate_line_rate_scaled CHECK
    (CASE WHEN basis IN ('COST_PLUS', 'PERCENT') THEN rate_scaled >= -1000000 ELSE rate_scaled >= 0 END);

ALTER TABLE rate_scope ADD COLUMN task_id bigint CONSTRAINT fk_rate_scope_task_id REFERENCES task (id);
ALTER TABLE rate_scope ADD COLUMN rate_card_id bigint CONSTRAINT fk_rate_scope_rate_card_id REFERENCES rate_card (id);
ALTER TABLE rate_scope ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}';
ALTER TABLE rate_scope ALTER COLUMN attributes DROP DEFAULT, DROP CONSTRAINT uq_rate_scope_whose,
    DROP CONSTRAINT ck_rate_scope_kind, DROP CONSTRAINT ck_rate_scope_level;
ALTER TABLE rate_scope ADD CONSTRAINT uq_rate_scope_whose UNIQUE NULLS NOT DISTINCT (organisation_id, kind, level,
    person_id, role_id, company_id, project_id, assignment_id, task_id, rate_card_id, attributes);
ALTER TABLE rate_scope ADD CONSTRAINT ck_rate_scope_kind CHECK (kind IN ('COST', 'BILLING', 'MARKUP'));
ALTER TABLE rate_scope ADD CONSTRAINT ck_rate_scope_level CHECK (level IN ('PRESERVED_PERSON', 'PRESERVED_ROLE', 'ASSIGNMENT', 'TASK_PERSON', 'TASK_ANYONE', 'PROJECT_PERSON', 'PROJECT_ROLE', 'PROJECT_ANYONE', 'RATE_CARD', 'COMPANY_PERSON', 'COMPANY_ROLE', 'COMPANY_ANYONE', 'PERSON', 'ROLE', 'ANYONE', 'TASK'));
CREATE INDEX ix_rate_scope_task_id ON rate_scope (task_id);
CREATE INDEX ix_rate_scope_rate_card_id ON rate_scope (rate_card_id);
CREATE INDEX ix_rate_scope_company_id ON rate_scope (company_id);

-- A project has what its customer's rates are now; from here on it keeps them until it is refreshed (project-finances 3.6).
INSERT INTO rate_attachment (organisation_id, project_id, company_id, kind, recorded_by)
SELECT organisation_id, id, company_id, 'BILLING', 'migration' FROM project WHERE company_id IS NOT NULL;

-- One card at a time, of each kind; where cards have days, one on a day.
ALTER TABLE rate_attachment ADD CONSTRAINT ex_rate_attachment_one_card EXCLUDE USING gist (
    int8range(organisation_id, organisation_id, '[]') WITH &&,
    int8range(coalesce(project_id, 0), coalesce(project_id, 0), '[]') WITH &&,
    int4range(ascii(kind), ascii(kind), '[]') WITH &&,
    daterange(valid_from, valid_until) WITH &&
) WHERE (retired_at IS NULL AND rate_card_id IS NOT NULL);

ALTER TABLE person_attribute ADD CONSTRAINT ex_person_attribute_one_value EXCLUDE USING gist (
    int8range(person_id, person_id, '[]') WITH &&,
    int8range(rate_attribute_id, rate_attribute_id, '[]') WITH &&,
    daterange(valid_from, valid_until) WITH &&
);

ALTER TABLE project_billing_role ADD CONSTRAINT ex_project_billing_role_one_role EXCLUDE USING gist (
    int8range(project_id, project_id, '[]') WITH &&,
    int8range(person_id, person_id, '[]') WITH &&,
    daterange(valid_from, valid_until) WITH &&
);

CREATE TRIGGER rate_policy_is_final BEFORE UPDATE OR DELETE ON rate_policy
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
