/**
 * Compares a verification of a Standard Webhooks delivery of 1 kB, in a running fiber, with `createHmac` and `timingSafeEqual`
 * over the same bytes. Fails above 1.5 times the time of a key object that is made once.
 *
 *     npx -y pnpm@12.21.0 bench:library
 */
import { Console, DateTime, Duration, Effect } from "effect"
import { Scheme, Secret, Verifier } from "@usher/signatures"
import { sign } from "@usher/signatures/testing"
import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto"
import * as markdown from "../report/markdown.ts"
import { median, ratio, whole } from "../report/statistics.ts"
import { inTurn } from "../Rounds.ts"

const rounds = 41
const calls = 5_000
const limit = 1.5
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const scheme: Scheme.Scheme = { scheme: "standard-webhooks" }

const program = Effect.gen(function* () {
  const body = new Uint8Array(1024).fill(97)
  const delivery = yield* sign(scheme, {
    secret,
    body,
    at: yield* DateTime.now,
    id: "msg_p5jXN8AQM9LWM0D4loKWxJek"
  })
  const verifier = yield* Verifier.make({ scheme, secrets: [Secret.make(secret)] })

  const bytes = Buffer.from(secret.slice("whsec_".length), "base64")
  const prefix = `${delivery.headers["webhook-id"]}.${delivery.headers["webhook-timestamp"]}.`
  const expected = Buffer.from((delivery.headers["webhook-signature"] ?? "").slice(3), "base64")
  const bare = (key: Parameters<typeof createHmac>[1]) =>
    Effect.sync(() => {
      for (let i = 0; i < calls; i++) {
        const digest = createHmac("sha256", key).update(prefix).update(body).digest()
        if (!timingSafeEqual(digest, expected)) throw new Error("the signature does not match")
      }
    })
  const verify = Effect.gen(function* () {
    for (let i = 0; i < calls; i++) yield* verifier.verify(delivery)
  })
  const all: ReadonlyArray<{ readonly name: string; readonly run: Effect.Effect<void, unknown> }> = [
    { name: "node:crypto, key object made once", run: bare(createSecretKey(bytes)) },
    { name: "Verifier.verify", run: verify },
    { name: "node:crypto, key as bytes", run: bare(bytes) }
  ]
  const results = yield* inTurn(all, rounds, ({ run }) =>
    Effect.map(Effect.timed(Effect.orDie(run)), ([took]) => (Duration.toMillis(took) * 1e6) / calls)
  )
  const floor = results.get(all[0]?.name ?? "") ?? []
  const rows = Array.from(results, ([name, times]) => [
    name,
    whole(median(times)),
    ratio(times, floor).toFixed(2)
  ])
  yield* Console.log(markdown.table({ head: ["", "ns", `ratio (at most ${limit})`], rows }))
  if (ratio(results.get("Verifier.verify") ?? [], floor) > limit) process.exitCode = 1
})

await Effect.runPromise(program)
