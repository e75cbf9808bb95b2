/** Form builders and landing pages. */
import { Duration } from "effect"
import type { Sender } from "../Sender.ts"
import { usual } from "./usual.ts"

export const forms = [
  {
    ...usual,
    name: "typeform",
    title: "Typeform",
    scheme: {
      scheme: "hmac",
      header: "typeform-signature",
      algorithm: "sha256",
      encoding: "base64",
      prefix: "sha256="
    },
    deliveryId: { json: "event_id" },
    events: { name: { json: "event_type" }, signUps: ["form_response"] },
    acknowledge: { deadline: Duration.seconds(30), status: 200 },
    disablingStatuses: [404, 410],
    retryHorizon: Duration.hours(10),
    email: "form_response.answers[type='email'].email",
    grade: "A",
    docs: "https://www.typeform.com/developers/webhooks/secure-your-webhooks/"
  },
  /** Grade B: the retries are not verified. */
  {
    ...usual,
    name: "tally",
    title: "Tally",
    scheme: { scheme: "hmac", header: "tally-signature", algorithm: "sha256", encoding: "base64" },
    deliveryId: { json: "eventId" },
    events: { name: { json: "eventType" }, signUps: ["FORM_RESPONSE"] },
    acknowledge: { deadline: Duration.seconds(10), status: 200 },
    retryHorizon: Duration.hours(31),
    email: "data.fields[type='INPUT_EMAIL'].value",
    grade: "B",
    docs: "https://tally.so/help/webhooks",
    note: "Documented over JSON.stringify(payload), which is the raw body in practice. The retry horizon is unconfirmed. Whether a field of the body changes between retries is unknown."
  },
  /** Grade C: the signature is documented (A), its tolerance and the retries are reported by third parties. */
  {
    ...usual,
    name: "webflow",
    title: "Webflow",
    scheme: {
      scheme: "hmac",
      header: "x-webflow-signature",
      parts: ["timestamp", ":", "body"],
      timestamp: { header: "x-webflow-timestamp", unit: "milliseconds" },
      tolerance: Duration.minutes(5)
    },
    // The older API version has no payload.
    deliveryId: { first: [{ json: "payload.id" }, { json: "_id" }] },
    events: { name: { json: "triggerType" }, signUps: ["form_submission"] },
    acknowledge: { deadline: Duration.seconds(30), status: 200 },
    retryHorizon: Duration.minutes(30),
    email: "payload.data.email",
    grade: "C",
    docs: "https://developers.webflow.com/data/docs/working-with-webhooks",
    note: "Hooks created in the dashboard are unsigned: use `token` for them. The form sets the name of the field with the address. Tolerance and retries: third parties."
  },
  /** Grade C: third parties only; deadline and retries unknown. */
  {
    ...usual,
    name: "jotform",
    title: "Jotform",
    scheme: { scheme: "token", query: "token" },
    mediaTypes: ["multipart/form-data", "application/x-www-form-urlencoded"],
    // An edit has the id of its submission and another time.
    deliveryId: {
      first: [
        { all: [{ form: "submissionID" }, { json: "rawRequest.submitDate" }] },
        { all: [{ form: "submissionID" }, { json: "rawRequest.event_id" }] },
        { form: "submissionID" }
      ]
    },
    grade: "C",
    docs: "https://www.jotform.com/help/245-how-to-setup-a-webhook-with-jotform/",
    note: "Signs nothing: add ?token=… to its URL. multipart/form-data; the answers are JSON inside the field rawRequest, under keys such as q3_email. Deadline and retries unknown, and whether a field changes between them."
  }
] as const satisfies ReadonlyArray<Sender>
