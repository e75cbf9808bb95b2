/** Customer records and audiences. */
import { Array as Arr, Duration } from "effect"
import type { Field } from "../DeliveryId.ts"
import type { Hash, Hmac } from "../Scheme.ts"
import type { Sender } from "../Sender.ts"
import { usual } from "./usual.ts"

const hubspotV1 = {
  scheme: "hash",
  header: "x-hubspot-signature",
  version: { header: "x-hubspot-signature-version", value: "v1" },
  parts: ["secret", "body"]
} as const satisfies Hash

const hubspotV2 = {
  ...hubspotV1,
  version: { header: "x-hubspot-signature-version", value: "v2" },
  parts: ["secret", "method", "url", "body"],
  urlForms: ["exact", "hubspot"]
} as const satisfies Hash

const hubspotV3 = {
  scheme: "hmac",
  header: "x-hubspot-signature-v3",
  encoding: "base64",
  timestamp: { header: "x-hubspot-request-timestamp", unit: "milliseconds" },
  parts: ["method", "url", "body", "timestamp"],
  // The documentation decodes twelve escapes, the SDKs none: either is accepted.
  urlForms: ["hubspot", "exact"],
  tolerance: Duration.minutes(5),
  future: "accept"
} as const satisfies Hmac

// App subscriptions are not retried after these; workflow webhooks after any client error except 429.
const subscriptionErrors = [400, 401, 403, 404, 405]
const clientErrors = Arr.range(400, 499).filter((status) => status !== 429)

const mailchimpId = (...more: ReadonlyArray<Field>): { readonly all: readonly [Field, ...Array<Field>] } => ({
  all: [{ form: "type" }, ...more, { form: "fired_at" }]
})

const hubspot = {
  ...usual,
  name: "hubspot",
  title: "HubSpot",
  scheme: hubspotV3,
  // `eventId` alone is not unique, and `attemptNumber` changes the body on each retry.
  deliveryId: {
    first: [
      {
        all: [
          { json: "*.portalId" },
          { json: "*.subscriptionType" },
          { json: "*.objectId" },
          { json: "*.eventId" },
          { json: "*.occurredAt" }
        ]
      },
      { header: "x-hubspot-correlation-id" }
    ]
  },
  retryFields: ["*.attemptNumber"],
  events: {
    name: { json: "*.subscriptionType" },
    signUps: ["contact.creation", "contact.propertyChange"]
  },
  disablingStatuses: clientErrors,
  retryHorizon: Duration.days(3),
  email: "properties.email.value",
  grade: "A",
  docs: "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation",
  note: "App subscriptions send arrays of up to 100 events with ids only, and retry for a day; workflow webhooks carry the contact, and retry for three days. Its older signatures verify only as hubspot-v1 and hubspot-v2."
} as const satisfies Sender

const weaknessOf = (version: string): string =>
  `HubSpot's signature ${version} is a plain hash without a time: a caller who has seen one delivery can send it again at any time. HubSpot signs every delivery with v3 as well: use the sender hubspot.`

export const crm = [
  hubspot,
  {
    ...hubspot,
    name: "hubspot-v1",
    title: "HubSpot, signature v1",
    scheme: hubspotV1,
    disablingStatuses: subscriptionErrors,
    retryHorizon: Duration.days(1),
    email: "$[propertyName='email'].propertyValue",
    weakness: weaknessOf("v1"),
    docs: "https://developers.hubspot.com/docs/faq/v1-request-validation"
  },
  {
    ...hubspot,
    name: "hubspot-v2",
    title: "HubSpot, signature v2",
    scheme: hubspotV2,
    weakness: weaknessOf("v2"),
    // Three seconds for the connection, thirty for the answer; a capture had 45.
    acknowledge: { deadline: Duration.seconds(30), status: 200 },
    docs: "https://developers.hubspot.com/docs/faq/v2-request-validation"
  },
  { ...hubspot, name: "hubspot-v3", title: "HubSpot, signature v3", scheme: hubspotV3 },
  /** Grade A for the signature, C for the deadline; the retries are disputed. */
  {
    ...usual,
    name: "intercom",
    title: "Intercom",
    scheme: { scheme: "hmac", header: "x-hub-signature", algorithm: "sha1", prefix: "sha1=" },
    deliveryId: { json: "id" },
    retryFields: ["delivery_attempts", "delivery_status", "delivered_at"],
    events: {
      name: { json: "topic" },
      signUps: [
        "contact.created",
        "contact.user.created",
        "contact.lead.created",
        "contact.lead.added_email",
        "contact.lead.signed_up",
        "contact.added_email",
        "contact.signed_up",
        "user.created"
      ]
    },
    email: "data.item.email",
    grade: "A",
    docs: "https://developers.intercom.com/docs/webhooks",
    note: "The key is the app's client secret. The deadline is reported by a third party, and sources disagree on retries."
  },
  {
    ...usual,
    name: "segment",
    title: "Segment",
    scheme: { scheme: "hmac", header: "x-signature", algorithm: "sha1" },
    deliveryId: { json: "messageId" },
    events: { name: { json: "type" }, signUps: ["identify"] },
    retryHorizon: Duration.hours(4),
    email: "traits.email ? traits.email : context.traits.email ? context.traits.email : properties.email",
    grade: "A",
    docs: "https://segment.com/docs/connections/destinations/catalog/webhooks/",
    note: "For single events. With batching on, Segment signs the first event only: that is segment-batch."
  },
  {
    ...usual,
    name: "segment-batch",
    title: "Segment, batched",
    scheme: { scheme: "hmac", header: "x-signature", algorithm: "sha1", parts: ["first-event"] },
    // The id of the first event, which is signed.
    deliveryId: { first: [{ json: "0.messageId" }, { json: "messageId" }] },
    events: { name: { json: "type" }, signUps: ["identify"] },
    retryHorizon: Duration.hours(4),
    email: "traits.email",
    grade: "A",
    docs: "https://segment.com/docs/connections/destinations/catalog/webhooks/",
    note: "Only the first event of a batch is signed, serialized again as JSON. The other events are not signed and lead to no invitation: turn batching off."
  },
  /** Grade A for the absence of a signature; deadline and retries unknown. */
  {
    ...usual,
    name: "mailchimp",
    title: "Mailchimp (audience)",
    scheme: { scheme: "token", query: "token" },
    mediaTypes: ["application/x-www-form-urlencoded"],
    // The time is in seconds, and one person may join several audiences in the same second.
    deliveryId: {
      first: [
        mailchimpId({ form: "data[list_id]" }, { form: "data[id]" }),
        mailchimpId({ form: "data[list_id]" }, { form: "data[new_id]" }),
        mailchimpId({ form: "data[list_id]" }, { form: "data[email]", hashed: true }),
        mailchimpId({ form: "data[id]" })
      ]
    },
    events: { name: { form: "type" }, signUps: ["subscribe"] },
    handshake: "get",
    email: "`data[email]`",
    grade: "A",
    docs: "https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/",
    note: "Signs nothing: add ?token=… to its URL. The body is a form. Deadline and retries are not published. Whether a field changes between retries is unknown."
  }
] as const satisfies ReadonlyArray<Sender>
