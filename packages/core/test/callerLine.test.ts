/** An error says which line of the program made the call. */
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect } from "effect"
import { InviteError, LiveParticipants } from "../src/index.ts"
import { LiveParticipantsTest } from "../src/testing.ts"
import { recorded } from "./recorded.ts"

const invitation = { liveId: "", member: "alice@example.com" }

const failing = Effect.fnUntraced(function* <A, E, R>(call: Effect.Effect<A, E, R>) {
  return Cause.pretty(yield* Effect.flip(Effect.sandbox(call)))
})

describe("a printed error", () => {
  it.effect.each(["invite", "ensureInvited"] as const)("of %s names the line of its caller", (method) =>
    Effect.gen(function* () {
      const { participants } = yield* recorded
      const aProgram = () =>
        Effect.asVoid<unknown, InviteError.InviteError, never>(participants[method](invitation))
      expect(yield* failing(Effect.suspend(aProgram))).toMatch(
        new RegExp(`at LiveParticipants\\.${method} \\(.*callerLine\\.test\\.ts:\\d+:\\d+\\)`)
      )
    })
  )

  it.effect("of the double does too", () =>
    Effect.gen(function* () {
      const { invite } = yield* LiveParticipants.LiveParticipants
      const error = yield* failing(Effect.suspend(() => invite(invitation)))
      expect(error).toMatch(/at LiveParticipants\.invite \(.*callerLine\.test\.ts/)
    }).pipe(
      Effect.provide(
        LiveParticipantsTest.layerScripted(
          LiveParticipantsTest.fails(new InviteError.LiveNotFound({ liveId: "" }))
        )
      )
    )
  )

  it.effect("names the programs around it as well", () =>
    Effect.gen(function* () {
      const { participants } = yield* recorded
      const signUp = Effect.fn("signUp")(function* () {
        yield* participants.invite(invitation)
      })
      const printed = yield* failing(signUp())
      expect(printed.indexOf("at LiveParticipants.invite")).toBeGreaterThan(0)
      expect(printed.indexOf("at signUp")).toBeGreaterThan(printed.indexOf("at LiveParticipants.invite"))
    })
  )
})
