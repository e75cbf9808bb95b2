/** Computes the ids of an earlier version, by which its stored deliveries are found. */
import type { Delivery } from "../Delivery.ts"
import { type DeliveryId, find } from "../DeliveryId.ts"
import type { Sender } from "../Sender.ts"
import * as Senders from "../Senders.ts"
import { sha256Hex, textOf } from "./crypto.ts"
import { isCostly } from "./depth.ts"
import { type Reader, readerOf } from "./fields.ts"

/** The earlier specs of senders whose id has changed. */
const formerSpecs: Readonly<Record<string, DeliveryId>> = {
  "cal-com": { all: [{ json: "payload.uid" }, { json: "triggerEvent" }] },
  jotform: { form: "submissionID" },
  mailchimp: { all: [{ form: "type" }, { form: "data[id]" }, { form: "fired_at" }] },
  "segment-batch": { json: "*.messageId" },
  shopify: { first: [{ header: "x-shopify-webhook-id" }, { header: "x-shopify-event-id" }] },
  svix: { first: [{ header: "svix-id" }, { header: "webhook-id" }] },
  twilio: {
    first: [
      { header: "i-twilio-idempotency-token" },
      { all: [{ form: "MessageSid" }, { form: "MessageStatus" }] },
      { all: [{ form: "CallSid" }, { form: "CallStatus" }] }
    ]
  },
  webflow: { json: "payload.id" },
  zoom: {
    first: [
      {
        all: [
          { json: "event" },
          { json: "event_ts" },
          { json: "payload.object.uuid" },
          { json: "payload.object.registrant.id" }
        ]
      },
      { all: [{ json: "event" }, { json: "event_ts" }, { json: "payload.object.uuid" }] }
    ]
  }
}

/**
 * The earlier ids of a delivery as sent, since that version decompressed nothing. The hash of the body was an id only for
 * senders whose row had none; a custom spec may be newer than the stored deliveries.
 */
export const formerIds = (
  sender: Pick<Sender, "name" | "deliveryId">,
  sent: Delivery
): ReadonlyArray<string> => {
  const changed = isOfTable(sender) ? formerSpecs[sender.name] : undefined
  const id = find(changed ?? sender.deliveryId, roundingReader(sent))
  if (id !== undefined) return [id.length > 255 ? sha256Hex(id) : wellFormed(id)].filter(isStorable)
  return changed === undefined ? [] : [sha256Hex(sent.body)]
}

const isOfTable = ({ name, deliveryId }: Pick<Sender, "name" | "deliveryId">): boolean =>
  Senders.all.some((row) => row.name === name && row.deliveryId === deliveryId)

/** `JSON.parse` rounds large integers. JSON in forms was not read: `null` has no fields, and `undefined` would be read as a form. */
const roundingReader = (sent: Delivery): Reader => {
  let json: { readonly value: unknown } | undefined
  return {
    ...readerOf(sent),
    json: () => {
      json ??= { value: parse(textOf(sent.body)) }
      return json.value
    }
  }
}

const parse = (text: string): unknown => {
  try {
    return isCostly(text) ? null : JSON.parse(text)
  } catch {
    return null
  }
}

/** The id as the databases stored it. */
const wellFormed = (id: string): string => id.toWellFormed()

/** Postgres refuses NUL, also in a query. */
const isStorable = (id: string): boolean => !id.includes("\u0000")
