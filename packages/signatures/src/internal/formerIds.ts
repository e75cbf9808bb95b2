/** The ids that the version before hashes of bodies gave. Its rows are still looked up by them. */
import type { Delivery } from "../Delivery.ts"
import { type DeliveryId, find } from "../DeliveryId.ts"
import type { Sender } from "../Sender.ts"
import * as Senders from "../Senders.ts"
import { sha256Hex, textOf } from "./crypto.ts"
import { type Reader, readerOf } from "./fields.ts"

/** Of the rows of the table whose id is another one since. */
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
 * Of a delivery as it was sent: that version decompressed nothing. The hash of the body stands for an id only where the
 * sender has had a row without one; a spec of the configuration's own may be newer than the stored deliveries.
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

/** `JSON.parse` rounds large integers. A form had no JSON in it: null has no fields, and undefined would be read as a form. */
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
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** As the databases kept it. */
const wellFormed = (id: string): string => id.toWellFormed()

/** Postgres takes no NUL, not even to look for it. */
const isStorable = (id: string): boolean => !id.includes("\u0000")
