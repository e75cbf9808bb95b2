import { describe, expect, it } from "@effect/vitest"
import { Effect, Ref } from "effect"
import { HttpClient } from "effect/http"
import { execFile } from "node:child_process"
import { createConnection } from "node:net"
import { promisify } from "node:util"
import { configuration, deliver, folder, isolated, serve } from "../harness.ts"
import { bodies, type Chance, chance, hostile } from "./requests.ts"

/** USHER_HOSTILE_REQUESTS=20000 for more. */
const count = Number(process.env["USHER_HOSTILE_REQUESTS"] ?? "2000")
const seed = Number(process.env["USHER_HOSTILE_SEED"] ?? "20261125")
const clients = 24

/** Whoever says nothing for so long has nothing more to say. */
const silence = 60

/** Sends the pieces, and gives what comes back until the other side is silent or closes. */
const exchange = (url: string, pieces: ReadonlyArray<Uint8Array>) =>
  Effect.callback<string>((resume) => {
    const { hostname, port } = new URL(url)
    const socket = createConnection(Number(port), hostname)
    let received = ""
    socket.setEncoding("latin1").on("data", (text: string) => (received += text))
    socket.on("error", () => socket.destroy())
    socket.setTimeout(silence, () => socket.destroy())
    socket.on("close", () => resume(Effect.succeed(received)))
    const send = (at: number) => {
      const piece = pieces[at]
      if (piece === undefined || socket.destroyed) return
      // Each piece in a packet of its own.
      socket.write(piece, () => setImmediate(() => send(at + 1)))
    }
    socket.on("connect", () => send(0))
    return Effect.sync(() => socket.destroy())
  })

/** The statuses of all answers in it. */
const statusesOf = (received: string) =>
  [...received.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status))

/** As a well-behaved client sends it, which a bare socket does not. */
const fetched = (url: string, random: Chance) =>
  Effect.promise(async () => {
    const path = random.of(["/webhooks/token", "/webhooks/svix", "/webhooks/__proto__", "/", "/metrics"])
    const method = random.of(["POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
    const body = bodies(random).slice()
    try {
      const response = await fetch(url + path, { method, body, headers: { "x-relay-secret": "wrong" } })
      await response.arrayBuffer()
      return [response.status]
    } catch {
      // Its connection was closed while it was sending.
      return []
    }
  })

/** In MiB. */
const memoryOf = (pid: number | undefined) =>
  Effect.map(
    Effect.promise(() => promisify(execFile)("ps", ["-o", "rss=", "-p", String(pid)])),
    ({ stdout }) => Number(stdout) / 1024
  )

describe("hostile requests", () => {
  it.live(
    `${count} of them give no 500, crash nothing, fill no memory, and a good webhook is accepted at once`,
    () =>
      Effect.gen(function* () {
        const config = configuration("http://127.0.0.1:1").replace(
          "port: 0",
          "port: 0, requestTimeout: 2 seconds"
        )
        const relay = yield* serve(yield* folder(config))
        const random = chance(seed)
        const seen = yield* Ref.make(new Map<number, number>())
        const [harmful, memory] = [new Array<string>(), new Array<number>()]

        const one = Effect.gen(function* () {
          const viaFetch = random.oneIn(10)
          const { kind, pieces } = viaFetch ? { kind: "fetch", pieces: [] } : hostile(random)
          const statuses = viaFetch
            ? yield* fetched(relay.url, random)
            : statusesOf(yield* exchange(relay.url, pieces))
          yield* Ref.update(seen, (seen) => {
            for (const status of statuses) seen.set(status, (seen.get(status) ?? 0) + 1)
            return seen
          })
          if (statuses.some((status) => status >= 500)) harmful.push(`${statuses.join()} ${kind}`)
        })
        const good = (at: number) =>
          Effect.map(deliver(relay.url, "svix", { email: `good-${at}@example.com` }), ({ status }) => status)

        const rounds = 10
        for (let round = 0; round < rounds; round++) {
          yield* Effect.replicateEffect(one, count / rounds, { concurrency: clients, discard: true })
          expect(yield* good(round)).toBe(202)
          memory.push(yield* memoryOf(relay.pid))
        }
        const summary = JSON.stringify({
          seen: [...(yield* Ref.get(seen))].toSorted(),
          memory: memory.map(Math.round)
        })
        expect({ harmful, summary }).toEqual({ harmful: [], summary })
        // All was tried: accepted, refused, broken off.
        expect([...(yield* Ref.get(seen)).keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405]))
        const [half = 0, end = 0] = [memory[rounds / 2], memory.at(-1)]
        expect(end).toBeLessThan(half * 1.5)
        expect(yield* Effect.map(HttpClient.get(`${relay.url}/readyz`), ({ status }) => status)).toBe(200)
        if (process.env["USHER_HOSTILE_REQUESTS"] !== undefined) process.stdout.write(`${summary}\n`)
      }).pipe(isolated),
    { timeout: 60_000 + count * 30 }
  )
})
