/** The deliveries of the demo with their expected outcomes. All people are invented. */
import type { Sender } from "@usher/signatures"

/** A delivery before it is signed. */
export interface Delivery {
  readonly source: "spot-members" | "webinar-form" | "sign-up-sheet" | "partners" | "newsletter"
  readonly deliveryId: string
  readonly body: string
  /** Whether it is signed with a wrong secret. */
  readonly forged?: true
}

export interface Sample extends Delivery {
  /** The title in the table. */
  readonly title: string
  /** The number of upstream failures before this delivery succeeds. */
  readonly outage?: number
  readonly expected: Expected
}

export interface Expected {
  readonly status: number
  readonly webhook?: "mapped" | "ignored" | "unmappable"
  readonly duplicate?: true
  /** The number of invitations, all of them `invited`. */
  readonly invitations: number
  /** The attempts of each invitation. Default: 1. */
  readonly attempts?: number
}

export const secrets = {
  MELTINGSPOT_SECRET_KEY: "demo-key",
  SVIX_SECRET: `whsec_${btoa("a secret for the demonstration")}`,
  TYPEFORM_SECRET: "typeform-demo-secret",
  SIGN_UP_SECRET: "sign-up-demo-secret",
  PARTNER_SECRET: "partner-demo-secret",
  NEWSLETTER_SECRET: "newsletter-demo-secret"
}

const secretNames = {
  "spot-members": "SVIX_SECRET",
  "webinar-form": "TYPEFORM_SECRET",
  "sign-up-sheet": "SIGN_UP_SECRET",
  partners: "PARTNER_SECRET",
  newsletter: "NEWSLETTER_SECRET"
} as const

export const secretOf = (source: Delivery["source"]): string => secrets[secretNames[source]]

export const live = "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10"

const member = (email: string, firstname: string) =>
  JSON.stringify({
    member: {
      email,
      firstname,
      id: "6b1f4f0e-52c1-4b53-8a6e-0d6f8f6a7c01",
      lastname: "Doe",
      status: "Accepted"
    },
    utm: { campaign: "spring" },
    occurredAt: 1_764_000_000,
    spot: { id: "0b5c1a9e-7f3d-4c7e-9a50-3c0d7a1b2c3d", name: "Demo" },
    test: true
  })

export const formResponse = (id: string, answers: ReadonlyArray<object>, form = "webinar") =>
  JSON.stringify({
    event_id: id,
    event_type: "form_response",
    form_response: { form_id: form, token: id, answers }
  })

const alice: Sample = {
  title: "A new member of the Spot",
  source: "spot-members",
  deliveryId: "msg_alice",
  body: member("alice@example.com", "Alice"),
  expected: { status: 202, webhook: "mapped", invitations: 1 }
}

export const samples: ReadonlyArray<Sample> = [
  alice,
  {
    title: "A completed form",
    source: "webinar-form",
    deliveryId: "form-bob",
    body: formResponse("form-bob", [
      { type: "text", text: "Bob" },
      { type: "email", email: "bob@example.com" }
    ]),
    expected: { status: 200, webhook: "mapped", invitations: 1 }
  },
  {
    title: "One webhook, three people",
    source: "sign-up-sheet",
    deliveryId: "sheet-1",
    body: JSON.stringify({
      attendees: ["carol", "dave", "erin"].map((name) => ({ name, email: `${name}@example.com` }))
    }),
    expected: { status: 200, webhook: "mapped", invitations: 3 }
  },
  {
    ...alice,
    title: "The first one, delivered again",
    expected: { status: 202, webhook: "mapped", duplicate: true, invitations: 1 }
  },
  {
    title: "Signed with a wrong secret",
    source: "spot-members",
    deliveryId: "msg_mallory",
    body: member("mallory@example.com", "Mallory"),
    forged: true,
    expected: { status: 401, invitations: 0 }
  },
  {
    title: "A body that is not JSON",
    source: "sign-up-sheet",
    deliveryId: "sheet-2",
    body: "name=frank&email=frank@example.com",
    expected: { status: 200, webhook: "unmappable", invitations: 0 }
  },
  {
    title: "A form without an address",
    source: "webinar-form",
    deliveryId: "form-nobody",
    body: formResponse("form-nobody", [{ type: "text", text: "Nobody" }]),
    expected: { status: 200, webhook: "unmappable", invitations: 0 }
  },
  {
    title: "While MeltingSpot answers 503",
    source: "sign-up-sheet",
    deliveryId: "sheet-3",
    body: JSON.stringify({ attendees: [{ name: "Grace", email: "grace@example.com" }] }),
    outage: 2,
    expected: { status: 200, webhook: "mapped", invitations: 1, attempts: 3 }
  },
  {
    title: "Bob again, from another source",
    source: "sign-up-sheet",
    deliveryId: "sheet-4",
    body: JSON.stringify({ attendees: [{ name: "Bob", email: "Bob@Example.com" }] }),
    expected: { status: 200, webhook: "mapped", invitations: 1 }
  }
]

/** The configuration, as a new user would write it. */
export const configuration = (sandboxUrl: string, port: number) => `
server: { host: 127.0.0.1, port: ${port} }
admin: { tokens: [{ env: OPERATOR_TOKEN, name: demo, scope: operate }] }
database: sqlite:./usher.db
spots:
  main:
    secretKey: { env: MELTINGSPOT_SECRET_KEY }
    baseUrl: ${sandboxUrl}
  academy:
    secretKey: { env: MELTINGSPOT_SECRET_KEY }
    baseUrl: ${sandboxUrl}
sources:
  spot-members:
    sender: meltingspot
    secrets: [{ env: SVIX_SECRET }]
    spot: main
    invite: { live: ${live} }
  webinar-form:
    sender: typeform
    secrets: [{ env: TYPEFORM_SECRET }]
    spot: main
    when: { expr: "form_response.form_id = 'webinar'" }
    invite:
      live: ${live}
      member: { expr: "form_response.answers[type='email'].email" }
      notify: true
  sign-up-sheet:
    sender: custom
    verify: { scheme: token, header: x-relay-secret }
    secrets: [{ env: SIGN_UP_SECRET }]
    deliveryId: { header: x-delivery-id }
    spot: main
    invite: { live: ${live}, member: { expr: "attendees.email" } }
  partners:
    sender: custom
    verify: { scheme: token, header: x-relay-secret }
    secrets: [{ env: PARTNER_SECRET }]
    deliveryId: { header: x-delivery-id }
    spot: academy
    invite: { live: { expr: live }, member: { expr: "people.email" } }
  newsletter:
    sender: custom
    verify: { scheme: token, header: x-relay-secret }
    secrets: [{ env: NEWSLETTER_SECRET }]
    deliveryId: { header: x-delivery-id }
    spot: academy
    invite: { live: ${live}, member: { expr: email } }
`

/** The header with the delivery id, for senders without their own. */
export const idHeader = (sender: Sender.Sender, sample: Delivery): Readonly<Record<string, string>> =>
  sender.name === "custom" ? { "x-delivery-id": sample.deliveryId } : {}
