/** Bookings, webinars and tickets. */
import { Duration } from "effect"
import type { Field } from "../DeliveryId.ts"
import type { Sender } from "../Sender.ts"
import { usual } from "./usual.ts"

const zoomId = (...more: ReadonlyArray<Field>): { readonly all: readonly [Field, ...Array<Field>] } => ({
  all: [{ json: "event" }, { json: "event_ts" }, ...more]
})

export const events = [
  /** Grade B: a mirror of the documentation; the deadline is unknown. */
  {
    ...usual,
    name: "calendly",
    title: "Calendly",
    scheme: {
      scheme: "hmac",
      header: "calendly-webhook-signature",
      fields: { separator: ",", signature: "v1" },
      timestamp: { field: "t" },
      parts: ["timestamp", ".", "body"],
      tolerance: Duration.minutes(3)
    },
    deliveryId: { all: [{ json: "payload.uri" }, { json: "event" }] },
    events: { name: { json: "event" }, signUps: ["invitee.created"] },
    retryHorizon: Duration.days(1),
    email: "payload.email",
    grade: "B",
    docs: "https://developer.calendly.com/api-docs/4c305798a61d3-webhook-signatures",
    note: "After a day of failures, including redirects, the subscription is disabled. The deadline is not published. Whether a field of the body changes between retries is unknown."
  },
  /** Grade A for the signature; deadline and retries unknown. */
  {
    ...usual,
    name: "cal-com",
    title: "Cal.com",
    scheme: { scheme: "hmac", header: "x-cal-signature-256" },
    mediaTypes: ["application/json", "application/x-www-form-urlencoded"],
    // The seats of one event share the uid of its booking.
    deliveryId: {
      first: [
        { all: [{ json: "payload.uid" }, { json: "triggerEvent" }, { json: "payload.attendeeSeatId" }] },
        {
          all: [
            { json: "payload.uid" },
            { json: "triggerEvent" },
            { json: "payload.attendees.*.email", hashed: true }
          ]
        },
        { all: [{ json: "payload.uid" }, { json: "triggerEvent" }] }
      ]
    },
    events: { name: { json: "triggerEvent" }, signUps: ["BOOKING_CREATED"] },
    email: "payload.attendees[0].email",
    grade: "A",
    docs: "https://cal.com/docs/developing/guides/automation/webhooks",
    note: "Sends no-secret-provided if no secret is set, which never verifies. The first attendee booked; payload.attendees.email has all attendees. Deadline and retries unknown, and whether a field of the body changes between them."
  },
  {
    ...usual,
    name: "zoom",
    title: "Zoom",
    scheme: {
      scheme: "hmac",
      header: "x-zm-signature",
      prefix: "v0=",
      timestamp: { header: "x-zm-request-timestamp" },
      parts: ["v0:", "timestamp", ":", "body"],
      tolerance: Duration.minutes(5)
    },
    deliveryId: {
      first: [
        zoomId({ json: "payload.object.uuid" }, { json: "payload.object.registrant.id" }),
        zoomId({ json: "payload.object.id" }, { json: "payload.object.registrant.id" }),
        zoomId({ json: "payload.object.id" }, { json: "payload.object.registrant.email", hashed: true }),
        zoomId({ json: "payload.object.uuid" }, { json: "payload.object.participant.participant_uuid" }),
        zoomId({ json: "payload.object.uuid" })
      ]
    },
    events: {
      name: { json: "event" },
      signUps: ["webinar.registration_created", "meeting.registration_created"]
    },
    handshake: "zoom-url-validation",
    acknowledge: { deadline: Duration.seconds(3), status: 200, statuses: [200, 204] },
    retryHorizon: Duration.minutes(85),
    email: "payload.object.registrant.email",
    grade: "A",
    docs: "https://developers.zoom.us/docs/api/webhooks/",
    note: "The key is the Secret Token. Zoom documents no tolerance."
  },
  /** Grade A for the absence of a signature, C for the delivery header, which is known from captures only; retries unknown. */
  {
    ...usual,
    name: "eventbrite",
    title: "Eventbrite",
    scheme: { scheme: "token", query: "token" },
    deliveryId: { header: "x-eventbrite-delivery" },
    events: {
      name: { header: "x-eventbrite-event" },
      otherNames: [{ json: "config.action" }],
      signUps: ["order.placed"]
    },
    disablingStatuses: [410],
    grade: "A",
    docs: "https://www.eventbrite.com/platform/docs/webhooks",
    note: "Signs nothing: add ?token=… to its URL. The body names an order to fetch: check that the host is www.eventbriteapi.com. The delivery header is known from captures (C)."
  },
  /** Grade C: third parties only, and they disagree. */
  {
    ...usual,
    name: "luma",
    title: "Luma",
    scheme: {
      scheme: "hmac",
      header: "webhook-signature",
      fields: { separator: ",", signature: "v1" },
      timestamp: { field: "t" },
      parts: ["timestamp", ".", "body"],
      tolerance: Duration.minutes(5)
    },
    deliveryId: { header: "webhook-id" },
    events: { name: { json: "type" }, signUps: ["guest.registered"] },
    disablingStatuses: [410],
    retryHorizon: Duration.minutes(7),
    email: "data.user_email",
    grade: "C",
    docs: "https://docs.luma.com/reference/webhooks",
    note: "The header names of Standard Webhooks with the format of Stripe; the whole whsec_… is the key. Public implementations disagree: check with a real delivery. Whether a field of the body changes between retries is unknown."
  }
] as const satisfies ReadonlyArray<Sender>
