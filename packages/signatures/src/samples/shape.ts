/** How a sample is written: what it is made of, and the three forms in which senders write their bodies. */
import type { DateTime } from "effect"
import { formatIso, toEpochMillis } from "effect/DateTime"

/**
 * What is put into a sample: whose address, which delivery id, and when it happened.
 *
 * @category models
 */
export interface SampleOptions {
  /** The address of the person. */
  readonly member: string
  /** The delivery id. */
  readonly id: string
  /** When it happened. */
  readonly at: DateTime.Utc
}

/** A body and its headers. */
export interface Content {
  /** The text of the body. */
  readonly body: string
  /** Those that the sender adds besides its signature. */
  readonly headers: Readonly<Record<string, string>>
}

export type Shape = (options: SampleOptions) => Content

export const json = (value: unknown, headers: Readonly<Record<string, string>> = {}): Content => ({
  body: JSON.stringify(value),
  headers: { "content-type": "application/json", ...headers }
})

export const form = (fields: Readonly<Record<string, string>>): Content => ({
  body: new URLSearchParams(fields).toString(),
  headers: { "content-type": "application/x-www-form-urlencoded" }
})

const boundary = "usher-sample"

export const multipart = (fields: Readonly<Record<string, string>>): Content => ({
  body: [
    ...Object.entries(fields).map(
      ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    ),
    `--${boundary}--\r\n`
  ].join(""),
  headers: { "content-type": `multipart/form-data; boundary=${boundary}` }
})

export const millis = ({ at }: SampleOptions): number => toEpochMillis(at)
export const seconds = (options: SampleOptions): number => Math.floor(millis(options) / 1000)

/** Plain JSON with the address at `email`, where no shape of the sender is known or the sender has none. */
export const plain: Shape = ({ at, id, member }) => json({ id, createdAt: formatIso(at), email: member })
