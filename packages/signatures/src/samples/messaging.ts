/** Messages and social networks. */
import { form, json, seconds, type Shape } from "./shape.ts"

export const messaging: Readonly<Record<string, Shape>> = {
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
  twilio: ({ id }) =>
    form({ MessageSid: id, SmsStatus: "received", From: "+15005550006", To: "+15005550001", Body: "join" })
}
