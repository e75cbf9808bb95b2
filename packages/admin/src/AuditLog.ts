/**
 * The audit log: who did what. The relay records an act before it starts, and its result as a second entry. An act that
 * can't be recorded does not run, and entries never change.
 */
import { Cause, Clock, Context, DateTime, Duration, Effect, Exit, Layer, Predicate, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient, type SqlError } from "effect/sql"
import * as Access from "./Access.ts"
import * as Audit from "./Audit.ts"
import * as AuditChain from "./AuditChain.ts"
import {
  bounded,
  type Digest,
  digestWith,
  withoutAddresses,
  withoutPeople
} from "./internal/server/auditText.ts"
import * as auditTrim from "./internal/server/auditTrim.ts"
import * as auditVerify from "./internal/server/auditVerify.ts"

/**
 * The parameters of an act by name. Addresses among them are stored as keyed digests.
 *
 * @category models
 */
export type Parameters = Readonly<Record<string, unknown>>

/**
 * The actor of an entry.
 *
 * @category models
 */
export interface Actor {
  /** The name of the token, or of the program. */
  readonly name: string
  /** How the act was requested: by token, session, command line or configuration. */
  readonly via: Audit.Via
  /** The IP address of the client; null where there is no network. */
  readonly ip: string | null
}

/**
 * Which page of the log to list.
 *
 * @category options
 */
export interface PageOptions {
  /** Only acts of this name, such as `people.forget`. Default: all. */
  readonly what?: string | undefined
  /** The id of the last entry of the previous page. Default: start at the newest entry. */
  readonly after?: string | undefined
  /** The maximum number of entries on a page. */
  readonly limit: number
}

/**
 * The options of the audit log.
 *
 * @category options
 */
export interface Options {
  /** Whether the log also records reads of a person or a body. Default: false. */
  readonly reads?: boolean | undefined
}

/**
 * The record of what operators and programs do, as a chain of hashes in the database.
 *
 * @category services
 */
export class AuditLog extends Context.Service<
  AuditLog,
  {
    /** Records an act and its result: `done` and the words of `say`. */
    readonly around: (
      what: string,
      parameters: Parameters
    ) => <A, E, R>(
      act: Effect.Effect<A, E, R>,
      say?: (value: A) => string
    ) => Effect.Effect<A, E | SqlError.SqlError, R | Access.Caller>
    /** Records the start of an act, and returns an effect that records its result: for work that outlives the response. */
    readonly begin: (
      what: string,
      parameters: Parameters
    ) => Effect.Effect<(result: string) => Effect.Effect<void>, SqlError.SqlError, Access.Caller>
    /** Records the start of an act, and returns its id: for work that may outlive the process. */
    readonly start: (
      what: string,
      parameters: Parameters
    ) => Effect.Effect<string, SqlError.SqlError, Access.Caller>
    /** Records the result of an act that was started, unless its start was deleted as too old. */
    readonly finish: (act: string, result: string) => Effect.Effect<void, SqlError.SqlError>
    /** Records a finished act in one entry. */
    readonly record: (
      actor: Actor,
      what: string,
      parameters: Parameters,
      result: string
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Records that the caller reads personal data, if `reads` is set. */
    readonly read: (
      what: string,
      parameters: Parameters
    ) => Effect.Effect<void, SqlError.SqlError, Access.Caller>
    /** Acts with their results, newest first: at most one more than the limit, which shows that there are more. */
    readonly list: (options: PageOptions) => Effect.Effect<ReadonlyArray<Audit.Entry>, SqlError.SqlError>
    /** Checks the hash chain. */
    readonly verify: Effect.Effect<Audit.Verification, SqlError.SqlError>
    /** Deletes older entries, at least a day's worth at a time, and returns how many. */
    readonly trim: (keep: Duration.Duration) => Effect.Effect<number, SqlError.SqlError>
  }
>()("@usher/admin/AuditLog") {}

const make = Effect.fnUntraced(function* ({ reads = false }: Options) {
  const sql = yield* SqlClient.SqlClient
  const random = yield* SecureRandom.SecureRandom
  const newId = Effect.map(random.ulid, (ulid) => `aud_${ulid}`)

  let known: Digest | undefined
  const digests = Effect.gen(function* () {
    if (known !== undefined) return known
    const [key] = yield* sql<{ value: string }>`SELECT value FROM settings WHERE name = 'person_key'`
    return (known = digestWith(key?.value ?? ""))
  })

  /** Appends within a transaction. The lock on the row of the head serializes all writers, also of other processes. */
  const append = Effect.fnUntraced(function* (entry: Omit<AuditChain.Entry, "number">) {
    const next = sql<Head>`UPDATE audit_head SET number = number + 1 RETURNING number, hash`
    const [there] = yield* next
    if (there === undefined) {
      yield* sql`INSERT INTO audit_head ${sql.insert([{ name: "log", number: 0, hash: AuditChain.genesis }])}
        ON CONFLICT DO NOTHING`
    }
    const [head = { number: 1, hash: AuditChain.genesis }] = there === undefined ? yield* next : [there]
    const numbered = { ...entry, number: head.number }
    const hash = AuditChain.hash(numbered, head.hash)
    yield* sql`INSERT INTO audit_log ${sql.insert([{ ...numbered, prev: head.hash, hash }])}`
    yield* sql`UPDATE audit_head SET hash = ${hash}`
    return { number: numbered.number, hash }
  })

  const write = Effect.fnUntraced(function* (
    entry: Omit<AuditChain.Entry, "number" | "at" | "parameters">,
    parameters: Parameters
  ) {
    yield* writeKept(entry, withoutPeople(parameters, yield* digests))
  })

  /** The parameters name nobody. */
  const writeKept = Effect.fnUntraced(function* (
    entry: Omit<AuditChain.Entry, "number" | "at" | "parameters">,
    kept: unknown
  ) {
    const digest = yield* digests
    const at = yield* Clock.currentTimeMillis
    const result = bounded(withoutAddresses(entry.result, digest))
    const link = yield* sql.withTransaction(
      append({ ...entry, at, parameters: JSON.stringify(kept), result })
    )
    // Access to the database alone does not allow rewriting this copy in the log.
    if (entry.kind !== "begun") {
      yield* Effect.logInfo(`${entry.what}: ${result}`).pipe(
        Effect.annotateLogs({
          who: entry.who,
          via: entry.via,
          ...(entry.ip === null ? {} : { ip: entry.ip }),
          ...Object(kept),
          "audit.number": link.number,
          "audit.hash": link.hash
        })
      )
    }
  })

  const start = Effect.fnUntraced(function* (what: string, parameters: Parameters) {
    const { name: who, via, ip } = yield* Access.Caller
    const act = yield* newId
    yield* write({ id: act, act, who, via, ip, what, kind: "begun", result: "begun" }, parameters)
    return act
  })

  const finish = Effect.fnUntraced(function* (act: string, result: string) {
    const [begun] = yield* sql<auditVerify.Row>`SELECT * FROM audit_log WHERE id = ${act}`
    if (begun === undefined) return
    const { ip, parameters, via, what, who } = begun
    const entry = { id: yield* newId, act, kind: "result" as const, who, via, ip, what, result }
    yield* writeKept(entry, decode(parameters))
  })

  const begin = Effect.fnUntraced(function* (what: string, parameters: Parameters) {
    const act = yield* start(what, parameters)
    return (result: string) =>
      Effect.catch(finish(act, result), ({ message }) =>
        Effect.logError(`the result of ${what} was not recorded: ${message}`)
      )
  })

  const record = Effect.fnUntraced(function* (
    { name: who, via, ip }: Actor,
    what: string,
    parameters: Parameters,
    result: string
  ) {
    const id = yield* newId
    yield* write({ id, act: id, kind: "event", who, via, ip, what, result }, parameters)
  })

  const list = Effect.fnUntraced(function* ({ what, after, limit }: PageOptions) {
    const conditions = [
      // A result whose start was deleted is listed on its own.
      sql`(l.kind <> 'result' OR NOT EXISTS (SELECT 1 FROM audit_log b WHERE b.id = l.act))`,
      ...(after === undefined ? [] : [sql`l.number < (SELECT number FROM audit_log WHERE id = ${after})`]),
      ...(what === undefined ? [] : [sql`l.what = ${what}`])
    ]
    const rows = yield* sql<Listed>`SELECT l.*, r.result AS outcome, r.at AS ended_at FROM audit_log l
      LEFT JOIN audit_log r ON r.act = l.id AND r.kind = 'result'
      WHERE ${sql.and(conditions)} ORDER BY l.number DESC LIMIT ${limit + 1}`
    return rows.map(entryOf)
  })

  const trim = Effect.fn("AuditLog.trim")(function* (keep: Duration.Duration) {
    const now = yield* Clock.currentTimeMillis
    const before = now - Duration.toMillis(keep)
    const [oldest] = yield* sql<{ at: number }>`SELECT at FROM audit_log ORDER BY number LIMIT 1`
    if (oldest === undefined || oldest.at >= before - dayMillis) return 0
    return yield* auditTrim.trim({ sql, append, id: yield* newId, now, before })
  })

  return AuditLog.of({
    begin,
    start,
    finish,
    around: (what, parameters) => (act, say) =>
      Effect.flatMap(begin(what, parameters), (end) =>
        Effect.onExit(act, (exit) => end(resultOf(exit, say)))
      ),
    record,
    read: (what, parameters) =>
      reads
        ? Effect.flatMap(Access.Caller, (caller) => record(caller, what, parameters, "done"))
        : Effect.void,
    list,
    verify: auditVerify.verify(sql),
    trim
  })
})

/**
 * The audit log in the relay's database, which must be migrated (see `Migrations`).
 *
 * @category layers
 */
export const layer = (
  options: Options = {}
): Layer.Layer<AuditLog, never, SqlClient.SqlClient | SecureRandom.SecureRandom> =>
  Layer.effect(AuditLog, make(options))

/**
 * Records a search for a person, or for a text that may name one, as a read.
 *
 * @category combinators
 */
export const recordSearch = (
  audit: AuditLog["Service"],
  what: string,
  filter: { readonly person?: string | undefined; readonly text?: string | undefined }
) =>
  filter.person === undefined && filter.text === undefined
    ? Effect.void
    : audit.read(what, { person: filter.person, text: filter.text })

const dayMillis = Duration.toMillis("1 day")

/**
 * The result of an act as a sentence.
 *
 * @category accessors
 */
export const resultOf = <A, E>(exit: Exit.Exit<A, E>, say?: (value: A) => string): string => {
  if (Exit.isSuccess(exit)) return say === undefined ? "done" : `done: ${say(exit.value)}`
  if (Cause.hasInterruptsOnly(exit.cause)) return "interrupted"
  const error = Cause.squash(exit.cause)
  // Problem details have the sentence in `detail`.
  if (Predicate.hasProperty(error, "detail") && typeof error.detail === "string")
    return `failed: ${error.detail}`
  return `failed: ${Predicate.isError(error) ? error.message : String(error)}`
}

interface Head {
  readonly number: number
  readonly hash: string
}

interface Listed extends auditVerify.Row {
  readonly outcome: string | null
  readonly ended_at: number | null
}

const decode = Schema.decodeSync(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))
const isVia = Schema.is(Audit.Via)

const entryOf = (row: Listed): Audit.Entry => ({
  id: row.id,
  number: row.number,
  at: DateTime.makeUnsafe(row.at),
  who: row.who,
  via: isVia(row.via) ? row.via : "unknown",
  ip: row.ip,
  what: row.what,
  parameters: decode(row.parameters),
  result: row.outcome ?? row.result,
  endedAt: row.ended_at === null && row.kind === "begun" ? null : DateTime.makeUnsafe(row.ended_at ?? row.at)
})
