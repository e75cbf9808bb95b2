import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, FileSystem, Schedule } from "effect"
import { Command } from "effect/cli"
import { OpenApi } from "effect/http-api"
import { TestConsole } from "effect/testing"
import { MeltingSpotApi } from "@usher/core"
import { sandbox } from "../src/command.ts"
import { Operation } from "@usher/core/testing"

/** Each as its method and path, such as `GET     /v1/lives`. */
const operations = Object.entries(OpenApi.fromApi(MeltingSpotApi.MeltingSpotApi).paths).flatMap(
  ([path, item]) => Object.keys(item).map((method) => `${method.toUpperCase().padEnd(6)}  ${path}`)
)

const start = Command.runWith(sandbox, { version: "0.1.0" })
const needed = ["--port", "0", "--secret-key", "k"]

/** What it announces when it stands. */
const announced = Effect.fnUntraced(function* (...flags: ReadonlyArray<string>) {
  const fiber = yield* Effect.forkChild(start([...needed, ...flags]))
  const lines = yield* TestConsole.logLines.pipe(
    Effect.flatMap((lines) => (lines.length > 0 ? Effect.succeed(lines.join("\n")) : Effect.fail("not yet"))),
    Effect.retry(Schedule.spaced("5 millis"))
  )
  yield* Fiber.interrupt(fiber)
  return lines
})

const here = Effect.provide([NodeServices.layer, TestConsole.layer])

describe("the command line", () => {
  it.live("enforces the documented limits unless it is told otherwise", () =>
    Effect.gen(function* () {
      const lines = yield* announced()
      expect(lines).toMatch(/listens on http:\/\/127\.0\.0\.1:\d+/)
      expect(lines).toContain("limits  100 calls in any 10s, 50000 calls in any 1d")
    }).pipe(here)
  )

  it.live("announces every operation that it serves", () =>
    Effect.gen(function* () {
      const lines = yield* announced("--seed")
      for (const operation of operations) expect(lines).toContain(operation)
    }).pipe(here)
  )

  it.effect("is described in the README with every operation, and what it is counted as", () =>
    Effect.gen(function* () {
      const readme = yield* FileSystem.FileSystem.use(({ readFileString }) =>
        readFileString(new URL("../README.md", import.meta.url).pathname)
      )
      for (const operation of operations) {
        const [method = "", path = ""] = operation.split(/ +/)
        const counted = Operation.read(method, path).operation
        expect(readme.replaceAll(/ +/g, " ")).toContain(`| \`${method} ${path}\` | \`${counted}\` |`)
      }
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.live.each([
    [["--limits", "none"], "limits  none"],
    [["--limits", "20/10 seconds, 1000/1 hour"], "limits  20 calls in any 10s, 1000 calls in any 1h"],
    [["--speed", "1440"], "50000 calls in any 1d (sped up to 1m)"]
  ] as const)("%j is announced", ([flags, line]) =>
    Effect.gen(function* () {
      expect(yield* announced(...flags)).toContain(line)
    }).pipe(here)
  )

  it.live.each([
    ["--limits", "documentd", "documented, none, or such as"],
    ["--limits", "0/10 seconds", "documented, none, or such as"],
    ["--limits", "5/10", "documented, none, or such as"],
    ["--limits", "5/1 hour/2", "documented, none, or such as"],
    ["--speed", "0", "a number above 0"],
    ["--retry-after", "minutes", `"none" | "seconds" | "date"`]
  ] as const)("%s %s is refused", ([flag, value, why]) =>
    Effect.gen(function* () {
      yield* Effect.exit(start([...needed, flag, value]))
      expect((yield* TestConsole.errorLines).join("\n")).toContain(why)
    }).pipe(here)
  )
})
