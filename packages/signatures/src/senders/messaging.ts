/** Messages and social networks. */
import { Duration } from "effect"
import type { Sender } from "../Sender.ts"
import { usual } from "./usual.ts"

export const messaging = [
  {
    ...usual,
    name: "slack",
    title: "Slack",
    scheme: {
      scheme: "hmac",
      header: "x-slack-signature",
      prefix: "v0=",
      timestamp: { header: "x-slack-request-timestamp" },
      parts: ["v0:", "timestamp", ":", "body"],
      tolerance: Duration.minutes(5)
    },
    mediaTypes: ["application/json", "application/x-www-form-urlencoded"],
    deliveryId: { json: "event_id" },
    events: { name: { json: "event.type" }, signUps: ["team_join"] },
    handshake: "slack-challenge",
    acknowledge: { deadline: Duration.seconds(3), status: 200 },
    retryHorizon: Duration.minutes(6),
    email: "event.user.profile.email",
    grade: "A",
    docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack/",
    note: "The address needs the scope users:read.email."
  },
  /** Grade B: documentation as quoted in public code; one third party says 7 days of retries. */
  {
    ...usual,
    name: "meta",
    title: "Meta",
    scheme: { scheme: "hmac", header: "x-hub-signature-256", prefix: "sha256=" },
    deliveryId: { all: [{ json: "entry.*.id" }, { json: "entry.*.changes.*.value.leadgen_id" }] },
    handshake: "meta-subscribe",
    acknowledge: { deadline: Duration.seconds(5), status: 200, statuses: [200] },
    retryHorizon: Duration.hours(36),
    grade: "B",
    docs: "https://developers.facebook.com/docs/graph-api/webhooks/getting-started/",
    note: "A lead carries an id and no address: fetch it from the Graph API. Signed as sent, with \\u escapes, so no proxy may change the body. Whether a retry is batched differently, or has another time, is unknown."
  },
  /** Grade A for the signature; deadline and retries unknown. */
  {
    ...usual,
    name: "twilio",
    title: "Twilio",
    scheme: { scheme: "twilio" },
    mediaTypes: ["application/x-www-form-urlencoded", "application/json"],
    deliveryId: {
      first: [
        { header: "i-twilio-idempotency-token" },
        { all: [{ form: "MessageSid" }, { form: "MessageStatus" }] },
        // An incoming message.
        { all: [{ form: "MessageSid" }, { form: "SmsStatus" }] },
        { all: [{ form: "CallSid" }, { form: "CallStatus" }] },
        { form: "MessageSid" }
      ]
    },
    // An empty response: Twilio sends no reply.
    acknowledge: {
      deadline: Duration.seconds(5),
      status: 200,
      content: { type: "text/xml", body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' }
    },
    grade: "A",
    docs: "https://www.twilio.com/docs/usage/security",
    note: "Phone numbers, no addresses. Deadline and retries unknown, and whether a field changes between them."
  }
] as const satisfies ReadonlyArray<Sender>
