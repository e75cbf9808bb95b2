/** Builds sample bodies in the three formats of senders: JSON, urlencoded and multipart forms. */
import type { DateTime } from "effect"
import { formatIso, toEpochMillis } from "effect/DateTime"

/**
 * The variable parts of a sample.
 *
 * @category models
 */
export interface SampleOptions {
  /** The address of the person. */
  readonly member: string
  /** The delivery id. */
  readonly id: string
  /** The time of the event. */
  readonly at: DateTime.Utc
}

/** A body and its headers. */
export interface Content {
  /** The text of the body. */
  readonly body: string
  /** The headers that the sender adds besides its signature. */
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

/** Plain JSON with the address at `email`, for senders without a known format. */
export const plain: Shape = ({ at, id, member }) => json({ id, createdAt: formatIso(at), email: member })
