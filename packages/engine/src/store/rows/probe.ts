/** A test write that needs the same as accepting a webhook: free disk space, and tables that are not locked. */
import { Clock, Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { InboxUnavailable } from "../../ports/Inbox.ts"

/**
 * One statement, so that a frozen relay holds no lock. It recreates the table, because a row that fits into existing
 * pages would need no space; but not while a session such as a backup reads the table. The filler is 16 KiB that can't
 * be compressed, about the size of a webhook with some people.
 */
const onPostgres = `DO $$ BEGIN
  PERFORM set_config('lock_timeout', '1500', true);
  BEGIN
    LOCK TABLE probes IN ACCESS EXCLUSIVE MODE NOWAIT;
    TRUNCATE probes;
  EXCEPTION WHEN lock_not_available OR insufficient_privilege THEN NULL;
  END;
  LOCK TABLE people, webhooks, invitations, attempts IN ROW EXCLUSIVE MODE;
  INSERT INTO probes (id, at, filler)
    SELECT 1, extract(epoch FROM now()) * 1000, string_agg(md5(random()::text), '') FROM generate_series(1, 512)
    ON CONFLICT (id) DO UPDATE SET at = excluded.at, filler = excluded.filler;
END $$`

/** Writes the probe. */
export const probe = (sql: SqlClient.SqlClient): Effect.Effect<void, SqlError.SqlError | InboxUnavailable> =>
  sql.onDialectOrElse({
    pg: () =>
      Effect.catchIf(
        sql.unsafe(onPostgres),
        ({ reason }) => reason._tag === "LockTimeoutError",
        () => Effect.fail(new InboxUnavailable({ cause: new Error("another session has locked a table") }))
      ),
    orElse: () =>
      Effect.flatMap(
        Clock.currentTimeMillis,
        (now) => sql`INSERT INTO probes (id, at, filler) VALUES (1, ${now}, hex(randomblob(8192)))
          ON CONFLICT (id) DO UPDATE SET at = excluded.at, filler = excluded.filler`
      )
  })
