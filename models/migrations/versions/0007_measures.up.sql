-- A baseline is what was: only which one is the default may change. Taking it away as a whole is allowed.
CREATE FUNCTION refuse_change_of_baseline() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - 'is_default' <> to_jsonb(NEW) - 'is_default' THEN
        RAISE EXCEPTION 'baseline % is final: take another one', OLD.id USING ERRCODE = 'HL001';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER baseline_is_final BEFORE UPDATE ON baseline
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_baseline();
CREATE TRIGGER baseline_task_is_final BEFORE UPDATE ON baseline_task
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
