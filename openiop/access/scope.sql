-- What the door binds to a transaction, and how policies read it back. Safe to run again.
CREATE SCHEMA IF NOT EXISTS door;
GRANT USAGE ON SCHEMA door TO PUBLIC;

-- An unset organization raises: a query that forgot its scope must fail loudly.
CREATE OR REPLACE FUNCTION door.organization() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE bound text := current_setting('iop.org', true);
BEGIN
  IF coalesce(bound, '') = '' THEN
    RAISE EXCEPTION 'no organization is bound to this transaction' USING
      ERRCODE = '42501', HINT = 'Open the door first.';
  END IF;
  RETURN CASE WHEN bound = '*' THEN NULL ELSE bound::bigint END;
END $$;

-- The owner alone, and only when it says so, sees all organizations: migrations and backups.
CREATE OR REPLACE FUNCTION door.everything() RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT coalesce(current_setting('iop.org', true), '') = '*'
     AND EXISTS (SELECT 1 FROM pg_class WHERE oid = to_regclass('public.access_organization')
                 AND relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user))
$$;

CREATE OR REPLACE FUNCTION door.ids(setting text) RETURNS bigint[] LANGUAGE sql STABLE AS $$
  SELECT coalesce(nullif(current_setting(setting, true), ''), '{}')::bigint[]
$$;
CREATE OR REPLACE FUNCTION door.clinics() RETURNS bigint[] LANGUAGE sql STABLE AS
  $$ SELECT door.ids('iop.clinics') $$;
CREATE OR REPLACE FUNCTION door.blocked() RETURNS bigint[] LANGUAGE sql STABLE AS
  $$ SELECT door.ids('iop.blocked') $$;
CREATE OR REPLACE FUNCTION door.emergency() RETURNS bigint[] LANGUAGE sql STABLE AS
  $$ SELECT door.ids('iop.emergency') $$;

-- Is this the record of one of the bound clinics, and not closed to whoever is bound? Asked for rows
-- of other clinics only.
CREATE OR REPLACE FUNCTION door.at_home(p_record bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE bound text := current_setting('iop.org', true); v_home boolean;
BEGIN
  PERFORM set_config('iop.org', '*', true);
  v_home := EXISTS (SELECT 1 FROM access_record r
                     WHERE r.id = p_record AND r.clinic_id = ANY (door.clinics()))
            AND p_record <> ALL (door.blocked());
  PERFORM set_config('iop.org', coalesce(bound, ''), true);
  RETURN v_home;
END $$;

CREATE OR REPLACE FUNCTION door.set(org text, clinics bigint[], blocked bigint[], emergency bigint[])
RETURNS void LANGUAGE sql AS $$
  SELECT set_config('iop.org', org, true), set_config('iop.clinics', clinics::text, true),
         set_config('iop.blocked', blocked::text, true), set_config('iop.emergency', emergency::text, true)
$$;

DROP FUNCTION IF EXISTS door.bind(bigint, text[], timestamptz);
-- Binds a signed-in user: organization, roles by clinic, clinics where one of the act's roles is
-- held today (each clinic's own day), records the user is blocked from, records opened in emergency.
-- Nobody is bound from the day they left on (the organization's own day).
CREATE OR REPLACE FUNCTION door.bind(p_user bigint, p_roles text[], p_now timestamptz)
RETURNS TABLE (organization bigint, staff bigint, roles jsonb, clinics bigint[], blocked bigint[],
               emergency bigint[], timezone text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('iop.org', '*', true);
  SELECT u.organization_id, s.id, o.timezone INTO organization, staff, timezone
    FROM access_user u JOIN access_staff s ON s.user_id = u.id
    JOIN access_organization o ON o.id = u.organization_id
   WHERE u.id = p_user AND u.is_active
     AND (s.left_on IS NULL OR s.left_on > (p_now AT TIME ZONE o.timezone)::date);
  IF organization IS NULL THEN
    PERFORM door.set('', '{}', '{}', '{}');
    RETURN;
  END IF;
  SELECT coalesce(jsonb_object_agg(held.clinic_id, held.names), '{}'),
         coalesce(array_agg(held.clinic_id) FILTER (WHERE held.names && p_roles), '{}')
    INTO roles, clinics
    FROM (SELECT a.clinic_id, array_agg(a.role::text) AS names
            FROM access_roleassignment a JOIN access_clinic c ON c.id = a.clinic_id
           WHERE a.staff_id = staff AND a.during @> (p_now AT TIME ZONE c.timezone)::date
           GROUP BY a.clinic_id) held;
  SELECT coalesce(array_agg(e.record_id), '{}') INTO emergency FROM access_emergencyaccess e
   WHERE e.user_id = p_user AND p_now >= e.started_at AND p_now < e.ends_at;
  SELECT coalesce(array_agg(id), '{}') INTO blocked FROM (
    SELECT b.record_id AS id FROM access_recordblock b
     WHERE b.user_id = p_user AND b.lifted_at IS NULL
    UNION
    SELECT r.id FROM access_record r
     WHERE r.restricted AND r.organization_id = organization AND r.id <> ALL (emergency)
       AND NOT EXISTS (SELECT 1 FROM access_recordgrant g WHERE g.record_id = r.id AND g.user_id = p_user)
  ) hidden;
  PERFORM door.set(organization::text, clinics, blocked, emergency);
  RETURN NEXT;
END $$;

-- Binds a job or system actor: one organization, all of its clinics.
CREATE OR REPLACE FUNCTION door.bind_system(p_organization bigint)
RETURNS bigint[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE v_clinics bigint[];
BEGIN
  PERFORM set_config('iop.org', '*', true);
  SELECT coalesce(array_agg(id), '{}') INTO v_clinics FROM access_clinic
   WHERE organization_id = p_organization;
  PERFORM door.set(p_organization::text, v_clinics, '{}', '{}');
  RETURN v_clinics;
END $$;

-- Binds a stranger to the organization whose public site answers at a host, or else to the first;
-- to none of its clinics, so that no row of a clinic or of a person is in reach.
CREATE OR REPLACE FUNCTION door.bind_public(p_host text)
RETURNS TABLE (organization bigint, timezone text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  SELECT o.id, o.timezone INTO organization, timezone FROM access_organization o
   WHERE o.site_host IN (lower(p_host), '') ORDER BY o.site_host = '', o.id LIMIT 1;
  IF organization IS NULL THEN
    PERFORM door.set('', '{}', '{}', '{}');
    RETURN;
  END IF;
  PERFORM door.set(organization::text, '{}', '{}', '{}');
  RETURN NEXT;
END $$;

DROP FUNCTION IF EXISTS door.bind_link(bytea, text, timestamptz);
-- Opens a link by the hash of its token for one act, if it is alive; binds its one clinic.
CREATE OR REPLACE FUNCTION door.bind_link(p_hash bytea, p_act text, p_now timestamptz)
RETURNS TABLE (link bigint, organization bigint, clinic bigint, record bigint, target bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM set_config('iop.org', '*', true);
  SELECT l.id, l.organization_id, l.clinic_id, l.record_id, l.target
    INTO link, organization, clinic, record, target FROM access_link l
   WHERE l.token_hash = p_hash AND l.act = p_act AND l.revoked_at IS NULL AND l.expires_at > p_now;
  IF link IS NULL THEN
    PERFORM door.set('', '{}', '{}', '{}');
    RETURN;
  END IF;
  PERFORM door.set(organization::text, ARRAY[clinic], '{}', '{}');
  RETURN NEXT;
END $$;

-- Records of the bound organization by a number or by ids, wherever they are kept and whoever may
-- open them: for breaking the glass, and for those who decide who may. Tells no more than that.
CREATE OR REPLACE FUNCTION door.records(p_number text, p_ids bigint[])
RETURNS TABLE (record bigint, number text, clinic bigint, restricted boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE bound text := current_setting('iop.org', true); v_organization bigint := door.organization();
BEGIN
  PERFORM set_config('iop.org', '*', true);
  RETURN QUERY SELECT r.id, r.number::text, r.clinic_id, r.restricted FROM access_record r
    WHERE (r.number = p_number OR r.id = ANY (p_ids)) AND r.organization_id = v_organization;
  PERFORM set_config('iop.org', bound, true);
END $$;

-- Restricts a record or opens it again: whoever does so may be unable to open it.
CREATE OR REPLACE FUNCTION door.restrict(p_record bigint, p_restricted boolean)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE bound text := current_setting('iop.org', true); v_organization bigint := door.organization();
BEGIN
  PERFORM set_config('iop.org', '*', true);
  UPDATE access_record SET restricted = p_restricted
   WHERE id = p_record AND organization_id = v_organization;
  PERFORM set_config('iop.org', bound, true);
END $$;
