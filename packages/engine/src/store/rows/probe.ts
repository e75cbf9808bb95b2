/** A write that needs what accepting a webhook needs: room on the disk, and tables that are not locked. */
import { Clock, Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { InboxUnavailable } from "../../ports/Inbox.ts"

/**
 * One statement, so that a relay that is frozen meanwhile holds no lock. The table is made anew, because a row that fits
 * into pages that are there would need no room; not while somebody reads it, such as a backup. 16 KiB that can't be
 * compressed, as those of a webhook with some people.
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

/** Writes the row. */
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
