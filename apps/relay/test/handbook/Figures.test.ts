/** Figures of the handbook that no behavior shows in a test's time: they are those of the code. */
import { describe, expect, it } from "@effect/vitest"
import { Duration, Effect, Option } from "effect"
import { Page } from "@usher/admin"
import { glance, Heartbeat, pulse } from "../../../../packages/admin/src/internal/server/api/events.ts"
import { usher } from "../../src/cli/usher.ts"
import { known } from "./commands.ts"

describe("the figures of the handbook", () => {
  it("live events: the caller is checked every 15 seconds, other relays are looked at every three", () => {
    expect(Duration.toSeconds(Duration.fromInputUnsafe(Heartbeat.defaultValue()))).toBe(15)
    expect(Duration.toSeconds(Duration.fromInputUnsafe(glance))).toBe(3)
    expect(Duration.toSeconds(Duration.fromInputUnsafe(pulse))).toBe(1)
  })

  it("lists have 50 entries by default", () => {
    expect(Page.defaultLimit).toBe(50)
  })

  it.effect("the selftest sends 200 deliveries, eight at a time, and kills the relay ten times", () =>
    Effect.gen(function* () {
      const selftest = (yield* known(usher)).below.get("selftest")
      const described = selftest?.doc.flags.map(
        ({ name, description }) => [name, Option.getOrElse(description, () => "")] as const
      )
      const usual = (flag: string) => new Map(described).get(flag)?.match(/\. Default: (\d+)$/)?.[1]
      expect(["deliveries", "concurrency", "rounds"].map(usual)).toEqual(["200", "8", "10"])
    })
  )
})
