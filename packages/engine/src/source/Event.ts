/** The part of a webhook that a mapping sees. */
import type { Sender } from "@usher/signatures"

/**
 * What a mapping sees of a webhook.
 *
 * @category models
 */
export interface Event {
  /** The name of the source. */
  readonly source: string
  /** The stored headers, with names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The body, decompressed. */
  readonly body: Uint8Array
  /** The media types that the sender uses. Default: all supported ones. */
  readonly mediaTypes?: Sender.Sender["mediaTypes"] | undefined
  /** Pattern of the Spot's member ids, besides UUIDs. */
  readonly memberId?: RegExp | undefined
}
