/** What a command says of a job that the relay does not finish. */
import { expect, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { TestConsole } from "effect/testing"
import type { Client } from "../../../src/cli/support/access.ts"
import { workOff } from "../../../src/cli/support/workOff.ts"

const clientWith = (job: object): Client =>
  Object.assign(Object.create(null), {
    hasRelay: true,
    jobs: { begin: () => Effect.succeed({ id: "job_1" }), get: () => Effect.succeed(job) }
  })

it.effect.each([
  [
    { state: "paused", done: 3_648, reason: null },
    "The job job_1 is paused after 3,648. To go on: usher jobs resume job_1"
  ],
  [
    { state: "failed", done: 1, reason: "a row can't be read" },
    "The job job_1 is failed after 1: a row can't be read. To go on: usher jobs resume job_1"
  ],
  [{ state: "stopped", done: 0, reason: null }, "The job job_1 is stopped after 0."]
] as const)("a job that is %o is told with the way to go on", ([job, message]) =>
  Effect.gen(function* () {
    const error = yield* Effect.flip(
      workOff(clientWith(job), {
        what: "Replaying",
        job: { kind: "replay", selection: { all: true }, total: 5_000 },
        here: Effect.succeed(Stream.empty)
      })
    )
    expect(error).toMatchObject({ kind: "failed", message })
  }).pipe(Effect.provide(TestConsole.layer))
)
