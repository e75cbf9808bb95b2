import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { VerificationFailed } from "@usher/signatures"
import { Quarantine } from "../../src/index.ts"
import { makeSource } from "../fixtures.ts"

it.effect("layerNone keeps no refused delivery, and finds none", () =>
  Effect.gen(function* () {
    const quarantine = yield* Quarantine.Quarantine
    const source = yield* makeSource()
    const delivery = { method: "POST", url: "https://hooks.example.com", headers: {}, body: new Uint8Array() }
    const failed = new VerificationFailed.VerificationFailed({
      reason: "NoSecretMatches",
      message: "no secret"
    })
    expect(yield* quarantine.keep({ source, delivery, target: "/webhooks/form", failed })).toBe(false)
    expect(yield* quarantine.list({}, { limit: 10 })).toEqual({ items: [], next: null })
    expect(yield* quarantine.counts).toEqual(new Map())
    expect(yield* quarantine.get("qu_1")).toBeUndefined()
    expect(yield* quarantine.release({ ids: ["qu_1"] }, { by: "ops" })).toMatchObject({
      released: 0,
      unknown: ["qu_1"]
    })
    expect(yield* quarantine.discard({ ids: ["qu_1"] })).toEqual({ discarded: 0, unknown: ["qu_1"] })
  }).pipe(Effect.provide(Quarantine.layerNone))
)
