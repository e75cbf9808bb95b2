import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { hostname } from "node:os"
import { RelayName } from "../../../src/index.ts"
import { layers, onEach, withPorts } from "../../databases.ts"
import { delivery } from "../../fixtures.ts"

describe.each(Object.entries(layers))("%s", (_, layer) => {
  it.effect("a webhook has the name of the relay that accepted it, however many come at once", () =>
    withPorts((inbox, operations) =>
      Effect.gen(function* () {
        yield* TestClock.adjust(0)
        const accepted = yield* Effect.forEach(
          ["a", "b", "a"],
          (deliveryId) => inbox.accept(delivery({ deliveryId })),
          { concurrency: "unbounded" }
        )
        const ids = new Set(accepted.map(({ id }) => id))
        expect(ids.size).toBe(2)
        for (const id of ids)
          expect(yield* operations.webhook(id)).toMatchObject({ id, receivedBy: "relay-1" })
      })
    ).pipe(Effect.provide(layer.pipe(Layer.provide(Layer.succeed(RelayName.RelayName, "relay-1")))))
  )
})

onEach((test) => {
  test("a relay without a name has that of its host", (inbox, operations) =>
    Effect.gen(function* () {
      const { id } = yield* inbox.accept(delivery())
      expect((yield* operations.webhook(id))?.receivedBy).toBe(hostname())
    }))
})
