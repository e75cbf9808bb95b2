/**
 * Who changed what. A change is written down before it is begun: what can't be written down is not done.
 */
import { Cause, Clock, Context, DateTime, Effect, Exit, Layer, Predicate, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient, type SqlError } from "effect/sql"
import { Access, type Audit } from "@usher/admin"

/** What a change is about. */
export type Parameters = Readonly<Record<string, unknown>>

export interface PageOptions {
  readonly what?: string | undefined
  readonly after?: string | undefined
  readonly limit: number
}

export class AuditLog extends Context.Service<
  AuditLog,
  {
    /** Makes a change that is written down, with its result: `done`, and what `say` says of it. */
    readonly around: (
      what: string,
      parameters: Parameters
    ) => <A, E, R>(
      change: Effect.Effect<A, E, R>,
      say?: (value: A) => string
    ) => Effect.Effect<A, E | SqlError.SqlError, R | Access.Caller>
    /** Begins an entry that somebody else ends: of work that goes on after the answer has begun. */
    readonly begin: (
      what: string,
      parameters: Parameters
    ) => Effect.Effect<(result: string) => Effect.Effect<void>, SqlError.SqlError, Access.Caller>
    /** Newest first; one more than the limit if there are more. */
    readonly list: (options: PageOptions) => Effect.Effect<ReadonlyArray<Audit.Entry>, SqlError.SqlError>
  }
>()("@usher/relay/AuditLog") {
  static readonly layer: Layer.Layer<AuditLog, never, SqlClient.SqlClient | SecureRandom.SecureRandom> =
    Layer.effect(
      this,
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const random = yield* SecureRandom.SecureRandom

        const begin = Effect.fnUntraced(function* (what: string, parameters: Parameters) {
          const { name: who } = yield* Access.Caller
          const id = `aud_${yield* random.ulid}`
          const at = yield* Clock.currentTimeMillis
          const row = { id, at, who, what, parameters: encode(withoutAddresses(parameters)), result: "begun" }
          yield* sql`INSERT INTO audit_log ${sql.insert([row])}`
          return (result: string) =>
            sql`UPDATE audit_log SET result = ${withoutAddress(result)} WHERE id = ${id}`.pipe(
              Effect.catch((cause) => Effect.logError("the result of a change was not written down", cause)),
              Effect.asVoid,
              Effect.andThen(
                Effect.logInfo(`${what}: ${withoutAddress(result)}`).pipe(
                  Effect.annotateLogs({ who, ...withoutAddresses(parameters) })
                )
              )
            )
        })

        return AuditLog.of({
          begin,
          around: (what, parameters) => (change, say) =>
            Effect.flatMap(begin(what, parameters), (end) =>
              Effect.onExit(change, (exit) => end(resultOf(exit, say)))
            ),
          list: ({ what, after = "~", limit }) =>
            Effect.map(
              sql<Row>`SELECT * FROM audit_log
                WHERE ${sql.and([sql`id < ${after}`, ...(what === undefined ? [] : [sql`what = ${what}`])])}
                ORDER BY id DESC LIMIT ${limit + 1}`,
              (rows) => rows.map(entryOf)
            )
        })
      })
    )
}

/** How a change ended, in words. */
export const resultOf = <A, E>(exit: Exit.Exit<A, E>, say?: (value: A) => string): string => {
  if (Exit.isSuccess(exit)) return say === undefined ? "done" : `done: ${say(exit.value)}`
  if (Cause.hasInterruptsOnly(exit.cause)) return "interrupted"
  const error = Cause.squash(exit.cause)
  // Problems say what is the matter in their detail.
  if (Predicate.hasProperty(error, "detail") && typeof error.detail === "string")
    return `failed: ${error.detail}`
  return `failed: ${Predicate.isError(error) ? error.message : String(error)}`
}

const address = /[^\s@"'<>()[\],;:]+@[^\s@"'<>()[\],;:]+/g

const withoutAddress = (text: string) => text.replaceAll(address, "[address]")

/** Whom a change is about is nobody's business later on. */
const personal = new Set(["person", "text", "member"])

const withoutAddresses = (parameters: Parameters): Parameters =>
  Object.fromEntries(
    Object.entries(parameters)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        personal.has(name) ? "[given]" : typeof value === "string" ? withoutAddress(value) : value
      ])
  )

const Parameters = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
const encode = Schema.encodeSync(Parameters)
const decode = Schema.decodeSync(Parameters)

interface Row {
  readonly id: string
  readonly at: number | bigint
  readonly who: string
  readonly what: string
  readonly parameters: string
  readonly result: string
}

const entryOf = (row: Row): Audit.Entry => ({
  id: row.id,
  at: DateTime.makeUnsafe(Number(row.at)),
  who: row.who,
  what: row.what,
  parameters: decode(row.parameters),
  result: row.result
})
