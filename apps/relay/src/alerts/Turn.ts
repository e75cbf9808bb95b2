/** What was reported to the channels, in the database. One relay at a time reads and writes it. */
import { Clock, Duration, Effect, Option, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Reported } from "./changes.ts"

/** The problems that were reported to each channel, by the channel's name. */
const Known = Schema.Record(Schema.String, Schema.Array(Reported))

export type Known = typeof Known.Type

const State = Schema.fromJsonString(
  Schema.Struct({
    /** The relay whose turn it is, until then. */
    by: Schema.String,
    until: Schema.Number,
    known: Known
  })
)

const decode = Schema.decodeOption(State)
const encode = Schema.encodeSync(State)

/** A relay that was killed gives its turn to another one after this time. */
const lease = Duration.minutes(2)

const name = "alerts"

/** Writes the new value if the old one is still there. */
const swap = Effect.fnUntraced(function* (before: string | undefined, after: string) {
  const sql = yield* SqlClient.SqlClient
  const written =
    before === undefined
      ? yield* sql`INSERT INTO settings ${sql.insert({ name, value: after })} ON CONFLICT DO NOTHING RETURNING name`
      : yield* sql`UPDATE settings SET value = ${after} WHERE name = ${name} AND value = ${before} RETURNING name`
  return written.length > 0
})

/** Runs `report` with what the channels received, and stores what it returns, unless it is the turn of another relay. */
export const take = Effect.fnUntraced(function* <E, R>(
  by: string,
  report: (known: Known) => Effect.Effect<Known, E, R>
) {
  const sql = yield* SqlClient.SqlClient
  const now = yield* Clock.currentTimeMillis
  const [row] = yield* sql<{ value: string }>`SELECT value FROM settings WHERE name = ${name}`
  const state = Option.getOrUndefined(
    Option.flatMap(Option.fromNullishOr(row?.value), (value) => decode(value))
  )
  if (state !== undefined && state.by !== by && state.until > now) return
  const { known: before = {}, until: end = 0 } = state ?? {}
  // Written only when half of the time is over, or something was reported.
  const isMine = state?.by === by && end - now >= Duration.toMillis(lease) / 2
  const until = isMine ? end : now + Duration.toMillis(lease)
  const taken = encode({ by, until, known: before })
  if (taken !== row?.value && !(yield* swap(row?.value, taken))) return
  const after = encode({ by, until, known: yield* report(before) })
  if (after !== taken) yield* swap(taken, after)
})
