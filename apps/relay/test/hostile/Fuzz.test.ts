/** Every sender's source and every route of the admin API, under requests made at random from a seed. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { folder, isolated, sandbox, serve } from "../harness.ts"
import { isLong } from "../long.ts"
import { adminRequest, routes } from "./adminRequests.ts"
import { anyDelivery } from "./deliveries.ts"
import { configuration, names, secrets } from "./everySender.ts"
import { memoryOf } from "./probing.ts"
import { type Chance, chance, type Hostile, request } from "./requests.ts"
import { answersOf, ask, exchange } from "./wire.ts"

/** Another number comes with USHER_HOSTILE_REQUESTS. */
const count = Number(process.env["USHER_HOSTILE_REQUESTS"] ?? (isLong ? "20000" : "800"))
const seed = Number(process.env["USHER_HOSTILE_SEED"] ?? "20261129")
const clients = 16

/** In MiB: how much more memory the relay may have at the end than halfway. */
const mostGrowth = 96

interface Fuzzed extends Hostile {
  /** It is HTTP, and gets an answer. */
  readonly isWhole: boolean
}

const fuzzed = (random: Chance): Fuzzed =>
  random.of<() => Fuzzed>([
    () => ({ ...anyDelivery(random), isWhole: true }),
    () => ({ ...adminRequest(random), isWhole: true }),
    () => ({ ...request(random, names as [string, ...ReadonlyArray<string>]), isWhole: false })
  ])()

/** 503 is an answer of the relay's own where it says when to come again, or that it is not ready. */
const isDesigned = (head: string, kind: string): boolean =>
  /^retry-after:/im.test(head) || kind.includes("/readyz")

describe.skipIf(process.platform !== "linux")("requests at random", () => {
  it.live(
    `${count} of them, from seed ${seed}, get no 5xx but the 503 that says when to come again, and fill no memory`,
    () =>
      Effect.gen(function* () {
        const { url: upstream } = yield* sandbox
        const home = yield* folder(configuration({ url: upstream, endless: upstream }))
        const relay = yield* serve(home, { ...secrets, NODE_OPTIONS: "--max-old-space-size=512" })
        const random = chance(seed)
        const seen: Record<number, number> = {}
        const [harmful, silent, memory] = [new Array<string>(), new Array<string>(), new Array<number>()]

        const one = Effect.gen(function* () {
          const { kind, pieces, isWhole } = fuzzed(random)
          const received = yield* exchange(relay.url, pieces, { before: isWhole ? 20_000 : 60, after: 200 })
          const answers = answersOf(received)
          for (const { status, head } of answers) {
            seen[status] = (seen[status] ?? 0) + 1
            if (status >= 500 && !(status === 503 && isDesigned(head, kind)))
              harmful.push(`${status} ${kind}`)
          }
          // Node closes a connection whose head is no HTTP: while the rest is still on its way, the answer may be lost.
          if (isWhole && answers.length === 0 && !kind.includes("\u0001")) silent.push(kind)
        })

        const rounds = 10
        for (let round = 0; round < rounds; round++) {
          yield* Effect.replicateEffect(one, count / rounds, { concurrency: clients, discard: true })
          memory.push((yield* memoryOf(relay.pid)).now)
        }
        const summary = JSON.stringify({ seed, seen, memory: memory.map(Math.round) })
        if (isLong || process.env["USHER_HOSTILE_REQUESTS"] !== undefined)
          process.stdout.write(`${summary}\n`)
        expect({ harmful, silent, summary }).toEqual({ harmful: [], silent: [], summary })
        // All was tried, with right and with wrong tokens.
        expect(routes.length).toBeGreaterThan(35)
        expect(Object.keys(seen).map(Number)).toEqual(
          expect.arrayContaining([200, 202, 400, 401, 403, 404, 405])
        )
        const [half = 0, end = 0] = [memory[rounds / 2], memory.at(-1)]
        expect(end - half).toBeLessThan(mostGrowth)
        expect(yield* ask(relay.url, { path: "/healthz" })).toMatchObject({ status: 200 })
      }).pipe(isolated),
    { timeout: 60_000 + count * 60 }
  )
})
