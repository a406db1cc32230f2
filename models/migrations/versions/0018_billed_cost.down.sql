DROP TRIGGER time_entry_billed_is_frozen ON time_entry;
CREATE TRIGGER time_entry_billed_is_frozen BEFORE UPDATE OR DELETE ON time_entry
    FOR EACH ROW WHEN (OLD.is_locked) EXECUTE FUNCTION refuse_change_of_billed();
DROP FUNCTION refuse_change_of_billed_hours();

ALTER TABLE valuation DISABLE TRIGGER valuation_is_final;
UPDATE valuation SET cause = 'RECALCULATED' WHERE cause = 'BILLED_COST';
ALTER TABLE valuation ENABLE TRIGGER valuation_is_final;
