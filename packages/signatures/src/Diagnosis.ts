/**
 * Why did this delivery fail? Every likely cause is undone and tried again: on request only, never on the hot path,
 * and never with a secret, a signature or a body in the answer.
 */
import { type ByteSize, Clock, DateTime, Effect, Result, Option } from "effect"
import { decompress, isEncoded } from "./Body.ts"
import type { Delivery } from "./Delivery.ts"
import { explain } from "./internal/causes.ts"
import { encodingRemoved } from "./internal/findings.ts"
import { compile } from "./internal/compile.ts"
import { normal } from "./internal/normal.ts"
import { isBytes } from "./internal/rawBody.ts"
import type { Report, Source } from "./internal/report.ts"
import { secretsOf } from "./internal/secrets.ts"
import { isTooDeep, maxDepth } from "./internal/variants.ts"
import type { Input as SchemeInput, Scheme } from "./Scheme.ts"
import type { Input as SecretInput, InvalidSecret, Secret } from "./Secret.ts"
import { VerificationFailed } from "./VerificationFailed.ts"
import type { DeliveryOf } from "./Verifier.ts"

export { Finding, type Report, type Source, Tried } from "./internal/report.ts"

/**
 * Bounds of a diagnosis: bytes of a body that is diagnosed, and levels of JSON that is printed again. A delivery out of bounds
 * has a verdict all the same.
 *
 * @category constants
 */
export const limits = { body: 65_536, depth: maxDepth } as const

/**
 * Why a larger body has a verdict and no findings.
 *
 * @category constants
 */
export const tooLarge = `Bodies above ${limits.body / 1024} KiB are not diagnosed.`

const tooDeep = `JSON that is nested deeper than ${limits.depth} levels is not printed again.`

/**
 * What is diagnosed, and what may explain it.
 *
 * @category options
 */
export interface Options<S extends SchemeInput = SchemeInput> {
  /** How the source's sender proves a delivery. */
  readonly scheme: S
  /** The secrets of the source. */
  readonly secrets: ReadonlyArray<SecretInput>
  /** The delivery that was refused. */
  readonly delivery: DeliveryOf<S>
  /** Other configured sources, whose secrets are tried as well. Default: none. */
  readonly others?: ReadonlyArray<Source> | undefined
  /** The moment at which a captured delivery came in. Default: now. */
  readonly at?: DateTime.Utc | undefined
  /** The largest body after decompression, in bytes. Default: 1 MiB. */
  readonly maxSize?: ByteSize.ByteSize | undefined
}

interface Refused {
  readonly scheme: Scheme
  readonly secrets: ReadonlyArray<Secret>
  readonly delivery: Delivery
  readonly others: ReadonlyArray<Source>
  readonly at: DateTime.Utc | undefined
  readonly maxSize: ByteSize.ByteSize | undefined
}

const diagnoseBytes = Effect.fnUntraced(function* (options: Refused) {
  const { delivery, others, scheme, secrets } = options
  const now = options.at === undefined ? yield* Clock.currentTimeMillis : DateTime.toEpochMillis(options.at)
  const check = yield* Effect.fromResult(compile(scheme, secrets))
  const verdict = check(delivery, now)
  return Result.match(verdict, {
    onSuccess: ({ secret }): Report => ({
      verdict,
      findings: [{ finding: "Valid", sentence: `It verifies, with secret ${secret}.`, secret }],
      tried: []
    }),
    onFailure: (failed): Report => {
      if (delivery.body?.length > limits.body) return { verdict, findings: [], tried: [], untried: tooLarge }
      const explained = explain(failed, { delivery, scheme, secrets, others, now })
      const isLeftOut =
        failed.reason === "NoSecretMatches" && explained.findings.length === 0 && isTooDeep(delivery)
      return { verdict, ...explained, ...(isLeftOut ? { untried: tooDeep } : {}) }
    }
  })
})

/**
 * What may explain a delivery that was refused. Fails only for secrets that no verifier would take. The time is the
 * one of `Clock`; to judge a captured delivery give the moment at which it came in as `at`. A compressed body is judged as
 * it was sent, and then decompressed: either may be what the sender signed.
 *
 * **Example** (Another secret of the same source)
 *
 * ```ts
 * import { DateTime, Effect } from "effect"
 * import { Diagnosis, Secret, Senders } from "@usher/signatures"
 * import { sign } from "@usher/signatures/testing"
 *
 * const github = Senders.of("github")
 *
 * const program = Effect.gen(function* () {
 *   const delivery = yield* sign(github, { secret: "old", body: "{}", at: yield* DateTime.now })
 *   const expiresAt = DateTime.makeUnsafe("2020-01-01T00:00:00Z")
 *   const secrets = [Secret.make("old", { label: "old", expiresAt }), Secret.make("new")]
 *   const { findings } = yield* Diagnosis.diagnose({ scheme: github.scheme, secrets, delivery })
 *   console.log(findings[0]?.finding, findings[0]?.secret) // ExpiredSecret old
 * })
 *
 * await Effect.runPromise(program)
 * ```
 *
 * @category diagnosis
 */
export const diagnose = <const S extends SchemeInput>(
  options: Options<S>
): Effect.Effect<Report, InvalidSecret> => diagnoseAny(options)

interface Given extends Omit<Options, "delivery"> {
  readonly delivery: Delivery
}

const diagnoseAny = Effect.fn("Diagnosis.diagnose")(function* (given: Given) {
  const { at, delivery, maxSize, others = [] } = given
  const options: Refused = {
    scheme: normal(given.scheme),
    secrets: yield* Effect.fromResult(secretsOf(given.secrets)),
    delivery,
    others: others.map(({ name, scheme, secrets }) => ({ name, scheme: normal(scheme), secrets })),
    at,
    maxSize
  }
  // No part of it can be decompressed.
  if (!isBytes(delivery.body)) return yield* diagnoseBytes(options)
  const { headers, body } = delivery
  if (!isEncoded(headers)) return yield* withoutEncoding(options)
  const opened = yield* Effect.result(decompress(headers, body, { maxSize: options.maxSize }))
  const asSent = yield* diagnoseBytes(options)
  if (Result.isFailure(opened)) {
    const { message } = opened.failure
    const failed = new VerificationFailed({
      reason: "UnreadableEncoding",
      header: "content-encoding",
      message
    })
    return Result.isSuccess(asSent.verdict)
      ? { verdict: Result.fail(failed), findings: [], tried: [] }
      : { ...asSent, verdict: Result.fail(failed) }
  }
  if (Result.isSuccess(asSent.verdict)) return asSent
  const decompressed = yield* diagnoseBytes({
    ...options,
    delivery: { ...options.delivery, body: opened.success }
  })
  return Result.isFailure(decompressed.verdict) && explains(asSent) ? asSent : decompressed
})

/** That a body is compressed explains a refusal only where nothing else does. */
const explains = ({ findings }: Report): boolean => findings.some(({ finding }) => finding !== "Encoded")

/** A proxy may have removed the header that says how the body is compressed. */
const withoutEncoding = Effect.fnUntraced(function* (options: Refused) {
  const report = yield* diagnoseBytes(options)
  const { delivery, maxSize } = options
  const [first, second] = delivery.body
  if (Result.isSuccess(report.verdict) || first !== 0x1f || second !== 0x8b) return report
  const opened = yield* Effect.option(decompress({ "content-encoding": "gzip" }, delivery.body, { maxSize }))
  if (Option.isNone(opened)) return report
  const { verdict } = yield* diagnoseBytes({ ...options, delivery: { ...delivery, body: opened.value } })
  return Result.isFailure(verdict)
    ? report
    : { ...report, findings: [encodingRemoved(verdict.success.secret)] }
})
