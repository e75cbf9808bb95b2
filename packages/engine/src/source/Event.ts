/** A webhook as its mapping sees it. */
import type { Sender } from "@usher/signatures"

/**
 * What a mapping sees of a webhook.
 *
 * @category models
 */
export interface Event {
  /** The name of the source. */
  readonly source: string
  /** The headers that the webhook keeps, by names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** After decompression. */
  readonly body: Uint8Array
  /** What the body may be. Default: anything that is read. */
  readonly mediaTypes?: Sender.Sender["mediaTypes"] | undefined
  /** Of the ids of the Spot's members, besides UUIDs. */
  readonly memberId?: RegExp | undefined
}
