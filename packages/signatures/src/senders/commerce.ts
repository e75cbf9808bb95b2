/** Payments and shops. */
import { Duration } from "effect"
import type { Sender } from "../Sender.ts"
import { usual } from "./usual.ts"

export const commerce = [
  /** Grade A for the signature, B for the retries; the deadline is unknown. */
  {
    ...usual,
    name: "stripe",
    title: "Stripe",
    scheme: {
      scheme: "hmac",
      header: "stripe-signature",
      fields: { separator: ",", signature: "v1" },
      timestamp: { field: "t" },
      parts: ["timestamp", ".", "body"],
      tolerance: Duration.minutes(5)
    },
    deliveryId: { json: "id" },
    // The number of endpoints that have not answered yet.
    retryFields: ["pending_webhooks"],
    events: {
      name: { json: "type" },
      signUps: ["checkout.session.completed", "checkout.session.async_payment_succeeded"]
    },
    retryHorizon: Duration.days(3),
    email:
      "data.object.customer_details.email ? data.object.customer_details.email : data.object.customer_email ? data.object.customer_email : data.object.email",
    grade: "A",
    docs: "https://docs.stripe.com/webhooks/signature",
    note: "Each endpoint has its own secret; test mode and `stripe listen` have others. The whole whsec_… is the key, not decoded. The tolerance applies to the past and the future; Stripe's own libraries differ. The deadline is not published."
  },
  {
    ...usual,
    name: "shopify",
    title: "Shopify",
    scheme: {
      scheme: "hmac",
      header: ["x-shopify-hmac-sha256", "shopify-hmac-sha256"],
      encoding: "base64"
    },
    // The id with the same prefix as the signature. One event may be sent to several subscriptions.
    deliveryId: {
      first: [
        { header: "x-shopify-webhook-id", with: "x-shopify-hmac-sha256" },
        { header: "shopify-webhook-id", with: "shopify-hmac-sha256" },
        {
          all: [
            { header: "x-shopify-event-id", with: "x-shopify-hmac-sha256" },
            { header: "x-shopify-topic" }
          ]
        },
        { all: [{ header: "shopify-event-id", with: "shopify-hmac-sha256" }, { header: "shopify-topic" }] },
        { header: "x-shopify-webhook-id" },
        { header: "shopify-webhook-id" },
        { header: "x-shopify-event-id" },
        { header: "shopify-event-id" }
      ]
    },
    events: {
      name: { header: "x-shopify-topic" },
      otherNames: [{ header: "shopify-topic" }],
      signUps: ["customers/create", "orders/create"]
    },
    retryHorizon: Duration.hours(4),
    email: "email ? email : customer.email",
    grade: "A",
    docs: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
    note: "The key is the app's client secret. After the last retry a subscription made by the Admin API is deleted. That the id survives a retry is unconfirmed; the body does not change."
  },
  /** Grade A for the signature, C for the retries. */
  {
    ...usual,
    name: "paddle",
    title: "Paddle Billing",
    scheme: {
      scheme: "hmac",
      header: "paddle-signature",
      fields: { separator: ";", signature: "h1" },
      timestamp: { field: "ts" },
      parts: ["timestamp", ":", "body"],
      tolerance: Duration.minutes(5)
    },
    deliveryId: { json: "notification_id" },
    events: { name: { json: "event_type" }, signUps: ["customer.created"] },
    acknowledge: { deadline: Duration.seconds(5), status: 200, statuses: [200] },
    retryHorizon: Duration.days(3),
    email: "data.email",
    grade: "A",
    docs: "https://developer.paddle.com/webhooks/signature-verification",
    note: "Expects exactly 200. Its node SDK allows 5 s; behind a relay that refuses honest deliveries, so it is 5 minutes here. Retries: third parties. Whether a field of the body changes between them is unknown."
  }
] as const satisfies ReadonlyArray<Sender>
