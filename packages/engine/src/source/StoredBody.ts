/** The bodies of stored webhooks. They are stored as sent, and decompressed for each read. */
import { ByteSize, Context, Effect } from "effect"
import { Body, Scheme } from "@usher/signatures"
import type { Webhook } from "@usher/model/Webhook"
import type { Event } from "./Event.ts"
import type { Source } from "./Source.ts"

/**
 * The largest body after decompression. Default: 1 MiB. Use the value of `Receiver.Options.maxBodySize`, so that every
 * accepted body can be read. `Relay.layer` sets it.
 *
 * @category references
 */
export const MaxSize = Context.Reference<ByteSize.ByteSize>("@usher/engine/StoredBody/MaxSize", {
  defaultValue: () => ByteSize.mebibytes(1)
})

/**
 * The body of a stored webhook, decompressed if necessary.
 *
 * @category accessors
 */
export const decompressed = ({
  headers,
  body
}: Pick<Webhook, "headers" | "body">): Effect.Effect<Uint8Array, Body.EncodingUnreadable> =>
  Body.isEncoded(headers)
    ? Effect.flatMap(MaxSize, (maxSize) => Body.decompress(headers, body, { maxSize }))
    : Effect.succeed(body)

/**
 * The event that a mapping sees: the decompressed body, and only the part that the sender's signature covers.
 *
 * @category accessors
 */
export const event = (
  source: Source,
  webhook: Pick<Webhook, "source" | "headers" | "body">
): Effect.Effect<Event, Body.EncodingUnreadable> =>
  Effect.map(decompressed(webhook), (body) => ({
    source: webhook.source,
    headers: webhook.headers,
    body: Scheme.coveredBody(source.sender.scheme, body),
    mediaTypes: source.sender.mediaTypes
  }))
