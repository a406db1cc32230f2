-- Billed hours are frozen, cost and revenue (C-01), except for what a recalculation was told to do: another cost, by a
-- valuation of theirs that was appended for that, with the revenue they have. Undoing gives back the cost before it.
--
--     RECALCULATED   cost 40  revenue 60      billed
--     BILLED_COST    cost 50  revenue 60      includeBilledCost
--     UNDONE         cost 40  revenue 60      that run taken back: what came before the valuation that it replaces
CREATE FUNCTION refuse_change_of_billed_hours() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    movable text[] := ARRAY['cost_minor', 'valuation_id', 'reason_id', 'row_version'];
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - movable = to_jsonb(NEW) - movable AND EXISTS (
        SELECT FROM valuation new_one
        WHERE new_one.id = NEW.valuation_id AND new_one.id > OLD.valuation_id AND new_one.time_entry_id = OLD.id
          AND new_one.cost_minor = NEW.cost_minor AND new_one.reason_id = NEW.reason_id
          AND new_one.revenue_minor = OLD.revenue_minor
          AND new_one.uncapped_revenue_minor = OLD.uncapped_revenue_minor
          AND new_one.seconds = OLD.seconds AND new_one.work_date = OLD.work_date
          AND (new_one.cause = 'BILLED_COST' OR new_one.cause = 'UNDONE' AND new_one.cost_minor = (
              SELECT before.cost_minor FROM valuation undone JOIN valuation before
                  ON before.time_entry_id = undone.time_entry_id AND before.id < undone.id
              WHERE undone.id = OLD.valuation_id AND undone.cause = 'BILLED_COST'
              ORDER BY before.id DESC LIMIT 1
          ))
    ) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% % is billed: nothing of it changes any more', TG_TABLE_NAME, OLD.id USING ERRCODE = 'HL003';
END $$;

DROP TRIGGER time_entry_billed_is_frozen ON time_entry;
CREATE TRIGGER time_entry_billed_is_frozen BEFORE UPDATE OR DELETE ON time_entry
    FOR EACH ROW WHEN (OLD.is_locked) EXECUTE FUNCTION refuse_change_of_billed_hours();
