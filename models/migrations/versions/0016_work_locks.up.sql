-- Who sets a lock waits for everybody who is writing or rating work, and they for nobody but it:
--
--     writes or rates     shared, until its transaction ends      then reads the locks, in a statement of its own
--     sets a lock         exclusive, until its transaction ends
--
-- So whoever was first is seen by the other. Locks of a transaction, whatever program takes them.
CREATE FUNCTION keep_work_locks(organisation bigint) RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock_shared(1751938923, (organisation % 2147483647)::int)
$$;

CREATE FUNCTION take_work_locks(organisation bigint) RETURNS void LANGUAGE sql VOLATILE AS $$
    SELECT pg_advisory_xact_lock(1751938923, (organisation % 2147483647)::int)
$$;

-- Nothing of a lock is edited; lifting it is said once, and stays said.
CREATE FUNCTION refuse_change_of_work_lock() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    releasing text[] := ARRAY['released_at', 'released_by', 'release_reason'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.released_at IS NULL AND NEW.released_at IS NOT NULL
       AND to_jsonb(OLD) - releasing = to_jsonb(NEW) - releasing THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'work lock % is final: release it and set another one', OLD.id USING ERRCODE = 'HL001';
END $$;

CREATE TRIGGER work_lock_is_final BEFORE UPDATE OR DELETE ON work_lock
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_work_lock();

CREATE FUNCTION wait_for_writers_of_work() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM take_work_locks(NEW.organisation_id);
    RETURN NEW;
END $$;

CREATE TRIGGER work_lock_waits_for_writers BEFORE INSERT ON work_lock
    FOR EACH ROW EXECUTE FUNCTION wait_for_writers_of_work();

-- The day on which a time entry or an expense lies; null: on none, as with what is deleted, or only planned.
CREATE FUNCTION held_day(work jsonb) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN work ->> 'deleted_at' IS NULL THEN
        coalesce(work ->> 'work_date', CASE WHEN work ->> 'actual_minor' <> '0' THEN work ->> 'paid_on' END)
    END::date
$$;

CREATE FUNCTION require_open_period(work jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM work_lock l
        WHERE l.organisation_id = (work ->> 'organisation_id')::bigint AND l.kind = 'PERIOD_LOCK'
          AND l.released_at IS NULL AND (l.project_id IS NULL OR l.project_id = (work ->> 'project_id')::bigint)
          AND daterange(l.valid_from, l.valid_until) @> held_day(work)
    ) THEN
        RAISE EXCEPTION '% lies in a locked period: nothing in it is added, changed or deleted', held_day(work)
            USING ERRCODE = 'HL005';
    END IF;
END $$;

CREATE FUNCTION refuse_new_work_in_locked_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_work_locks(organisation_id)
    FROM (SELECT DISTINCT organisation_id FROM written ORDER BY organisation_id) whose;
    IF EXISTS (
        SELECT FROM work_lock
        WHERE organisation_id IN (SELECT organisation_id FROM written) AND kind = 'PERIOD_LOCK' AND released_at IS NULL
    ) THEN
        PERFORM require_open_period(to_jsonb(written)) FROM written;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION refuse_change_in_locked_period() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM keep_work_locks(OLD.organisation_id);
    PERFORM require_open_period(to_jsonb(OLD));
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    PERFORM require_open_period(to_jsonb(NEW));
    RETURN NEW;
END $$;

-- Not of what rating and billing write: an amount that is not frozen may move, and locked work may be billed.
CREATE TRIGGER time_entry_is_logged_in_open_periods AFTER INSERT ON time_entry
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_work_in_locked_period();
CREATE TRIGGER time_entry_of_locked_period_stays BEFORE DELETE OR UPDATE OF person_id, project_id, task_id, role_id,
    hour_type_id, work_date, seconds, note, status, deleted_at ON time_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change_in_locked_period();
CREATE TRIGGER expense_is_entered_in_open_periods AFTER INSERT ON expense
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_work_in_locked_period();
CREATE TRIGGER expense_of_locked_period_stays BEFORE DELETE OR UPDATE OF project_id, task_id, expense_type_id,
    description, planned_minor, actual_minor, planned_units, actual_units, planned_on, paid_on, is_billable,
    is_reimbursable, is_reimbursed, status, deleted_at ON expense
    FOR EACH ROW EXECUTE FUNCTION refuse_change_in_locked_period();
