/** The published vectors, for tests of this package and of those that use it. */
import { DateTime, Schema } from "effect"
import facts from "./vectors.json" with { type: "json" }

const Vector = Schema.Struct({
  vendor: Schema.String,
  headers: Schema.Record(Schema.String, Schema.String),
  body: Schema.String,
  secret: Schema.String,
  method: Schema.optionalKey(Schema.String),
  url: Schema.optionalKey(Schema.String),
  source: Schema.String,
  expectedResponse: Schema.optionalKey(Schema.Record(Schema.String, Schema.String))
})

export const vectors = Schema.decodeSync(Schema.Array(Vector))(facts)

/** Those of a delivery; the others are of a handshake. */
export const signed = vectors.filter(({ expectedResponse }) => expectedResponse === undefined)

/** The moment that the sender put into the vector, so that no vector is too old. */
export const signedAt = (headers: Readonly<Record<string, string>>): DateTime.Utc => {
  const digits = Object.entries(headers).flatMap(([name, value]) =>
    name.endsWith("timestamp") ? [value] : (/(?:^|,|;)ts?=(\d+)/.exec(value)?.[1] ?? [])
  )[0]
  const time = Number(digits ?? 0)
  return DateTime.makeUnsafe(time > 1e12 ? time : time * 1000)
}
