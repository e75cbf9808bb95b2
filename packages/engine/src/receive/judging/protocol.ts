/** The messages between the relay and the process that judges refused deliveries, as JSON. They contain secrets. */
import { Result, Schema, SchemaGetter } from "effect"
import { type Diagnosis, Scheme, VerificationFailed, type Verified } from "@usher/signatures"

/** Limits of one job, and of the process. */
export const bounds = {
  /** In milliseconds. */
  time: 2_000,
  /** In megabytes. */
  memory: 128,
  /** Limits of waiting jobs: their number, and their characters in total. */
  waiting: { jobs: 64, characters: 64 * 1024 * 1024 }
} as const

const Source = Schema.Struct({
  name: Schema.String,
  scheme: Scheme.Scheme,
  secrets: Schema.Array(
    Schema.Struct({
      value: Schema.RedactedFromValue(Schema.String),
      expiresAt: Schema.optional(Schema.DateTimeUtcFromMillis),
      label: Schema.optional(Schema.String)
    })
  )
})

/** By Node's codec: a body is up to 1 MiB, and the relay encodes it between requests. */
const Bytes = Schema.String.pipe(
  Schema.decodeTo(Schema.Uint8Array, {
    decode: SchemaGetter.transform((text) => Buffer.from(text, "base64")),
    encode: SchemaGetter.transform((bytes) => Buffer.from(bytes).toString("base64"))
  })
)

const Job = Schema.Struct({
  /** `judge` gives the verdict. `diagnose` also gives likely causes of a refusal. */
  kind: Schema.Literals(["judge", "diagnose"]),
  source: Source,
  others: Schema.Array(Source),
  delivery: Schema.Struct({
    method: Schema.String,
    url: Schema.optional(Schema.String),
    headers: Schema.Record(Schema.String, Schema.UndefinedOr(Schema.String)),
    body: Bytes
  }),
  /** When the delivery was received. */
  at: Schema.DateTimeUtcFromMillis,
  /** The maximum size of a body after decompression. */
  maxSize: Schema.ByteSizeFromNumber
})

export const encodeJob = Schema.encodeSync(Job)
export const decodeJob = Schema.decodeUnknownSync(Job)

/** On success, the delivery id that the signature covers. */
export type Verdict =
  | Pick<Verified.Verified, "deliveryId">
  | { readonly failed: typeof VerificationFailed.VerificationFailed.Encoded }

export interface Judged extends Pick<Diagnosis.Report, "findings" | "tried" | "untried"> {
  readonly verdict: Verdict
}

/**
 * `TooSlow`, `TooBig`: the process was ended because of the job. `Busy`: too many jobs wait. `Broken`: any other
 * reason.
 */
export interface Lost {
  readonly lost: "TooSlow" | "TooBig" | "Busy" | "Broken"
}

export type Answer = Judged | Lost

const encodeFailed = Schema.encodeSync(VerificationFailed.VerificationFailed)
const decodeFailed = Schema.decodeUnknownSync(VerificationFailed.VerificationFailed)

export const encodeVerdict = (
  verdict: Result.Result<Verified.Verified, VerificationFailed.VerificationFailed>
): Verdict =>
  Result.match(verdict, {
    onSuccess: ({ deliveryId }) => (deliveryId === undefined ? {} : { deliveryId }),
    onFailure: (failed) => ({ failed: encodeFailed(failed) })
  })

export const decodeVerdict = (
  verdict: Verdict
): Result.Result<Pick<Verified.Verified, "deliveryId">, VerificationFailed.VerificationFailed> =>
  "failed" in verdict ? Result.fail(decodeFailed(verdict.failed)) : Result.succeed(verdict)
