import { describe, expect, it } from "@effect/vitest"
import { after, byFunction, byPart, type Profile } from "../src/profile/selfTime.ts"

const frame = (id: number, functionName: string, url = "", lineNumber = 0) => ({
  id,
  callFrame: { functionName, url, lineNumber }
})

const profile: Profile = {
  nodes: [
    frame(1, "(idle)"),
    frame(2, "run", "file:///usher/packages/sqlite/src/internal/connection.ts", 44),
    frame(
      3,
      "runLoop",
      "file:///usher/node_modules/.pnpm/effect@4.1.0/node_modules/effect/dist/Effect.js",
      9
    ),
    frame(4, "(garbage collector)"),
    frame(5, "writev")
  ],
  samples: [3, 1, 2, 2, 4, 5],
  timeDeltas: [1_000, 50_000, 3_000, 3_000, 1_000, 2_000]
}

describe("a profile", () => {
  it("shares the busy time among packages, without idle time", () => {
    expect(byPart(profile)).toEqual([
      { name: "@usher/sqlite", share: 0.6 },
      { name: "native functions (SQLite, crypto, JSON, sockets)", share: 0.2 },
      { name: "effect", share: 0.1 },
      { name: "garbage collector", share: 0.1 }
    ])
  })

  it("names functions by package and line", () => {
    expect(byFunction(profile)[0]).toEqual({ name: "run, @usher/sqlite connection.ts:45", share: 0.6 })
  })

  it("can leave out the first milliseconds", () => {
    expect(after(profile, 51).samples).toEqual([1, 2, 2, 4, 5])
    expect(after(profile, 1_000).samples).toEqual([])
  })
})
