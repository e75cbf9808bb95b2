/**
 * What `LiveParticipants.inviteMany` holds: members from a stream that makes them one by one, against the stub. How far
 * the source is ever ahead of the results, and how far the heap grows: for ten times the members, by the same.
 *
 *     pnpm --filter @usher/core bench
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Console, Effect, Redacted, Stream } from "effect"
import { Budget, LiveParticipants } from "../src/index.ts"
import { stub } from "./stub.ts"

const chunkSize = 100

/** After a collection, where `--expose-gc` allows one: what is held, and not what is yet to be swept. */
const heap = (): number => {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const invite = Effect.fnUntraced(function* (
  participants: LiveParticipants.LiveParticipants["Service"],
  size: number,
  concurrency: number
) {
  const before = heap()
  let pulled = 0
  let results = 0
  let invited = 0
  let ahead = 0
  let peak = 0
  const members = Stream.range(1, size, 1).pipe(
    Stream.map((n) => {
      pulled++
      ahead = Math.max(ahead, pulled - results)
      return `person-${n}@example.com`
    })
  )
  yield* participants.inviteMany({ liveId: "live-1", members, chunkSize, concurrency }).pipe(
    Stream.runForEach((result) =>
      Effect.sync(() => {
        results++
        if (result._tag === "Invited") invited++
        if (results % chunkSize === chunkSize / 2) peak = Math.max(peak, heap() - before)
      })
    )
  )
  if (invited !== size) return yield* Effect.die(`${invited} of ${size} were invited`)
  return { ahead, peak }
})

const program = Effect.gen(function* () {
  const participants = yield* LiveParticipants.make({
    baseUrl: yield* stub,
    secretKey: Redacted.make("secret")
  })
  yield* Console.log(`\ninviteMany from a lazy stream, ${chunkSize} in a chunk`)
  yield* Console.log("members at once  most pulled ahead   peak of the heap")
  for (const concurrency of [1, 4]) {
    yield* invite(participants, 1_000, concurrency)
    for (const size of [1_000, 10_000]) {
      const { ahead, peak } = yield* invite(participants, size, concurrency)
      const cells = [
        String(size).padStart(7),
        String(concurrency).padStart(9),
        `${ahead} (${(ahead / chunkSize).toFixed(1)} chunks)`.padStart(20),
        `${(peak / 1024).toFixed(0)} KiB`.padStart(19)
      ]
      yield* Console.log(cells.join(""))
    }
  }
})

await Effect.runPromise(
  Effect.scoped(Effect.provide(program, [NodeHttpClient.layerUndici, Budget.layerUnlimited]))
)
