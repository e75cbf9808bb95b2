/**
 * Who did what. An act is recorded before it begins, and its result after it as an entry of its own: what can't be recorded
 * is not done, and no entry is ever changed.
 */
import { Cause, Clock, Context, DateTime, Duration, Effect, Exit, Layer, Predicate, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient, type SqlError } from "effect/sql"
import * as Access from "./Access.ts"
import * as Audit from "./Audit.ts"
import { AuditChain } from "@usher/engine"
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
 * What an act is about, by the names of its parameters. Addresses among them are stored as keyed hashes.
 *
 * @category models
 */
export type Parameters = Readonly<Record<string, unknown>>

/**
 * Who acts, and from where.
 *
 * @category models
 */
export interface Actor {
  /** The name of the token, or of the program. */
  readonly name: string
  /** The way in: a token, a session, the command line, the configuration. */
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
  /** The id of the last entry of the page before. Default: from the newest entry on. */
  readonly after?: string | undefined
  /** The most entries of a page. */
  readonly limit: number
}

/**
 * What the log records.
 *
 * @category options
 */
export interface Options {
  /** Whether looking at a person or a body is recorded as well. Default: false. */
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
    /** Records an act and its result: `done`, and what `say` says of it. */
    readonly around: (
      what: string,
      parameters: Parameters
    ) => <A, E, R>(
      act: Effect.Effect<A, E, R>,
      say?: (value: A) => string
    ) => Effect.Effect<A, E | SqlError.SqlError, R | Access.Caller>
    /** Records the beginning of an act whose result is recorded later: work that goes on after the answer has begun. */
    readonly begin: (
      what: string,
      parameters: Parameters
    ) => Effect.Effect<(result: string) => Effect.Effect<void>, SqlError.SqlError, Access.Caller>
    /** Records something that has happened, in one entry. */
    readonly record: (
      actor: Actor,
      what: string,
      parameters: Parameters,
      result: string
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Records that the caller looks at something personal, where the configuration asks for it. */
    readonly read: (
      what: string,
      parameters: Parameters
    ) => Effect.Effect<void, SqlError.SqlError, Access.Caller>
    /** Acts with their results, newest first; one more than the limit if there are more. */
    readonly list: (options: PageOptions) => Effect.Effect<ReadonlyArray<Audit.Entry>, SqlError.SqlError>
    /** Checks the chain. */
    readonly verify: Effect.Effect<Audit.Verification, SqlError.SqlError>
    /** Removes what is older, a day's entries or more at a time; says how many. */
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

  /** Within a transaction. Writers, of other processes too, take turns on the row of the head. */
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
    const digest = yield* digests
    const at = yield* Clock.currentTimeMillis
    const kept = withoutPeople(parameters, digest)
    const result = bounded(withoutAddresses(entry.result, digest))
    const link = yield* sql.withTransaction(
      append({ ...entry, at, parameters: JSON.stringify(kept), result })
    )
    // A log line is a copy that nobody with access to the database alone can rewrite.
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

  const begin = Effect.fnUntraced(function* (what: string, parameters: Parameters) {
    const { name: who, via, ip } = yield* Access.Caller
    const act = yield* newId
    const entry = { act, who, via, ip, what }
    yield* write({ ...entry, id: act, kind: "begun", result: "begun" }, parameters)
    return (result: string) =>
      newId.pipe(
        Effect.flatMap((id) => write({ ...entry, id, kind: "result", result }, parameters)),
        Effect.catch(({ message }) => Effect.logError(`the result of ${what} was not recorded: ${message}`))
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
      // A result whose beginning was removed stands for itself.
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
 * Keeps the log in the relay's database, which is migrated already.
 *
 * @category layers
 */
export const layer = (
  options: Options = {}
): Layer.Layer<AuditLog, never, SqlClient.SqlClient | SecureRandom.SecureRandom> =>
  Layer.effect(AuditLog, make(options))

/**
 * Records a search for a person, or for a text that may name one, as a look at them.
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
 * How an act ended, in words.
 *
 * @category accessors
 */
export const resultOf = <A, E>(exit: Exit.Exit<A, E>, say?: (value: A) => string): string => {
  if (Exit.isSuccess(exit)) return say === undefined ? "done" : `done: ${say(exit.value)}`
  if (Cause.hasInterruptsOnly(exit.cause)) return "interrupted"
  const error = Cause.squash(exit.cause)
  // Problems say what is the matter in their detail.
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
