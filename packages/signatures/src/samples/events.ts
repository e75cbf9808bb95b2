/** Bookings, webinars and tickets. */
import { formatIso } from "effect/DateTime"
import { json, millis, type Shape } from "./shape.ts"

export const events: Readonly<Record<string, Shape>> = {
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
    json({ type: "guest.registered", data: { user_email: member, user_name: "Sam Ample" } })
}
