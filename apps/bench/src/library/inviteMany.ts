/**
 * Measures the memory of `LiveParticipants.inviteMany` with a lazy stream of members: how far the source gets ahead of the
 * results, and how much the heap grows. Ten times the members must not take more.
 *
 *     npx -y pnpm@12.21.0 bench:library
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, Redacted, Stream } from "effect"
import { Budget, LiveParticipants } from "@usher/core"
import * as usher from "../contenders/usher.ts"
import * as markdown from "../report/markdown.ts"
import { whole } from "../report/statistics.ts"

const chunkSize = 100

/** The heap after a collection, which `--expose-gc` allows. */
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
  let [pulled, results, invited, ahead, peak] = [0, 0, 0, 0, 0]
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
  return [whole(size), whole(concurrency), whole(ahead), whole(peak / 1_024)]
})

const program = Effect.gen(function* () {
  const participants = yield* LiveParticipants.make({
    baseUrl: yield* usher.upstream,
    secretKey: Redacted.make("secret")
  })
  const rows: Array<ReadonlyArray<string>> = []
  for (const concurrency of [1, 4]) {
    yield* invite(participants, 1_000, concurrency)
    for (const size of [1_000, 10_000]) rows.push(yield* invite(participants, size, concurrency))
  }
  const head = ["inviteMany, members", "calls at a time", "most members pulled ahead", "heap, KiB"]
  yield* Console.log(markdown.table({ head, rows }))
})

await program.pipe(
  Effect.scoped,
  Effect.provide([NodeHttpClient.layerUndici, NodeServices.layer, Budget.layerUnlimited]),
  Effect.runPromise
)
