/** A body of each sender's own shape, invented, for sample deliveries. */
import { type DateTime, Option } from "effect"
import { formatIso, toEpochMillis } from "effect/DateTime"
import type { Sender } from "./Sender.ts"

/**
 * What is put into a sample: whose address, which delivery id, and when it happened.
 *
 * @category models
 * @since 0.1.0
 */
export interface SampleOptions {
  readonly member: string
  readonly id: string
  readonly at: DateTime.Utc
}

/**
 * A body, and the headers that the sender adds besides its signature.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sample {
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  /** No shape of this sender is known here: plain JSON with the address at `email`. */
  readonly isGeneric: boolean
}

/**
 * A sample of the sender's commonest event, with the address where `sender.email` finds it, and with the id where
 * `sender.deliveryId` does, unless the sender has a header for it. Some senders deliver no address: GitHub outside
 * pushes, Eventbrite, Meta and Twilio.
 *
 * @category samples
 * @since 0.1.0
 */
export const sample = (sender: Sender, options: SampleOptions): Sample => {
  const shape = Option.fromUndefinedOr(Object.hasOwn(shapes, sender.name) ? shapes[sender.name] : undefined)
  return Option.match(shape, {
    onNone: () => ({ ...json(generic(options)), isGeneric: true }),
    onSome: (shape) => ({ ...shape(options), isGeneric: false })
  })
}

type Content = Omit<Sample, "isGeneric">
type Shape = (options: SampleOptions) => Content

const json = (value: unknown, headers: Readonly<Record<string, string>> = {}): Content => ({
  body: JSON.stringify(value),
  headers: { "content-type": "application/json", ...headers }
})

const form = (fields: Readonly<Record<string, string>>): Content => ({
  body: new URLSearchParams(fields).toString(),
  headers: { "content-type": "application/x-www-form-urlencoded" }
})

const boundary = "usher-sample"
const multipart = (fields: Readonly<Record<string, string>>): Content => ({
  body: [
    ...Object.entries(fields).map(
      ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    ),
    `--${boundary}--\r\n`
  ].join(""),
  headers: { "content-type": `multipart/form-data; boundary=${boundary}` }
})

const millis = ({ at }: SampleOptions): number => toEpochMillis(at)
const seconds = (options: SampleOptions): number => Math.floor(millis(options) / 1000)

const generic = ({ at, id, member }: SampleOptions) => ({ id, createdAt: formatIso(at), email: member })

const contact: Shape = (options) => json(generic(options))

const workflow: Shape = ({ member }) =>
  json({
    vid: 101,
    "portal-id": 62515,
    properties: { email: { value: member }, firstname: { value: "Sam" }, lastname: { value: "Ample" } }
  })

const subscription: Shape = (options) =>
  json([
    {
      eventId: options.id,
      subscriptionId: 12345,
      portalId: 62515,
      appId: 54321,
      occurredAt: millis(options),
      subscriptionType: "contact.propertyChange",
      attemptNumber: 0,
      objectId: 101,
      changeSource: "CRM",
      propertyName: "email",
      propertyValue: options.member
    }
  ])

const identify = ({ at, id, member }: SampleOptions) => ({
  type: "identify",
  messageId: id,
  timestamp: formatIso(at),
  userId: "user-1",
  traits: { email: member, name: "Sam Ample" }
})

const shapes: Readonly<Record<string, Shape>> = {
  meltingspot: (options) =>
    json({
      member: {
        id: "member-1",
        email: options.member,
        firstname: "Sam",
        lastname: "Ample",
        status: "Accepted"
      },
      spot: { id: "spot-1", name: "Sample" },
      occurredAt: seconds(options)
    }),
  "google-forms": contact,
  zapier: contact,
  make: contact,
  typeform: ({ at, id, member }) =>
    json({
      event_id: id,
      event_type: "form_response",
      form_response: {
        form_id: "sample",
        token: "response-1",
        submitted_at: formatIso(at),
        definition: { id: "sample", title: "Sample", fields: [{ id: "f1", ref: "email", type: "email" }] },
        answers: [{ type: "email", email: member, field: { id: "f1", ref: "email", type: "email" } }]
      }
    }),
  tally: ({ at, id, member }) =>
    json({
      eventId: id,
      eventType: "FORM_RESPONSE",
      createdAt: formatIso(at),
      data: {
        responseId: "response-1",
        formId: "sample",
        formName: "Sample",
        fields: [{ key: "question_1", label: "Email", type: "INPUT_EMAIL", value: member }]
      }
    }),
  webflow: ({ at, id, member }) =>
    json({
      triggerType: "form_submission",
      payload: { id, name: "Sample", siteId: "site-1", submittedAt: formatIso(at), data: { email: member } }
    }),
  jotform: ({ id, member }) =>
    multipart({
      formID: "1",
      submissionID: id,
      rawRequest: JSON.stringify({ q3_email: member }),
      pretty: `Email:${member}`
    }),
  calendly: ({ at, id, member }) =>
    json({
      event: "invitee.created",
      created_at: formatIso(at),
      payload: {
        uri: `https://api.calendly.com/scheduled_events/1/invitees/${id}`,
        email: member,
        name: "Sam"
      }
    }),
  "cal-com": ({ at, id, member }) =>
    json({
      triggerEvent: "BOOKING_CREATED",
      createdAt: formatIso(at),
      payload: {
        uid: id,
        title: "Sample",
        startTime: formatIso(at),
        attendees: [{ email: member, name: "Sam Ample", timeZone: "Europe/Berlin" }],
        responses: { email: { label: "email_address", value: member } }
      }
    }),
  zoom: (options) =>
    json({
      event: "webinar.registration_created",
      event_ts: millis(options),
      payload: {
        account_id: "account-1",
        object: {
          uuid: "webinar-1",
          id: 1,
          topic: "Sample",
          registrant: { id: options.id, email: options.member, first_name: "Sam", last_name: "Ample" }
        }
      }
    }),
  eventbrite: () =>
    json(
      {
        api_url: "https://www.eventbriteapi.com/v3/orders/1/",
        config: { action: "order.placed", user_id: "1", webhook_id: "1" }
      },
      { "x-eventbrite-event": "order.placed" }
    ),
  luma: ({ member }) =>
    json({ type: "guest.registered", data: { user_email: member, user_name: "Sam Ample" } }),
  hubspot: workflow,
  "hubspot-v1": subscription,
  "hubspot-v2": workflow,
  "hubspot-v3": workflow,
  intercom: (options) =>
    json({
      type: "notification_event",
      id: options.id,
      topic: "contact.created",
      delivery_attempts: 1,
      created_at: seconds(options),
      data: { type: "notification_event_data", item: { type: "contact", id: "1", email: options.member } }
    }),
  segment: (options) => json(identify(options)),
  "segment-batch": (options) => json([identify(options)]),
  mailchimp: ({ at, id, member }) =>
    form({
      type: "subscribe",
      fired_at: formatIso(at).slice(0, 19).replace("T", " "),
      "data[id]": id,
      "data[list_id]": "list-1",
      "data[email]": member
    }),
  stripe: (options) =>
    json({
      id: options.id,
      object: "event",
      type: "checkout.session.completed",
      created: seconds(options),
      livemode: false,
      data: {
        object: {
          id: "cs_test_1",
          object: "checkout.session",
          customer_email: null,
          customer_details: { email: options.member, name: "Sam Ample" }
        }
      }
    }),
  shopify: ({ at, member }) =>
    json(
      { id: 1, email: member, created_at: formatIso(at), first_name: "Sam", last_name: "Ample" },
      { "x-shopify-topic": "customers/create", "x-shopify-triggered-at": formatIso(at) }
    ),
  paddle: ({ at, id, member }) =>
    json({
      event_id: `evt_${id}`,
      event_type: "customer.created",
      occurred_at: formatIso(at),
      notification_id: id,
      data: { id: "ctm_1", email: member, name: "Sam Ample", status: "active" }
    }),
  slack: (options) =>
    json({
      type: "event_callback",
      team_id: "T1",
      event_id: options.id,
      event_time: seconds(options),
      event: { type: "team_join", user: { id: "U1", profile: { email: options.member } } }
    }),
  meta: (options) =>
    json({
      object: "page",
      entry: [
        {
          id: "page-1",
          time: seconds(options),
          changes: [{ field: "leadgen", value: { leadgen_id: options.id, form_id: "1", page_id: "page-1" } }]
        }
      ]
    }),
  twilio: ({ id }) => form({ MessageSid: id, MessageStatus: "delivered", From: "+15005550006" }),
  github: ({ member }) =>
    json(
      {
        ref: "refs/heads/main",
        pusher: { name: "sam", email: member },
        repository: { full_name: "sam/ple" }
      },
      { "x-github-event": "push" }
    ),
  linear: (options) =>
    json(
      {
        action: "create",
        type: "User",
        createdAt: formatIso(options.at),
        data: { id: options.id, name: "Sam Ample", email: options.member },
        webhookTimestamp: millis(options)
      },
      { "linear-event": "User" }
    )
}
