/**
 * The bodies of stored webhooks. They are stored as sent, and decompressed whenever they are read.
 */
import { ByteSize, Context, Effect } from "effect"
import { Body, Scheme } from "@usher/signatures"
import type { Webhook } from "@usher/model/Webhook"
import type { Event } from "./Event.ts"
import type { Source } from "./Source.ts"

/**
 * The largest body after decompression. Default: 1 MiB. Give it the same value as `Receiver.Options.maxBodySize`, so that
 * everything that was received can be read; `Relay.layer` does.
 *
 * @category references
 */
export const MaxSize = Context.Reference<ByteSize.ByteSize>("@usher/engine/StoredBody/MaxSize", {
  defaultValue: () => ByteSize.mebibytes(1)
})

/**
 * The body of a stored webhook, decompressed where it was sent compressed.
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
 * What a mapping sees of a stored webhook: its body decompressed, and only the part that its sender's signature covers.
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
