import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Exit } from "effect"
import { Command } from "effect/cli"
import { TestClock, TestConsole } from "effect/testing"
import { timeFlag } from "../../../src/cli/support/timeFlag.ts"

/** What `--from` means at 2026-11-23T09:00:00Z; what is printed where it means nothing. */
const from = Effect.fnUntraced(
  function* (text: string) {
    yield* TestClock.setTime(Date.UTC(2026, 10, 23, 9))
    let found = ""
    const command = Command.make("look", { from: timeFlag("from", "Since when") }, (flags) =>
      Effect.sync(() => {
        found = DateTime.formatIso(flags.from)
      })
    )
    const exit = yield* Effect.exit(Command.runWith(command, { version: "0" })(["--from", text]))
    return Exit.isSuccess(exit) ? found : (yield* TestConsole.errorLines).join("\n")
  },
  Effect.provide([NodeServices.layer, TestConsole.layer])
)

describe("a flag that takes a time", () => {
  it.effect.each([
    ["2026-11-22T08:00:00+02:00", "2026-11-22T06:00:00.000Z"],
    ["2026-11-22", "2026-11-22T00:00:00.000Z"],
    ["2 hours", "2026-11-23T07:00:00.000Z"],
    ["30d", "2026-10-24T09:00:00.000Z"],
    ["500 ms", "2026-11-23T08:59:59.500Z"]
  ] as const)("reads %s", ([text, expected]) =>
    Effect.gen(function* () {
      expect(yield* from(text)).toBe(expected)
    })
  )

  it.effect.each([
    ["noon", "a time such as 2026-11-23T09:00:00Z, or how long ago, such as '2 hours' or '30 days'"],
    ["2026-11-23T09:00:00", "a time with its zone: add Z for UTC, or an offset such as +02:00"]
  ] as const)("refuses %s and says what it takes", ([text, expected]) =>
    Effect.gen(function* () {
      expect(yield* from(text)).toContain(expected)
    })
  )
})
