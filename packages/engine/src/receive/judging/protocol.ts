/** What the relay and the process that judges refused deliveries say to each other, as JSON. It holds secrets. */
import { DateTime, Option, Redacted, Result, Schema } from "effect"
import {
  type Delivery,
  Diagnosis,
  Scheme,
  Secret,
  VerificationFailed,
  type Verified
} from "@usher/signatures"

/** Bounds of one job, and of the process. */
export const bounds = {
  /** In milliseconds. */
  time: 2_000,
  /** In megabytes. */
  memory: 128,
  /** Jobs that wait, and the characters of all of them. */
  waiting: { jobs: 64, characters: 64 * 1024 * 1024 }
} as const

/** `judge` gives the verdict; `diagnose` gives what may explain it, too. */
export interface Job {
  readonly kind: "judge" | "diagnose"
  readonly source: Source
  readonly others: ReadonlyArray<Source>
  readonly delivery: Omit<Delivery.Delivery, "body"> & { readonly body: string }
  /** When the delivery was received, in milliseconds. */
  readonly at: number
  /** Of a body after decompression. */
  readonly maxSize: number
}

export interface Source {
  readonly name: string
  readonly scheme: typeof Scheme.Scheme.Encoded
  readonly secrets: ReadonlyArray<{
    readonly value: string
    readonly expiresAt: number | null
    readonly label: string | null
  }>
}

/** Of a verdict that is right, the id that the signature covers. */
export type Verdict =
  | { readonly deliveryId: string | null }
  | { readonly failed: typeof VerificationFailed.VerificationFailed.Encoded }

export interface Judged extends Pick<Diagnosis.Report, "findings" | "tried" | "untried"> {
  readonly verdict: Verdict
}

/** `TooSlow` and `TooBig`: the process was ended over it. `Busy`: too many jobs wait. `Broken`: neither. */
export interface Lost {
  readonly lost: "TooSlow" | "TooBig" | "Busy" | "Broken"
}

export type Answer = Judged | Lost

const encodeScheme = Schema.encodeSync(Scheme.Scheme)
const decodeScheme = Schema.decodeUnknownSync(Scheme.Scheme)
const encodeFailed = Schema.encodeSync(VerificationFailed.VerificationFailed)
const decodeFailed = Schema.decodeUnknownSync(VerificationFailed.VerificationFailed)

export const encodeSource = ({ name, scheme, secrets }: Diagnosis.Source): Source => ({
  name,
  scheme: encodeScheme(scheme),
  secrets: secrets.map(({ value, expiresAt, label = null }) => ({
    value: Redacted.value(value),
    expiresAt: expiresAt === undefined ? null : DateTime.toEpochMillis(expiresAt),
    label
  }))
})

export const decodeSource = ({ name, scheme, secrets }: Source): Diagnosis.Source => ({
  name,
  scheme: decodeScheme(scheme),
  secrets: secrets.map(({ value, expiresAt, label }) =>
    Secret.make(value, {
      ...(expiresAt === null ? {} : { expiresAt: DateTime.makeUnsafe(expiresAt) }),
      ...(label === null ? {} : { label })
    })
  )
})

export const encodeDelivery = (delivery: Delivery.Delivery): Job["delivery"] => ({
  ...delivery,
  body: Buffer.from(delivery.body).toString("base64")
})

export const decodeDelivery = (delivery: Job["delivery"]): Delivery.Delivery => ({
  ...delivery,
  body: Buffer.from(delivery.body, "base64")
})

export const encodeVerdict = (
  verdict: Result.Result<Verified.Verified, VerificationFailed.VerificationFailed>
): Verdict =>
  Result.match(verdict, {
    onSuccess: ({ deliveryId = null }) => ({ deliveryId }),
    onFailure: (failed) => ({ failed: encodeFailed(failed) })
  })

export const decodeVerdict = (
  verdict: Verdict
): Result.Result<Pick<Verified.Verified, "deliveryId">, VerificationFailed.VerificationFailed> =>
  "failed" in verdict
    ? Result.fail(decodeFailed(verdict.failed))
    : Result.succeed(
        Option.match(Option.fromNullOr(verdict.deliveryId), {
          onNone: () => ({}),
          onSome: (deliveryId) => ({ deliveryId })
        })
      )
