/** Code and issues. */
import { Duration } from "effect"
import type { Sender } from "../Sender.ts"
import { usual } from "./usual.ts"

export const engineering = [
  {
    ...usual,
    name: "github",
    title: "GitHub",
    scheme: { scheme: "hmac", header: "x-hub-signature-256", prefix: "sha256=" },
    mediaTypes: ["application/json", "application/x-www-form-urlencoded"],
    deliveryId: { header: "x-github-delivery" },
    events: { name: { header: "x-github-event" }, signUps: ["push"] },
    acknowledge: { deadline: Duration.seconds(10), status: 200 },
    // A hook with the content type form has its JSON in a field.
    email: "pusher.email ? pusher.email : payload.pusher.email",
    grade: "A",
    docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries",
    note: "Does not retry: a refused delivery is lost unless it is redelivered manually within three days."
  },
  {
    ...usual,
    name: "linear",
    title: "Linear",
    scheme: {
      scheme: "hmac",
      header: "linear-signature",
      // The header linear-timestamp is not signed: a captured delivery could carry any time in it.
      timestamp: { json: "webhookTimestamp", unit: "milliseconds" },
      tolerance: Duration.minutes(1)
    },
    deliveryId: { header: "linear-delivery" },
    retryFields: ["webhookTimestamp"],
    events: { name: { json: "action" }, signUps: ["create"] },
    acknowledge: { deadline: Duration.seconds(5), status: 200, statuses: [200] },
    retryHorizon: Duration.minutes(6 * 60 + 61),
    email: "data.email ? data.email : actor.email",
    grade: "A",
    docs: "https://linear.app/developers/webhooks",
    note: "Expects exactly 200. The time is the body's, which is signed; a delivery without one is refused."
  }
] as const satisfies ReadonlyArray<Sender>
