import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem, Stream } from "effect"
import { relay } from "../admin/harness.ts"
import { isolated } from "../harness.ts"
import { isLong } from "../long.ts"
import { files, spawned } from "../usher.ts"

const rows = isLong ? 1_000_000 : 50_000

/** Every thousandth row repeats a person, every other thousandth names nobody. */
const lines = Stream.range(0, rows - 1).pipe(
  Stream.map((row) => {
    const address = row % 1000 === 999 ? "PERSON-0@example.com" : `person-${row}@example.com`
    return `Eva ${row};Straße ${row}, Köln;${row % 1000 === 500 ? "folgt" : address}\r\n`
  })
)

describe("a long import", () => {
  it.live(
    "is planned in bounded memory, with everybody counted once and the first 20 problems",
    () =>
      Effect.gen(function* () {
        const { env, file } = yield* relay()
        const path = yield* files({ "people.csv": "" })
        const fs = yield* FileSystem.FileSystem
        yield* Stream.make("Name;Adresse;E-Mail\r\n").pipe(
          Stream.concat(Stream.map(Stream.grouped(lines, 1000), (lines) => lines.join(""))),
          Stream.encodeText,
          Stream.run(fs.sink(path("people.csv")))
        )
        const ran = yield* spawned(
          ["import", path("people.csv"), "--live", "live-9", "--plan", "--json", "--config", file],
          "",
          { ...env, NODE_OPTIONS: "--max-old-space-size=256" }
        )
        const repeated = rows / 1000
        const people = rows - 2 * repeated
        expect(ran.code).toBe(1)
        const { plan, problems } = JSON.parse(ran.stdout)
        expect(plan).toMatchObject({ rows, people, byAddress: people, repeated, bad: repeated })
        expect(problems).toHaveLength(20)
        expect(problems[0]).toEqual({
          line: 502,
          problem: "it is neither an email address nor a Spot member id"
        })
      }).pipe(Effect.provide(NodeServices.layer), isolated),
    isLong ? 300_000 : 60_000
  )
})
