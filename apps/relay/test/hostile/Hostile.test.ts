import { describe, expect, it } from "@effect/vitest"
import { Effect, Option, Ref, Schema } from "effect"
import { HttpClient } from "effect/http"
import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { configuration, deliver, folder, isolated, openDatabase, secrets, serve } from "../harness.ts"
import { isLong } from "../long.ts"
import { bodies, type Chance, chance, type Hostile, hostile } from "./requests.ts"
import { type Answer, answersOf, exchange } from "./wire.ts"

/** Another number comes with USHER_HOSTILE_REQUESTS. */
const count = Number(process.env["USHER_HOSTILE_REQUESTS"] ?? (isLong ? "20000" : "800"))
const seed = Number(process.env["USHER_HOSTILE_SEED"] ?? "20261125")
const clients = 24

/** A relay that is silent for so long, in milliseconds, has nothing more to say: about noise, and about what it may accept. */
const silence = { noise: 60, delivery: 5_000 }

const mayBeAccepted = ({ signed, pieces }: Hostile): boolean =>
  signed !== undefined || pieces.some((piece) => Buffer.from(piece).includes(secrets.TOKEN_SECRET))

const Acknowledged = Schema.fromJsonString(
  Schema.Struct({ id: Schema.String, status: Schema.Literals(["accepted", "duplicate"]) })
)
/** Once there is an answer, another one comes soon or never. */
const patienceOf = (request: Hostile) => ({
  before: mayBeAccepted(request) ? silence.delivery : silence.noise,
  after: silence.noise
})

/** With what was sent, where it is known. */
const acknowledgementOf = ({ body }: Pick<Answer, "body">, sent?: Hostile["signed"]) =>
  Option.match(Schema.decodeUnknownOption(Acknowledged)(body), {
    onNone: () => [],
    onSome: ({ id, status }) => [{ id, status, sent }]
  })

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
        const home = yield* folder(config)
        const relay = yield* serve(home)
        const random = chance(seed)
        const seen = yield* Ref.make(new Map<number, number>())
        const [harmful, refused, memory] = [new Array<string>(), new Array<string>(), new Array<number>()]
        /** Requests with the right token and something wrong with them: some are stored, and cut off before the answer. */
        let unsure = 0
        const acknowledged: Array<typeof Acknowledged.Type & { readonly sent: Hostile["signed"] }> = []

        const one = Effect.gen(function* () {
          const viaFetch = random.oneIn(10)
          const request: Hostile = viaFetch ? { kind: "fetch", pieces: [] } : hostile(random)
          const answers = viaFetch
            ? []
            : answersOf(yield* exchange(relay.url, request.pieces, patienceOf(request)))
          const statuses = viaFetch ? yield* fetched(relay.url, random) : answers.map(({ status }) => status)
          const { kind, signed } = request
          for (const [at, answer] of answers.entries()) {
            const sent = at === 0 ? signed : undefined
            acknowledged.push(...acknowledgementOf(answer, sent))
          }
          // What is compressed beyond the bounds may be refused; nothing else that is signed.
          const tolerated = signed?.isEncoded === true ? [200, 202, 413, 415] : [200, 202, 413]
          if (signed === undefined && mayBeAccepted(request)) unsure += Math.max(1, answers.length)
          if (signed !== undefined && !tolerated.includes(statuses[0] ?? 0)) {
            refused.push(`${statuses[0]} ${kind} of ${signed.body.length} bytes`)
          }
          yield* Ref.update(seen, (seen) => {
            for (const status of statuses) seen.set(status, (seen.get(status) ?? 0) + 1)
            return seen
          })
          if (statuses.some((status) => status >= 500)) harmful.push(`${statuses.join()} ${kind}`)
        })
        const good = (at: number) =>
          Effect.map(deliver(relay.url, "svix", { email: `good-${at}@example.com` }), ({ status, text }) => {
            acknowledged.push(...acknowledgementOf({ body: text }))
            return status
          })

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
        expect({ harmful, refused, summary }).toEqual({ harmful: [], refused: [], summary })
        // Every acknowledged delivery is a webhook of its own or a duplicate of one, with the bytes that were sent.
        const database = yield* openDatabase(home.database)
        const rows = database.prepare("SELECT id, body, resent FROM webhooks").all()
        const stored = new Map(
          rows.map(({ id, body }) => [String(id), Buffer.from(Object(body)).toString("base64")])
        )
        const resent = rows.reduce((sum, row) => sum + Number(row["resent"]), 0)
        const accepted = acknowledged.filter(({ status }) => status === "accepted")
        expect(new Set(accepted.map(({ id }) => id)).size).toBe(accepted.length)
        const unheard = stored.size + resent - acknowledged.length
        expect(unheard).toBeGreaterThanOrEqual(0)
        expect(unheard).toBeLessThanOrEqual(unsure)
        const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")
        const contents = new Map(
          accepted.flatMap(({ id, sent }) => (sent === undefined ? [] : [[id, base64(sent.plain)]]))
        )
        const unlike = acknowledged.filter(({ id, status, sent }) => {
          if (sent === undefined || !contents.has(id)) return !stored.has(id)
          // A duplicate may be compressed otherwise.
          return status === "accepted"
            ? stored.get(id) !== base64(sent.body)
            : contents.get(id) !== base64(sent.plain)
        })
        expect(unlike).toEqual([])
        // All was tried: accepted, refused, broken off.
        expect([...(yield* Ref.get(seen)).keys()]).toEqual(expect.arrayContaining([200, 400, 401, 404, 405]))
        const [half = 0, end = 0] = [memory[rounds / 2], memory.at(-1)]
        expect(end).toBeLessThan(half * 1.5)
        expect(yield* Effect.map(HttpClient.get(`${relay.url}/readyz`), ({ status }) => status)).toBe(200)
        if (isLong || process.env["USHER_HOSTILE_REQUESTS"] !== undefined)
          process.stdout.write(`${summary}\n`)
      }).pipe(isolated),
    { timeout: 60_000 + count * 30 }
  )
})
