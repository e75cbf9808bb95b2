import { expect, it } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import { Spots } from "../../src/index.ts"

it.effect("a lease lasts 90 seconds longer than a call may take: two minutes by default", () =>
  Effect.gen(function* () {
    const participants = yield* LiveParticipants.LiveParticipants
    const lasts = (options: Omit<Spots.Options, "secretKey">) =>
      Duration.toSeconds(Spots.make("main", participants, options).lease)
    expect(lasts({})).toBe(120)
    expect(lasts({ timeout: "1 hour" })).toBe(3_690)
  }).pipe(Effect.provide(LiveParticipantsTest.layerScripted()))
)
