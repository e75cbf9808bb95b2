/**
 * What a verification costs beside the bare primitives: a Standard Webhooks delivery of 1 kB, in a running fiber,
 * against `createHmac` and `timingSafeEqual` over the same bytes. Rounds are interleaved, and medians are compared.
 *
 *     node packages/signatures/bench/verify.ts
 */
import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto"
import { Console, DateTime, Effect } from "effect"
import { Scheme, Secret, Verifier } from "../src/index.ts"
import { sign } from "../src/testing.ts"

const rounds = 41
const calls = 5_000
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
const scheme: Scheme.Scheme = { scheme: "standard-webhooks" }

const median = (values: ReadonlyArray<number>): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

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
  const bare = (key: Parameters<typeof createHmac>[1]) => () => {
    for (let i = 0; i < calls; i++) {
      const digest = createHmac("sha256", key).update(prefix).update(body).digest()
      if (!timingSafeEqual(digest, expected)) process.exitCode = 1
    }
  }
  const bareKey = bare(createSecretKey(bytes))
  const bareBytes = bare(bytes)
  const verifyAll = Effect.gen(function* () {
    for (let i = 0; i < calls; i++) yield* verifier.verify(delivery)
  })

  const timed = Effect.fnUntraced(function* (samples: Array<number>, run: Effect.Effect<void, unknown>) {
    const start = process.hrtime.bigint()
    yield* run
    samples.push(Number(process.hrtime.bigint() - start) / calls)
  })
  const results = { key: new Array<number>(), bytes: new Array<number>(), verify: new Array<number>() }
  for (let round = 0; round < rounds; round++) {
    yield* timed(results.key, Effect.sync(bareKey))
    yield* timed(results.verify, verifyAll)
    yield* timed(results.bytes, Effect.sync(bareBytes))
  }
  const [key, raw, verify] = [median(results.key), median(results.bytes), median(results.verify)]
  yield* Console.log(`bare, KeyObject made once:    ${key.toFixed(0)} ns`)
  yield* Console.log(`bare, key as bytes:           ${raw.toFixed(0)} ns`)
  yield* Console.log(`Verifier.verify in a fiber:   ${verify.toFixed(0)} ns`)
  yield* Console.log(
    `ratio to KeyObject: ${(verify / key).toFixed(2)}; to bytes: ${(verify / raw).toFixed(2)}; limit 1.50`
  )
  if (verify / key > 1.5) process.exitCode = 1
})

await Effect.runPromise(program)
