/** Which dispatcher claims in the transaction that maps. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Exit, Scope } from "effect"
import type { Webhook } from "@usher/model"
import type { Claiming } from "../../../src/index.ts"
import { claimers } from "../../../src/store/map/claimers.ts"
import { delivery, people } from "../../fixtures.ts"

const claimerOf = (spot: string): Claiming.Claimer => ({
  spot,
  whileMapping: (map) => Effect.map(map(undefined), ([mapped]) => mapped)
})

const webhook: Webhook.Webhook = {
  ...delivery(),
  id: "wh_1",
  lane: "live",
  status: "received",
  firstWebhookId: null,
  release: null,
  receivedAt: DateTime.makeUnsafe(0),
  receivedBy: null,
  reason: null,
  mappingVersion: null,
  mappedAt: null
}

const item = (count: number, spot = "main") => ({
  webhook,
  mapped: { status: "mapped" as const, invitations: people(count), reason: null },
  terms: { spot }
})

const ignored = { ...item(1), mapped: { status: "ignored" as const, reason: "no live" } }

describe("a dispatcher that claims while mapping", () => {
  it.effect("does so until its scope closes, or another of its Spot has come", () =>
    Effect.gen(function* () {
      const all = claimers()
      const add = Effect.fnUntraced(function* (spot: string) {
        const claimer = claimerOf(spot)
        const scope = yield* Scope.make()
        yield* Scope.provide(all.add(claimer), scope)
        return { claimer, close: Scope.close(scope, Exit.void) }
      })
      const [first, other] = [yield* add("main"), yield* add("other")]
      expect(all.of([item(1)])).toBe(first.claimer)
      expect(all.of([item(1, "other")])).toBe(other.claimer)
      const second = yield* add("main")
      yield* first.close
      expect(all.of([item(1)])).toBe(second.claimer)
      yield* second.close
      expect(all.of([item(1)])).toBeUndefined()
      expect(all.of([item(1, "other")])).toBe(other.claimer)
    })
  )

  it.effect("does so for a lone webhook that asks for one to a hundred people", () =>
    Effect.gen(function* () {
      const all = claimers()
      yield* all.add(claimerOf("main"))
      for (const count of [1, 2, 100]) expect(all.of([item(count)])).toBeDefined()
      for (const count of [0, 101]) expect(all.of([item(count)])).toBeUndefined()
      expect(all.of([])).toBeUndefined()
      expect(all.of([item(1), item(1)])).toBeUndefined()
      expect(all.of([item(1), item(1), item(1)])).toBeUndefined()
      expect(all.of([ignored])).toBeUndefined()
    }).pipe(Effect.scoped)
  )
})
