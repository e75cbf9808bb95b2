/** Payments and shops. */
import { formatIso } from "effect/DateTime"
import { json, seconds, type Shape } from "./shape.ts"

export const commerce: Readonly<Record<string, Shape>> = {
  stripe: (options) =>
    json({
      id: options.id,
      object: "event",
      type: "checkout.session.completed",
      created: seconds(options),
      livemode: false,
      pending_webhooks: 1,
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
      {
        "x-shopify-topic": "customers/create",
        "x-shopify-triggered-at": formatIso(at),
        "x-shopify-shop-domain": "sam-ple.myshopify.com",
        "x-shopify-api-version": "2026-10"
      }
    ),
  paddle: ({ at, id, member }) =>
    json({
      event_id: `evt_${id}`,
      event_type: "customer.created",
      occurred_at: formatIso(at),
      notification_id: id,
      data: { id: "ctm_1", email: member, name: "Sam Ample", status: "active" }
    })
}
