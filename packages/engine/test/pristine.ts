/** Statements by which a database of Postgres can tell that it has the tables it began with, and have their rows again. */

/** Whatever a statement other than on rows changes: tables and their files, functions, triggers, settings. */
const shape = `
  SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM (
    SELECT concat_ws(' ', oid, relname, relkind, relfilenode, relnatts, relchecks, relhastriggers, reloptions) AS part
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'namespace', oid) FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL SELECT concat_ws(' ', 'function', oid, prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat_ws(' ', 'trigger', oid, tgenabled) FROM pg_trigger
    UNION ALL SELECT concat_ws(' ', 'settings', setconfig) FROM pg_db_role_setting
  ) AS parts`

/** False for a database that can't be used again. */
const again = `
  DECLARE
    name text;
    deleted bigint;
    total bigint := 0;
  BEGIN
    PERFORM set_config('lock_timeout', '2s', true);
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR looks IN 1..100 LOOP
      EXIT WHEN NOT EXISTS (
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid());
      IF looks = 100 THEN RETURN false; END IF;
      PERFORM pg_sleep(0.005);
      PERFORM pg_stat_clear_snapshot();
    END LOOP;
    IF pristine.shape() IS DISTINCT FROM (SELECT beginning.shape FROM pristine.beginning) THEN RETURN false; END IF;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
      EXECUTE format('DELETE FROM public.%I', name);
      GET DIAGNOSTICS deleted = ROW_COUNT;
      total := total + deleted;
      IF to_regclass('pristine.' || quote_ident(name)) IS NOT NULL THEN
        EXECUTE format('INSERT INTO public.%I SELECT * FROM pristine.%I', name, name);
      END IF;
    END LOOP;
    RETURN total <= 2000;
  END`

const keepRows = `
  DECLARE
    name text;
    isEmpty boolean;
  BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
      EXECUTE format('SELECT NOT EXISTS (SELECT FROM public.%I)', name) INTO isEmpty;
      IF NOT isEmpty THEN EXECUTE format('CREATE TABLE pristine.%I AS TABLE public.%I', name, name); END IF;
    END LOOP;
  END`

/** For the template, once it is migrated. Then `pristine.again()` gives a copy the rows that it began with. */
export const keeping: ReadonlyArray<string> = [
  "CREATE SCHEMA pristine",
  `DO $do$${keepRows}$do$`,
  `CREATE FUNCTION pristine.shape() RETURNS text LANGUAGE sql AS $f$${shape}$f$`,
  `CREATE FUNCTION pristine.again() RETURNS boolean LANGUAGE plpgsql AS $f$${again}$f$`,
  "CREATE TABLE pristine.beginning AS SELECT pristine.shape() AS shape"
]
