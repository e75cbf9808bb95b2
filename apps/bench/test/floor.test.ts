import * as NodeServices from "@effect/platform-node/NodeServices"
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Layer, Option } from "effect"
import { Senders } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import type { Contender } from "../src/Contender.ts"
import * as contenders from "../src/contenders/contenders.ts"
import { secret } from "../src/load/deliveries.ts"
import { Postgres } from "../src/servers/Postgres.ts"

const sender = Option.getOrThrow(Senders.get("standard-webhooks"))

interface Sent {
  readonly id: string
  readonly body?: string
  /** Sent in place of the signed body. */
  readonly tampered?: string
  /** The age of the signature. */
  readonly minutesAgo?: number
}

const deliver = Effect.fnUntraced(function* (
  url: string,
  { id, body = '{"a":1}', tampered, minutesAgo = 0 }: Sent
) {
  const at = DateTime.subtract(yield* DateTime.now, { minutes: minutesAgo })
  const signed = yield* sign(sender, { secret, body, at, id })
  const answer = yield* Effect.promise(() =>
    fetch(url, {
      method: "POST",
      headers: { ...signed.headers, "content-type": "application/json" },
      body: tampered ?? body
    }).then(async (response) => [response.status, await response.json()])
  )
  return answer
})

const behaves = Effect.fnUntraced(function* ({ start }: Contender) {
  const { url } = yield* start
  const send = (sent: Sent) => deliver(url, sent)
  expect(yield* send({ id: "one" })).toEqual([202, { id: "one", status: "accepted" }])
  expect(yield* send({ id: "one" })).toEqual([202, { id: "one", status: "duplicate" }])
  const together = ["two", "two", "three"].map((id) => send({ id }))
  const answers = yield* Effect.all(together, { concurrency: "unbounded" })
  const statuses = answers.map(([, { id, status }]) => `${id} ${status}`)
  expect(statuses.toSorted()).toEqual(["three accepted", "two accepted", "two duplicate"])
  const refused = { status: "refused" }
  expect(yield* send({ id: "four", tampered: '{"a":2}' })).toEqual([401, refused])
  expect(yield* send({ id: "four", minutesAgo: 6 })).toEqual([401, refused])
  expect(yield* send({ id: "four", body: "-".repeat(1_048_577) })).toEqual([413, refused])
  expect(yield* deliver(`${url}/more`, { id: "four" })).toEqual([404, refused])
  expect(yield* send({ id: "four" })).toEqual([202, { id: "four", status: "accepted" }])
}, Effect.scoped)

describe("the floor verifies, ignores duplicates, stores and answers", () => {
  const layer = Layer.merge(NodeServices.layer, Postgres.layer)
  for (const name of ["sqlite", "postgres"] as const) {
    it.live(name, () =>
      contenders.make.pipe(
        Effect.map((all) => all[name][0]),
        Effect.flatMap((floor) => (floor === undefined ? Effect.die("there is no floor") : behaves(floor))),
        Effect.provide(layer)
      )
    )
  }
})
