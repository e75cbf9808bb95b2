/**
 * The schema of the relay's database. `StoreSql.layer` brings it up to date before anything else reads the tables. A package
 * with tables of its own keeps its migrations under a name of its own, with `make`.
 */
import { Effect } from "effect"
import { Migrator, SqlClient } from "effect/sql"
import { InboxUnavailable } from "../ports/Inbox.ts"
import createSchema from "./migrations/0001_schema.ts"
import standardNames from "./migrations/0018_standard_names.ts"
import lives from "./migrations/0019_lives.ts"
import indexRefusals from "./migrations/0020_index_refusals.ts"
import cancelAndPin from "./migrations/0022_cancel_and_pin.ts"
import nameRequested from "./migrations/0023_name_requested.ts"
import jobs from "./migrations/0024_jobs.ts"
import expireWithLive from "./migrations/0025_expire_with_live.ts"
import queueTime from "./migrations/0026_queue_time.ts"
import { toInboxUnavailable } from "./rows/transaction.ts"

/**
 * Every migration, by its number and name: a file in `migrations/`.
 *
 * @category migrations
 */
export const migrations = {
  "0001_schema": createSchema,
  "0018_standard_names": standardNames,
  "0019_lives": lives,
  "0020_index_refusals": indexRefusals,
  "0022_cancel_and_pin": cancelAndPin,
  "0023_name_requested": nameRequested,
  "0024_jobs": jobs,
  "0025_expire_with_live": expireWithLive,
  "0026_queue_time": queueTime
}

/** The migrations of databases that were made before `0001_schema`. `0018_standard_names` upgrades the last of them. */
const former: Readonly<Record<number, string>> = {
  1: "create_inbox",
  2: "separate_people",
  3: "lead_spots",
  4: "hold_and_quarantine",
  6: "create_admin",
  7: "keep_mapping_version",
  8: "keep_receipt",
  9: "identify_by_body",
  10: "chain_audit_log",
  11: "share_bounds",
  12: "key_personal_ids",
  13: "keep_cooldowns",
  15: "keep_lost_calls",
  17: "probe_writes"
}

interface Ran {
  readonly id: number
  readonly name: string
}

/** What has run by this table, in order. */
const history = Effect.fnUntraced(function* (table: string) {
  const sql = yield* SqlClient.SqlClient
  const found = yield* sql.onDialectOrElse({
    pg: () => sql`SELECT 1 AS found WHERE to_regclass(${table}) IS NOT NULL`,
    orElse: () => sql`SELECT 1 AS found FROM sqlite_master WHERE name = ${table}`
  })
  return found.length === 0
    ? []
    : yield* sql<Ran>`SELECT migration_id AS id, name FROM ${sql(table)} ORDER BY migration_id`
})

const keyOf = ({ id, name }: Ran) => `${String(id).padStart(4, "0")}_${name}`

/** Why a database with this history can't be used by this version. */
const refusalOf = (table: string, known: ReadonlyArray<Ran>, ran: ReadonlyArray<Ran>): string | undefined => {
  const last = ran.at(-1)
  const newest = known.at(-1)
  if (last === undefined || newest === undefined) return
  if (last.id > newest.id) {
    return `a later version of Usher has changed it (${keyOf(last)}): start that version`
  }
  const isFormer = ran[0]?.name === former[1]
  const own = known.filter(({ id }) => !isFormer || id > 17)
  const expected = isFormer
    ? [...Object.entries(former).map(([id, name]) => ({ id: Number(id), name })), ...own]
    : own
  const names = new Map(expected.map(({ id, name }) => [id, name]))
  const other = ran.find(({ id, name }) => names.get(id) !== name)
  if (other !== undefined) {
    return `its table ${table} lists ${keyOf(other)}, which this version does not know: start the version that made it, or restore a backup`
  }
  const done = new Set(ran.map(({ id }) => id))
  const gap = expected.find(({ id }) => id < last.id && !done.has(id))
  if (gap !== undefined) {
    return `its table ${table} lacks ${keyOf(gap)}, which comes before ${keyOf(last)}: restore a backup`
  }
  return isFormer && last.id < 17
    ? `its schema is too old (${keyOf(last)}): start an earlier version of Usher once, which brings it to 0017_probe_writes`
    : undefined
}

const refused = (reason: string) => new InboxUnavailable({ cause: new Error(reason) })

/**
 * Migrations by their numbers and names, such as `0001_schema`.
 *
 * @category models
 */
export type Migrations = Readonly<Record<string, Effect.Effect<void, unknown, SqlClient.SqlClient>>>

/**
 * The upgrade of some tables of the database.
 *
 * @category models
 */
export interface Upgrade {
  /**
   * Brings the tables up to date; writes nothing when they are. Returns the migrations that ran. Fails where the database was
   * made by a later version, by one that is too old, or where its list of migrations has gaps or other names.
   */
  readonly migrate: Effect.Effect<
    ReadonlyArray<readonly [id: number, name: string]>,
    InboxUnavailable | Migrator.MigrationError,
    SqlClient.SqlClient
  >
  /**
   * The migrations that `migrate` would run, by name. Writes nothing. Fails where `migrate` would, and where the database
   * can't be read.
   */
  readonly pending: Effect.Effect<ReadonlyArray<string>, InboxUnavailable, SqlClient.SqlClient>
}

/**
 * The upgrade by these migrations. The table lists those that ran.
 *
 * @category constructors
 */
export const make = (table: string, migrations: Migrations): Upgrade => {
  const known = Object.keys(migrations).map((key) => ({
    id: Number.parseInt(key, 10),
    name: key.slice("0000_".length),
    key
  }))
  const ran = Effect.flatMap(history(table), (ran) => {
    const reason = refusalOf(table, known, ran)
    return reason === undefined ? Effect.succeed(ran) : refused(reason)
  })
  const pending = Effect.map(ran, (ran) =>
    known.filter(({ id }) => id > (ran.at(-1)?.id ?? 0)).map(({ key }) => key)
  )
  const run = Migrator.make({})({ loader: Migrator.fromRecord(migrations), table })
  return {
    migrate: Effect.flatMap(pending, (pending) => (pending.length === 0 ? Effect.succeed([]) : run)).pipe(
      Effect.catchTag("SqlError", (cause) => Effect.fail(new InboxUnavailable({ cause })))
    ),
    pending: toInboxUnavailable(pending)
  }
}

const upgrade = make("usher_migrations", migrations)

/**
 * Brings the tables of the engine up to date.
 *
 * @category migrations
 */
export const migrate: Upgrade["migrate"] = upgrade.migrate

/**
 * The migrations that `migrate` would run. Fails also where the database has moved away.
 *
 * @category migrations
 */
export const pending: Upgrade["pending"] = Effect.gen(function* () {
  const pending = yield* upgrade.pending
  if (pending.length === Object.keys(migrations).length) return pending
  const sql = yield* SqlClient.SqlClient
  const moved = yield* sql`SELECT value FROM settings WHERE name = 'moved'`
  if (moved.length > 0) return yield* refused(movedAway)
  return pending
}).pipe(toInboxUnavailable)

/**
 * Why a database that was moved to another one is not used.
 *
 * @category constants
 */
export const movedAway = "it has moved (usher migrate --to), configure the one it moved to"

export {
  /**
   * The types of columns on both databases.
   *
   * @category migrations
   */
  columnTypes
} from "./columns.ts"
