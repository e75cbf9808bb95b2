/**
 * Explains why a delivery was refused: reverses each likely cause and verifies again. It is slow, so run it on request only.
 * The answer never holds a secret, a signature or a body.
 */
import { type ByteSize, Clock, DateTime, Effect, Result } from "effect"
import { decompress, isEncoded } from "./Body.ts"
import type { Delivery } from "./Delivery.ts"
import { type Case, explain } from "./internal/causes.ts"
import type { Check } from "./internal/check.ts"
import { compile } from "./internal/compile.ts"
import { normal } from "./internal/normal.ts"
import { isBytes } from "./internal/rawBody.ts"
import type { Report, Source } from "./internal/report.ts"
import { secretsOf } from "./internal/secrets.ts"
import { isTooDeep, maxDepth } from "./internal/variants.ts"
import type { Input as SchemeInput } from "./Scheme.ts"
import type { Input as SecretInput, InvalidSecret } from "./Secret.ts"
import { VerificationFailed } from "./VerificationFailed.ts"
import type { DeliveryOf } from "./Verifier.ts"

export { Finding, type Report, type Source, Tried } from "./internal/report.ts"

/**
 * Limits of a diagnosis: the size of a body in bytes, and the depth of JSON that is reformatted. A delivery beyond them gets a
 * verdict without findings.
 *
 * @category constants
 */
export const limits = { body: 65_536, depth: maxDepth } as const

/**
 * The sentence in `untried` for a larger body.
 *
 * @category constants
 */
export const tooLarge = `Bodies above ${limits.body / 1024} KiB are not diagnosed.`

const tooDeep = `JSON that is nested deeper than ${limits.depth} levels is not reformatted.`

/**
 * What to diagnose, and what may explain it.
 *
 * @category options
 */
export interface Options<S extends SchemeInput = SchemeInput> {
  /** The scheme of the source. */
  readonly scheme: S
  /** The secrets of the source. */
  readonly secrets: ReadonlyArray<SecretInput>
  /** The delivery that was refused. */
  readonly delivery: DeliveryOf<S>
  /** Other configured sources, whose secrets are tried as well. Default: none. */
  readonly others?: ReadonlyArray<Source> | undefined
  /** When a captured delivery was received. Default: now. */
  readonly at?: DateTime.Utc | undefined
  /** The largest body after decompression, in bytes. Default: 1 MiB. */
  readonly maxSize?: ByteSize.ByteSize | undefined
}

const diagnoseBytes = (check: Check, refused: Case): Report => {
  const { delivery, now } = refused
  const verdict = check(delivery, now)
  if (Result.isSuccess(verdict)) {
    const { secret } = verdict.success
    const sentence = `It verifies, with secret ${secret}.`
    return { verdict, findings: [{ finding: "Valid", sentence, secret }], tried: [] }
  }
  if (delivery.body?.length > limits.body) return { verdict, findings: [], tried: [], untried: tooLarge }
  const explained = explain(verdict.failure, refused)
  const isLeftOut =
    verdict.failure.reason === "NoSecretMatches" && explained.findings.length === 0 && isTooDeep(delivery)
  return { verdict, ...explained, ...(isLeftOut ? { untried: tooDeep } : {}) }
}

/**
 * Explains a refused delivery. Fails only for secrets that no verifier accepts. The time is that of `Clock`; for a captured
 * delivery, pass the time at which it was received as `at`. A compressed body is tried as sent and decompressed: the sender
 * may have signed either.
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
  const refused: Case = {
    scheme: normal(given.scheme),
    secrets: yield* Effect.fromResult(secretsOf(given.secrets)),
    delivery,
    others: others.map(({ name, scheme, secrets }) => ({ name, scheme: normal(scheme), secrets })),
    now: at === undefined ? yield* Clock.currentTimeMillis : DateTime.toEpochMillis(at)
  }
  const check = yield* Effect.fromResult(compile(refused.scheme, refused.secrets))
  const asSent = diagnoseBytes(check, refused)
  // A body that is not bytes can't be decompressed.
  if (!isBytes(delivery.body)) return asSent
  const { headers, body } = delivery
  const decompressed = (bytes: Uint8Array) =>
    diagnoseBytes(check, { ...refused, delivery: { ...delivery, body: bytes } })
  if (!isEncoded(headers)) {
    // A proxy may have removed the header that names the compression.
    if (Result.isSuccess(asSent.verdict) || body[0] !== 0x1f || body[1] !== 0x8b) return asSent
    const opened = yield* Effect.result(decompress({ "content-encoding": "gzip" }, body, { maxSize }))
    const { verdict } = Result.isSuccess(opened) ? decompressed(opened.success) : asSent
    if (Result.isFailure(verdict)) return asSent
    const { secret } = verdict.success
    const sentence = `The signature is right for the decompressed body (secret ${secret}): a proxy removes the Content-Encoding header. Pass it on.`
    return { ...asSent, findings: [{ finding: "Encoded" as const, sentence, secret }] }
  }
  const opened = yield* Effect.result(decompress(headers, body, { maxSize }))
  if (Result.isFailure(opened)) {
    const { message } = opened.failure
    const verdict = Result.fail(
      new VerificationFailed({ reason: "UnreadableEncoding", header: "content-encoding", message })
    )
    return Result.isSuccess(asSent.verdict) ? { verdict, findings: [], tried: [] } : { ...asSent, verdict }
  }
  if (Result.isSuccess(asSent.verdict)) return asSent
  const report = decompressed(opened.success)
  return Result.isFailure(report.verdict) && explains(asSent) ? asSent : report
})

/** Compression explains a refusal only if nothing else does. */
const explains = ({ findings }: Report): boolean => findings.some(({ finding }) => finding !== "Encoded")
