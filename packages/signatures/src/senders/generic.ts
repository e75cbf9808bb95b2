/** Standards and simple schemes that many senders use. */
import { Duration } from "effect"
import { any as anyMediaType } from "../internal/mediaTypes.ts"
import type { Sender } from "../Sender.ts"
import { usual } from "./usual.ts"

const spec = "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"

const standardWebhooks = {
  name: "standard-webhooks",
  title: "Standard Webhooks",
  scheme: { scheme: "standard-webhooks" },
  mediaTypes: ["application/json"],
  deliveryId: { header: "webhook-id" },
  acknowledge: { deadline: Duration.seconds(15), status: 202 },
  disablingStatuses: [410],
  retryHorizon: Duration.minutes(75 * 60 + 35),
  grade: "A",
  docs: spec
} as const satisfies Sender

const { retryHorizon: _, ...scripted } = standardWebhooks

const svix = {
  ...standardWebhooks,
  name: "svix",
  title: "Svix",
  // White-labelled Svix sends webhook-* instead of svix-*.
  scheme: { scheme: "standard-webhooks", prefixes: ["svix-", "webhook-"] },
  // The id with the same prefix as the signature: another id is not signed.
  deliveryId: {
    first: [
      { header: "svix-id", with: "svix-signature" },
      { header: "webhook-id", with: "webhook-signature" },
      { header: "svix-id" },
      { header: "webhook-id" }
    ]
  },
  disablingStatuses: [],
  retryHorizon: Duration.minutes(27 * 60 + 36),
  docs: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
  note: "An endpoint that fails for five days is disabled. A redirect is a failure."
} as const satisfies Sender

const shared = {
  ...usual,
  // The row says how a request is signed, and nothing about its body.
  mediaTypes: anyMediaType,
  deliveryId: { body: "sha256" }
} as const

export const generic = [
  standardWebhooks,
  svix,
  {
    ...svix,
    name: "meltingspot",
    title: "MeltingSpot",
    email: "member.email",
    docs: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
    note: "Delivered by Svix. Where MeltingSpot shows the endpoint's secret is not documented."
  },
  /** Grade C: a known interface of Google, not verified again; the signature depends on the script. */
  {
    ...scripted,
    name: "google-forms",
    title: "Google Forms (Apps Script)",
    email: "email",
    disablingStatuses: [],
    grade: "C",
    docs: "https://developers.google.com/apps-script/reference/utilities/utilities",
    note: "Google Forms sends nothing by itself: a script sends and signs. Let it use Standard Webhooks."
  },
  /** Grade C: only the source describes it. */
  {
    ...shared,
    name: "custom",
    title: "Any other sender",
    scheme: { scheme: "hmac", header: "x-signature", algorithm: "sha256", encoding: "hex" },
    grade: "C",
    docs: "https://www.rfc-editor.org/rfc/rfc2104",
    note: "HMAC-SHA256 of the body in hex, in x-signature. A source may describe another scheme."
  },
  {
    ...shared,
    name: "raw-hmac-sha256-hex",
    title: "HMAC-SHA256 of the body, bare hex",
    scheme: { scheme: "hmac", header: "x-signature", algorithm: "sha256", encoding: "hex" },
    grade: "A",
    docs: "https://www.rfc-editor.org/rfc/rfc2104"
  },
  {
    ...shared,
    name: "x-hub-sha1",
    title: "X-Hub-Signature",
    scheme: { scheme: "hmac", header: "x-hub-signature", algorithm: "sha1", prefix: "sha1=" },
    grade: "A",
    docs: "https://www.w3.org/TR/websub/#signing-content"
  },
  {
    ...shared,
    name: "x-hub-sha256",
    title: "X-Hub-Signature-256",
    scheme: { scheme: "hmac", header: "x-hub-signature-256", algorithm: "sha256", prefix: "sha256=" },
    grade: "A",
    docs: "https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"
  },
  {
    ...shared,
    name: "token",
    title: "Static token",
    scheme: { scheme: "token", header: "x-relay-secret", query: "token" },
    grade: "A",
    docs: "https://www.rfc-editor.org/rfc/rfc6750",
    note: "In the header x-relay-secret, or in the query as ?token=… for senders that can't set headers."
  },
  {
    ...shared,
    name: "basic",
    title: "Basic authentication",
    scheme: { scheme: "basic" },
    grade: "A",
    docs: "https://www.rfc-editor.org/rfc/rfc7617"
  },
  {
    ...shared,
    name: "none",
    title: "Unverified",
    scheme: { scheme: "none" },
    grade: "A",
    docs: spec,
    note: "Any caller who knows the URL can send. Use it only behind a gateway that verifies."
  },
  /** Grade C: signature, delivery id, deadline and retries unknown; a static token that the user sets. */
  {
    ...shared,
    name: "zapier",
    title: "Zapier",
    scheme: { scheme: "token", header: "x-relay-secret", query: "token" },
    grade: "C",
    email: "email",
    docs: "https://help.zapier.com/hc/en-us/articles/8496326446989",
    note: "Signs nothing: set the header x-relay-secret in the action. Deadline and retries are not published."
  },
  /** Grade C: signature, delivery id, deadline and retries unknown; a static token that the user sets. */
  {
    ...shared,
    name: "make",
    title: "Make",
    scheme: { scheme: "token", header: "x-relay-secret", query: "token" },
    grade: "C",
    email: "email",
    docs: "https://apps.make.com/http",
    note: "Signs nothing: set the header x-relay-secret in the HTTP module. Deadline and retries are not published."
  }
] as const satisfies ReadonlyArray<Sender>
