from django.db import migrations

from qiying.kernel.tenancy import protect

# A case is made of a verified closure only, and the closure stands in other tables.
CLOSURE = """
CREATE FUNCTION casebook_require_closure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM calls_call c
          JOIN calls_round r ON r.tenant_id = c.tenant_id AND r.call_id = c.id
                            AND r.number = c.current_round
         WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.call_id
           AND c.state IN ('closed', 'archived') AND c.closure_type = 'solved' AND c.is_confirmed
           AND r.resolved = 'yes' AND r.reopened_at IS NULL AND r.called_back_by_id IS NOT NULL
           AND NOT EXISTS (
               SELECT 1 FROM calls_call o
                WHERE o.tenant_id = c.tenant_id AND o.enterprise_id = c.enterprise_id
                  AND o.matter_code = c.matter_code AND o.matter_code <> '' AND o.id <> c.id
                  AND (o.received_at > r.started_at OR o.id > c.id)
                  AND o.received_at >= r.started_at
                  AND o.received_at <= r.closed_at + interval '30 days')
    ) THEN
        RAISE EXCEPTION 'a typical case tells of a call whose closure is verified'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_of_a_verified_closure';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_of_a_verified_closure BEFORE INSERT ON casebook_case
    FOR EACH ROW EXECUTE FUNCTION casebook_require_closure();
CREATE TRIGGER case_published_of_a_verified_closure BEFORE UPDATE OF state ON casebook_case
    FOR EACH ROW WHEN (NEW.state = 'published' AND OLD.state = 'accepted')
    EXECUTE FUNCTION casebook_require_closure();
"""
CLOSURE_BACK = """
DROP TRIGGER case_published_of_a_verified_closure ON casebook_case;
DROP TRIGGER case_of_a_verified_closure ON casebook_case;
DROP FUNCTION casebook_require_closure();
"""
# Who had a hand in the call or in the nomination neither reads nor decides nor publishes.
OTHERS = """
CREATE FUNCTION casebook_case_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.call_id, NEW.nominated_by_id, NEW.card, NEW.involved) IS DISTINCT FROM
       (OLD.call_id, OLD.nominated_by_id, OLD.card, OLD.involved) THEN
        RAISE EXCEPTION 'the card of the call is frozen'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_card_kept';
    END IF;
    IF NEW.decided_by_id IS NOT NULL AND NEW.decided_by_id IS DISTINCT FROM OLD.decided_by_id
       AND (NEW.involved @> to_jsonb(NEW.decided_by_id) OR EXISTS (
            SELECT 1 FROM casebook_casereview r WHERE r.tenant_id = NEW.tenant_id
               AND r.case_id = NEW.id AND r.reviewer_id = NEW.decided_by_id AND NOT r.is_void))
    THEN
        RAISE EXCEPTION 'handlers, nominators and reviewers of a case do not decide on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'case_decided_by_a_stranger';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER case_kept BEFORE UPDATE ON casebook_case
    FOR EACH ROW EXECUTE FUNCTION casebook_case_kept();

CREATE FUNCTION casebook_review_by_another() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM casebook_case c WHERE c.tenant_id = NEW.tenant_id
                AND c.id = NEW.case_id AND c.involved @> to_jsonb(NEW.reviewer_id)) THEN
        RAISE EXCEPTION 'who handled or nominated a case does not review it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'casereview_by_another';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER casereview_by_another BEFORE INSERT OR UPDATE OF reviewer_id ON casebook_casereview
    FOR EACH ROW EXECUTE FUNCTION casebook_review_by_another();

CREATE FUNCTION casebook_review_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.reviewed_at IS NOT NULL AND (TG_OP = 'DELETE'
       OR to_jsonb(NEW) - 'is_void' <> to_jsonb(OLD) - 'is_void') THEN
        RAISE EXCEPTION 'a review that was given is not changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'casereview_kept';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER casereview_kept BEFORE UPDATE OR DELETE ON casebook_casereview
    FOR EACH ROW EXECUTE FUNCTION casebook_review_kept();

CREATE FUNCTION casebook_version_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published version is not changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'caseversion_kept';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.published_by_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM casebook_case c WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.case_id
           AND c.involved @> to_jsonb(NEW.published_by_id)) THEN
        RAISE EXCEPTION 'who handled or nominated a case does not publish it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'caseversion_published_by_another';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER caseversion_kept BEFORE UPDATE OR DELETE ON casebook_caseversion
    FOR EACH ROW EXECUTE FUNCTION casebook_version_kept();

CREATE FUNCTION casebook_citation_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM casebook_case c WHERE c.tenant_id = NEW.tenant_id
                    AND c.id = NEW.case_id AND c.published_version_id = NEW.version_id
                    AND c.state <> 'withdrawn' AND c.call_id <> NEW.call_id) THEN
        RAISE EXCEPTION 'only the published version of a case is cited, and for another call'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'citation_of_published';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER citation_of_published BEFORE INSERT ON casebook_citation
    FOR EACH ROW EXECUTE FUNCTION casebook_citation_of_published();
"""
OTHERS_BACK = """
DROP TRIGGER citation_of_published ON casebook_citation;
DROP FUNCTION casebook_citation_of_published();
DROP TRIGGER caseversion_kept ON casebook_caseversion;
DROP FUNCTION casebook_version_kept();
DROP TRIGGER casereview_kept ON casebook_casereview;
DROP FUNCTION casebook_review_kept();
DROP TRIGGER casereview_by_another ON casebook_casereview;
DROP FUNCTION casebook_review_by_another();
DROP TRIGGER case_kept ON casebook_case;
DROP FUNCTION casebook_case_kept();
"""
SELECTION = """
CREATE FUNCTION casebook_mark_not_barred() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM casebook_entry e JOIN casebook_seat s ON s.id = NEW.seat_id
           AND s.tenant_id = NEW.tenant_id
         WHERE e.id = NEW.entry_id AND e.tenant_id = NEW.tenant_id
           AND e.selection_id = s.selection_id AND e.submitted_by_id <> s.person_id
           AND (s.county = '' OR s.county <> e.county)
           AND (e.unit_id IS NULL OR NOT s.units @> to_jsonb(e.unit_id))
           AND NOT EXISTS (SELECT 1 FROM casebook_interest i WHERE i.tenant_id = NEW.tenant_id
                            AND i.seat_id = s.id AND i.entry_id = e.id)) THEN
        RAISE EXCEPTION 'a panelist with a conflict of interest does not read this entry'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mark_not_barred';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER mark_not_barred BEFORE INSERT ON casebook_entrymark
    FOR EACH ROW EXECUTE FUNCTION casebook_mark_not_barred();

CREATE FUNCTION casebook_mark_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.marked_at IS NOT NULL OR (TG_OP = 'UPDATE' AND
       (NEW.seat_id, NEW.entry_id) IS DISTINCT FROM (OLD.seat_id, OLD.entry_id)) THEN
        RAISE EXCEPTION 'marks that were given are not changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'mark_kept';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER mark_kept BEFORE UPDATE OR DELETE ON casebook_entrymark
    FOR EACH ROW EXECUTE FUNCTION casebook_mark_kept();

CREATE FUNCTION casebook_selection_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('final', 'cancelled') THEN
        RAISE EXCEPTION 'a selection that is over is not changed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'selection_kept';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = 'final' AND (OLD.state <> 'publicity' OR EXISTS (
        SELECT 1 FROM casebook_objection o JOIN casebook_entry e ON e.id = o.entry_id
         WHERE o.tenant_id = NEW.tenant_id AND e.selection_id = NEW.id AND o.state = 'open')) THEN
        RAISE EXCEPTION 'a list is final after its publicity period and with every objection settled'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'selection_final_settled';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER selection_kept BEFORE UPDATE OR DELETE ON casebook_selection
    FOR EACH ROW EXECUTE FUNCTION casebook_selection_kept();

CREATE FUNCTION casebook_entry_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM casebook_selection s WHERE s.tenant_id = OLD.tenant_id
                AND s.id = OLD.selection_id AND s.state IN ('final', 'cancelled'))
       OR (TG_OP = 'UPDATE' AND OLD.blind IS NOT NULL AND
           (NEW.blind, NEW.title, NEW.background, NEW.difficulty, NEW.practice, NEW.effect,
            NEW.replicable, NEW.county, NEW.unit_id, NEW.submitted_by_id) IS DISTINCT FROM
           (OLD.blind, OLD.title, OLD.background, OLD.difficulty, OLD.practice, OLD.effect,
            OLD.replicable, OLD.county, OLD.unit_id, OLD.submitted_by_id)) THEN
        RAISE EXCEPTION 'an entry is not changed once it is being read'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'entry_kept';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER entry_kept BEFORE UPDATE OR DELETE ON casebook_entry
    FOR EACH ROW EXECUTE FUNCTION casebook_entry_kept();

CREATE FUNCTION casebook_objection_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM casebook_entry e JOIN casebook_selection s
                      ON s.id = e.selection_id AND s.tenant_id = e.tenant_id
                    WHERE e.id = NEW.entry_id AND e.tenant_id = NEW.tenant_id
                      AND e.is_chosen AND s.state = 'publicity') THEN
        RAISE EXCEPTION 'objections are raised while a list is publicised, against what is on it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'objection_in_time';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER objection_in_time BEFORE INSERT ON casebook_objection
    FOR EACH ROW EXECUTE FUNCTION casebook_objection_in_time();
"""
SELECTION_BACK = """
DROP TRIGGER objection_in_time ON casebook_objection;
DROP FUNCTION casebook_objection_in_time();
DROP TRIGGER entry_kept ON casebook_entry;
DROP FUNCTION casebook_entry_kept();
DROP TRIGGER selection_kept ON casebook_selection;
DROP FUNCTION casebook_selection_kept();
DROP TRIGGER mark_kept ON casebook_entrymark;
DROP FUNCTION casebook_mark_kept();
DROP TRIGGER mark_not_barred ON casebook_entrymark;
DROP FUNCTION casebook_mark_not_barred();
"""


class Migration(migrations.Migration):
    dependencies = [("casebook", "0001_initial"), ("kernel", "0002_protection")]

    operations = [
        protect(
            "casebook_case",
            "casebook_caseversion",
            "casebook_findingreason",
            "casebook_casereview",
            "casebook_citation",
            "casebook_selection",
            "casebook_entry",
            "casebook_seat",
            "casebook_interest",
            "casebook_entrymark",
            "casebook_objection",
        ),
        migrations.RunSQL(CLOSURE, CLOSURE_BACK),
        migrations.RunSQL(OTHERS, OTHERS_BACK),
        migrations.RunSQL(SELECTION, SELECTION_BACK),
    ]
