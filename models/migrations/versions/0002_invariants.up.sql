-- No overlap among the rate lines of one scope that are in force. The embedded PostgreSQL has no btree_gist, so the
-- scope is a range of one number: equality becomes overlap, and range types alone carry the constraint.
ALTER TABLE rate_line ADD CONSTRAINT ex_rate_line_overlap EXCLUDE USING gist (
    int8range(scope_id, scope_id, '[]') WITH &&,
    daterange(valid_from, valid_until) WITH &&
) WHERE (retired_at IS NULL);

CREATE FUNCTION currency_number(code varchar) RETURNS int LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT ascii(substr(code, 1, 1)) * 65536 + ascii(substr(code, 2, 1)) * 256 + ascii(substr(code, 3, 1))
$$;

ALTER TABLE exchange_rate ADD CONSTRAINT ex_exchange_rate_overlap EXCLUDE USING gist (
    int8range(organisation_id, organisation_id, '[]') WITH &&,
    int8range(coalesce(project_id, 0), coalesce(project_id, 0), '[]') WITH &&,
    int4range(currency_number(currency), currency_number(currency), '[]') WITH &&,
    daterange(valid_from, valid_until) WITH &&
) WHERE (retired_at IS NULL);

ALTER TABLE person_role ADD CONSTRAINT ex_person_role_one_primary EXCLUDE USING gist (
    int8range(person_id, person_id, '[]') WITH &&,
    daterange(valid_from, valid_until) WITH &&
) WHERE (is_primary);

ALTER TABLE fiscal_period ADD CONSTRAINT ex_fiscal_period_overlap EXCLUDE USING gist (
    int8range(organisation_id, organisation_id, '[]') WITH &&,
    daterange(valid_from, valid_until) WITH &&
);

-- Facts are appended. Nobody edits or deletes them, whatever program they use.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% % is final: append a correction instead', TG_TABLE_NAME, OLD.id
        USING ERRCODE = 'HL001';
END $$;

CREATE TRIGGER valuation_is_final BEFORE UPDATE OR DELETE ON valuation
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_entry_is_final BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_posting_is_final BEFORE UPDATE OR DELETE ON journal_posting
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_is_final BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER delivery_attempt_is_final BEFORE UPDATE OR DELETE ON delivery_attempt
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Of an actual only the three fields of project-invoicing 3.4 may change.
CREATE FUNCTION refuse_change_of_actual() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changeable text[] := ARRAY['billing_status', 'adjustment_status', 'description'];
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - changeable <> to_jsonb(NEW) - changeable THEN
        RAISE EXCEPTION 'actual % is never edited: reverse it', OLD.id USING ERRCODE = 'HL001';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER actual_is_never_edited BEFORE UPDATE OR DELETE ON actual
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_actual();

-- A reversal is its original with the opposite sign (I1).
CREATE FUNCTION require_exact_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    original actual%ROWTYPE;
BEGIN
    SELECT * INTO original FROM actual WHERE id = NEW.reverses_id;
    IF original.quantity <> -NEW.quantity OR original.amount_minor <> -NEW.amount_minor
       OR original.currency <> NEW.currency OR original.transaction_type <> NEW.transaction_type THEN
        RAISE EXCEPTION 'actual % does not reverse % exactly', NEW.id, NEW.reverses_id USING ERRCODE = 'HL002';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER actual_reversal_is_exact BEFORE INSERT ON actual
    FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION require_exact_reversal();

-- What a posted billing record holds is frozen, cost and revenue (C-01).
CREATE FUNCTION refuse_change_of_billed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.is_locked THEN
        RAISE EXCEPTION '% % is billed: nothing of it changes any more', TG_TABLE_NAME, OLD.id USING ERRCODE = 'HL003';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER time_entry_billed_is_frozen BEFORE UPDATE OR DELETE ON time_entry
    FOR EACH ROW WHEN (OLD.is_locked) EXECUTE FUNCTION refuse_change_of_billed();
CREATE TRIGGER expense_billed_is_frozen BEFORE UPDATE OR DELETE ON expense
    FOR EACH ROW WHEN (OLD.is_locked) EXECUTE FUNCTION refuse_change_of_billed();

-- Once confirmed, a record only ever becomes posted; once posted, nothing of it changes.
CREATE FUNCTION refuse_change_of_final_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    posting text[] := ARRAY['status', 'posted_at', 'row_version', 'invoice_reference'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status = 'CONFIRMED' AND NEW.status = 'POSTED'
       AND to_jsonb(OLD) - posting = to_jsonb(NEW) - posting THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'billing record % is final: correct it with a further record', OLD.number USING ERRCODE = 'HL003';
END $$;

CREATE TRIGGER billing_record_final_is_frozen BEFORE UPDATE OR DELETE ON billing_record
    FOR EACH ROW WHEN (OLD.status IN ('CONFIRMED', 'POSTED')) EXECUTE FUNCTION refuse_change_of_final_record();

-- Lines of a record that is confirmed or posted stay as they are, and none is moved onto it.
CREATE FUNCTION refuse_change_of_confirmed_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    records bigint[] := CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.billing_record_id]
        WHEN 'DELETE' THEN ARRAY[OLD.billing_record_id]
        ELSE ARRAY[OLD.billing_record_id, NEW.billing_record_id] END;
BEGIN
    IF EXISTS (SELECT FROM billing_record r WHERE r.id = ANY(records) AND r.status IN ('CONFIRMED', 'POSTED')) THEN
        RAISE EXCEPTION 'the lines of a confirmed billing record are final' USING ERRCODE = 'HL003';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER billing_record_line_confirmed_is_final BEFORE INSERT OR UPDATE OR DELETE ON billing_record_line
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_confirmed_line();

-- Double entry. Postings come with their entry, in its transaction; at commit they sum to zero per currency, in the
-- document's currency and in that of the books. One check per entry, however many postings it has.
CREATE FUNCTION refuse_late_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT transaction_id FROM journal_entry WHERE id = NEW.journal_entry_id) <> pg_current_xact_id()::text::bigint THEN
        RAISE EXCEPTION 'journal entry % is posted: it takes no further postings', NEW.journal_entry_id
            USING ERRCODE = 'HL001';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER journal_posting_comes_with_its_entry BEFORE INSERT ON journal_posting
    FOR EACH ROW EXECUTE FUNCTION refuse_late_posting();

CREATE FUNCTION require_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    off text;
BEGIN
    SELECT string_agg(currency || ' ' || minor, ', ') INTO off FROM (
        SELECT currency, sum(amount_minor) AS minor FROM journal_posting WHERE journal_entry_id = NEW.id GROUP BY currency
        UNION ALL
        SELECT base_currency || ' (base)', sum(base_minor) FROM journal_posting WHERE journal_entry_id = NEW.id
        GROUP BY base_currency
    ) sums WHERE minor <> 0;
    IF off IS NOT NULL THEN
        RAISE EXCEPTION 'journal entry % does not balance: off by % minor units', NEW.reference, off
            USING ERRCODE = 'HL004';
    END IF;
    IF (SELECT count(*) FROM journal_posting WHERE journal_entry_id = NEW.id) < 2 THEN
        RAISE EXCEPTION 'journal entry % needs at least two postings', NEW.reference USING ERRCODE = 'HL004';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER journal_entry_balances AFTER INSERT ON journal_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_balance();

-- A payload that was stored under a reference is never replaced by other content.
CREATE FUNCTION refuse_other_payload() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.payload IS NOT NULL
       AND (NEW.payload IS DISTINCT FROM OLD.payload OR NEW.payload_sha256 IS DISTINCT FROM OLD.payload_sha256)
       AND OLD.state NOT IN ('PENDING', 'PARKED', 'REJECTED') THEN
        RAISE EXCEPTION 'delivery %: its content may already be there and cannot change', OLD.reference
            USING ERRCODE = 'HL001';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER delivery_payload_is_final BEFORE UPDATE ON delivery
    FOR EACH ROW EXECUTE FUNCTION refuse_other_payload();
