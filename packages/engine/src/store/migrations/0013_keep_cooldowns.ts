import { Clock, Effect } from "effect"
import { SqlClient } from "effect/sql"

/** A wait that was stored without a bound ends after this. */
const longest = 60 * 60_000

/**
 * Why a Spot is in cooldown and since when, how many 429s followed each other, until when a probe is under way, and the
 * circuit of the relay that leads the Spot.
 */
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const now = yield* Clock.currentTimeMillis
  const type = sql.onDialectOrElse({
    pg: () => ({ whole: "BIGINT", small: "SMALLINT" }),
    orElse: () => ({ whole: "INTEGER", small: "INTEGER" })
  })
  const whole = sql.literal(type.whole)
  yield* sql`ALTER TABLE spots ADD COLUMN cooldown_since ${whole}`
  yield* sql`ALTER TABLE spots ADD COLUMN cooldown_reason TEXT`
  yield* sql`ALTER TABLE spots ADD COLUMN refusals ${sql.literal(type.small)} NOT NULL DEFAULT 0`
  yield* sql`ALTER TABLE spots ADD COLUMN probing_until ${whole}`
  yield* sql`ALTER TABLE spots ADD COLUMN circuit_since ${whole}`
  yield* sql`ALTER TABLE spots ADD COLUMN circuit_until ${whole}`
  yield* sql`UPDATE spots SET cooldown_since = ${now}, cooldown_reason = 'the upstream limits the rate (429)',
      rests_until = CASE WHEN rests_until > ${now + longest} THEN ${now + longest} ELSE rests_until END
    WHERE rests_until > ${now}`
})
