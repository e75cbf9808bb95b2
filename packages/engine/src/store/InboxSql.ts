/**
 * The Inbox on SQL: SQLite or Postgres. One transaction carries all that arrives while the last one is being written.
 */
import { Effect, Exit, Layer, Result } from "effect"
import { SecureRandom } from "effect/crypto"
import { Migrator, SqlClient } from "effect/sql"
import { ending } from "../dispatch/ended.ts"
import { Events } from "../ports/Events.ts"
import { type Accepted, Inbox, InboxUnavailable, patience } from "../ports/Inbox.ts"
import { Signals } from "../ports/Signals.ts"
import { groupCommit } from "../runtime/groupCommit.ts"
import { accept } from "./accept/accept.ts"
import { hashing } from "./accept/identity.ts"
import { repeating } from "./accept/metrics.ts"
import { claiming } from "./claim/claim.ts"
import { forgetting } from "./forget/forget.ts"
import { claimers } from "./map/claimers.ts"
import { map } from "./map/map.ts"
import { receiving } from "./map/received.ts"
import createInbox from "./migrations/0001_create_inbox.ts"
import separatePeople from "./migrations/0002_separate_people.ts"
import leadSpots from "./migrations/0003_lead_spots.ts"
import holdAndQuarantine from "./migrations/0004_hold_and_quarantine.ts"
import createAdmin from "./migrations/0006_create_admin.ts"
import keepMappingVersion from "./migrations/0007_keep_mapping_version.ts"
import keepReceipt from "./migrations/0008_keep_receipt.ts"
import identifyByBody from "./migrations/0009_identify_by_body.ts"
import chainAuditLog from "./migrations/0010_chain_audit_log.ts"
import shareBounds from "./migrations/0011_share_bounds.ts"
import keyPersonalIds from "./migrations/0012_key_personal_ids.ts"
import keepCooldowns from "./migrations/0013_keep_cooldowns.ts"
import keepLostCalls from "./migrations/0015_keep_lost_calls.ts"
import probeWrites from "./migrations/0017_probe_writes.ts"
import { purge } from "./purge.ts"
import { checking } from "./rows/check.ts"
import { keyOf } from "./rows/person.ts"
import { enough, type Store, unavailable } from "./rows/store.ts"
import { DatabaseClock } from "./rows/timeline.ts"
import { replaying } from "./search/replay.ts"
import { searching } from "./search/search.ts"
import { stats } from "./search/stats.ts"
import { waiting } from "./search/waiting.ts"
import { settle } from "./settle/settle.ts"

/**
 * Every migration, by its number and name.
 *
 * @category migrations
 * @since 0.1.0
 */
export const migrations = {
  "0001_create_inbox": createInbox,
  "0002_separate_people": separatePeople,
  "0003_lead_spots": leadSpots,
  "0004_hold_and_quarantine": holdAndQuarantine,
  "0006_create_admin": createAdmin,
  "0007_keep_mapping_version": keepMappingVersion,
  "0008_keep_receipt": keepReceipt,
  "0009_identify_by_body": identifyByBody,
  "0010_chain_audit_log": chainAuditLog,
  "0011_share_bounds": shareBounds,
  "0012_key_personal_ids": keyPersonalIds,
  "0013_keep_cooldowns": keepCooldowns,
  "0015_keep_lost_calls": keepLostCalls,
  "0017_probe_writes": probeWrites
}

/**
 * Brings the tables up to date; does nothing when they are. Which ones it ran.
 *
 * @category migrations
 * @since 0.1.0
 */
export const migrate: Effect.Effect<
  ReadonlyArray<readonly [id: number, name: string]>,
  InboxUnavailable | Migrator.MigrationError,
  SqlClient.SqlClient
> = Migrator.make({})({
  loader: Migrator.fromRecord(migrations),
  table: "usher_migrations"
}).pipe(Effect.catchTag("SqlError", (cause) => Effect.fail(new InboxUnavailable({ cause }))))

/**
 * The migrations that `migrate` would run, by name. Writes nothing. Fails when the database can't be read, has moved away,
 * or was brought up to date by a later version.
 *
 * @category migrations
 * @since 0.1.0
 */
export const pending: Effect.Effect<
  ReadonlyArray<string>,
  InboxUnavailable,
  SqlClient.SqlClient
> = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const found = yield* sql.onDialectOrElse({
    pg: () => sql`SELECT 1 AS found WHERE to_regclass('usher_migrations') IS NOT NULL`,
    orElse: () => sql`SELECT 1 AS found FROM sqlite_master WHERE name = 'usher_migrations'`
  })
  const known = Object.keys(migrations).map((name) => ({ id: Number.parseInt(name, 10), name }))
  if (found.length === 0) return known.map(({ name }) => name)
  const rows = yield* sql<{ id: number }>`SELECT migration_id AS id FROM usher_migrations`
  const ran = new Set(rows.map(({ id }) => id))
  if (ran.size > known.filter(({ id }) => ran.has(id)).length) {
    return yield* new InboxUnavailable({ cause: new Error("a later version of usher has changed it") })
  }
  if (ran.has(2)) {
    const moved = yield* sql`SELECT value FROM settings WHERE name = 'moved'`
    if (moved.length > 0) return yield* new InboxUnavailable({ cause: new Error(movedAway) })
  }
  return known.filter(({ id }) => !ran.has(id)).map(({ name }) => name)
}).pipe(unavailable)

const movedAway = "it has moved (usher migrate --to), configure the one it moved to"

const late = () =>
  new InboxUnavailable({ cause: { message: "it gives no answer: is it overloaded, or the network down?" } })

const orNotStored = (accepted: Accepted | undefined) =>
  accepted === undefined
    ? Exit.fail(
        new InboxUnavailable({
          cause: new Error("the webhook was not stored, and none like it was found")
        })
      )
    : Exit.succeed(accepted)

/**
 * Migrates, then serves the Inbox from the database.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<
  Inbox,
  InboxUnavailable | Migrator.MigrationError,
  SqlClient.SqlClient | SecureRandom.SecureRandom | Signals
> = Layer.effect(
  Inbox,
  Effect.gen(function* () {
    yield* migrate
    const sql = yield* SqlClient.SqlClient
    const settings = yield* sql<{
      name: string
      value: string
    }>`SELECT name, value FROM settings WHERE name IN ('person_key', 'moved')`.pipe(unavailable)
    const setting = new Map(settings.map(({ name, value }) => [name, value]))
    if (setting.has("moved")) return yield* new InboxUnavailable({ cause: new Error(movedAway) })
    const [unhashed] = yield* sql<{
      at: number | bigint | null
    }>`SELECT max(received_at) AS at FROM webhooks WHERE body_hash = ''`.pipe(unavailable)
    const signals = yield* Signals
    const personKey = setting.get("person_key") ?? ""
    const store: Store = {
      sql,
      random: yield* SecureRandom.SecureRandom,
      signals,
      events: yield* Events,
      ended: yield* ending,
      personOf: keyOf(personKey),
      hashOf: hashing(personKey),
      repeated: yield* repeating,
      unhashedUntil: Number(unhashed?.at ?? -Infinity),
      isDatabaseClock: yield* DatabaseClock
    }
    const { within, claim, release } = claiming(store)
    const dispatchers = claimers()
    const mapTogether = yield* groupCommit(map(store, within, dispatchers), { late, resultOf: Exit.succeed })
    const settleTogether = yield* groupCommit(settle(store), {
      late,
      resultOf: Result.match({ onSuccess: Exit.succeed, onFailure: Exit.fail }),
      max: enough,
      sizeOf: ({ outcomes }) => outcomes.length
    })
    const { check, note } = yield* checking(store)
    const acceptTogether = yield* groupCommit(accept(store), {
      late,
      patience,
      onExit: note,
      resultOf: orNotStored
    })
    const checkTogether = yield* groupCommit(check, { late, patience, resultOf: Exit.succeed })
    const { received, webhook } = receiving(store)
    const search = searching(store)

    return Inbox.of({
      accept: acceptTogether,
      received,
      map: Effect.fn("Inbox.map")((webhook, mapped, terms) => mapTogether({ webhook, mapped, terms })),
      claim,
      release,
      claimsWhileMapping: dispatchers.add,
      settle: Effect.fn("Inbox.settle")((settlement) => settleTogether(settlement)),
      signals: signals.subscribe,
      webhook,
      invitations: search.invitationsOf,
      attempts: search.attemptsOf,
      searchWebhooks: search.webhooks,
      searchInvitations: search.invitations,
      ...replaying(store),
      purge: purge(store),
      ...forgetting(store),
      waiting: waiting(store),
      stats: stats(store),
      check: checkTogether(undefined)
    })
  })
)
