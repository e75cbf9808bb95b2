/** Customer records and audiences. */
import { formatIso } from "effect/DateTime"
import { form, json, millis, seconds, type SampleOptions, type Shape } from "./shape.ts"

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

export const crm: Readonly<Record<string, Shape>> = {
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
      delivery_status: "pending",
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
    })
}
