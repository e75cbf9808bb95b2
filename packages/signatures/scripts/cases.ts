/** What each sender and each scheme is tried with: right deliveries, and those with one thing wrong. */
import { DateTime, Duration, Effect, Equal, Option } from "effect"
import type { Delivery } from "../src/index.ts"
import { Scheme, Senders } from "../src/index.ts"
import { sample, sign } from "../src/testing.ts"
import facts from "../test/vectors.json" with { type: "json" }

export interface Case {
  readonly name: string
  readonly sender?: string
  readonly scheme: Scheme.Scheme
  readonly secrets: ReadonlyArray<{ readonly value: string; readonly expiresAt?: number }>
  readonly now: number
  readonly delivery: Delivery.DeliveryWithUrl
  /** The publication that shows this delivery. */
  readonly source?: string
}

const signedAt = DateTime.makeUnsafe("2026-11-23T09:00:00Z")
const at = DateTime.toEpochMillis(signedAt)
const url = "https://hooks.example.com/crm?list=a%20b"

/** Made up, and of the shape that each scheme wants. */
const secretsOf = (scheme: Scheme.Scheme): readonly [string, string] => {
  const text = (which: string) => `made-up-${which}-secret-of-32-bytes!`
  if (scheme.scheme === "basic") return [`relay:${text("right")}`, `relay:${text("other")}`]
  if (scheme.scheme !== "standard-webhooks") return [text("right"), text("other")]
  return [`whsec_${btoa(text("right"))}`, `whsec_${btoa(text("other"))}`]
}

const withBody = (delivery: Delivery.DeliveryWithUrl, change: (text: string) => string) => ({
  ...delivery,
  body: new TextEncoder().encode(change(new TextDecoder().decode(delivery.body)))
})

const toleranceOf = (scheme: Scheme.Scheme): number =>
  scheme.scheme === "standard-webhooks"
    ? 300_000
    : "tolerance" in scheme && scheme.tolerance !== undefined
      ? Duration.toMillis(scheme.tolerance)
      : 0

const inCapitals = (headers: Delivery.Delivery["headers"]) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]))

/** One right delivery, and each change of it. */
const variations = (base: Case, other: string): ReadonlyArray<Case> => {
  const { delivery, name, scheme, secrets } = base
  const [right = { value: "" }] = secrets
  const vary = (what: string, change: Partial<Case>): Case => ({
    ...base,
    ...change,
    name: `${name}: ${what}`
  })
  const tolerance = toleranceOf(scheme)
  return [
    vary("accepted", {}),
    vary("header names in capitals", { delivery: { ...delivery, headers: inCapitals(delivery.headers) } }),
    vary("a body with one more space", { delivery: withBody(delivery, (text) => `${text} `) }),
    vary("an empty body", { delivery: withBody(delivery, () => "") }),
    vary("another secret", { secrets: [{ value: other }] }),
    vary("the second of two secrets", { secrets: [{ value: other }, right] }),
    vary("an expired secret", { secrets: [{ ...right, expiresAt: base.now - 1 }] }),
    vary("no headers", { delivery: { ...delivery, headers: {} } }),
    ...(Scheme.needsUrl(scheme, {})
      ? [
          vary("another URL", { delivery: { ...delivery, url: "https://elsewhere.example.com/crm" } }),
          vary("another method", { delivery: { ...delivery, method: "PUT" } })
        ]
      : []),
    ...(tolerance === 0
      ? []
      : [
          vary("as old as allowed", { now: base.now + tolerance }),
          vary("older than allowed", { now: base.now + tolerance + 1000 }),
          vary("as far ahead as allowed", { now: base.now - tolerance }),
          vary("farther ahead than allowed", { now: base.now - tolerance - 1000 })
        ])
  ]
}

const ofSender = Effect.fnUntraced(function* (name: Senders.Name, isKnown: boolean) {
  const sender = Senders.of(name)
  const [secret, other] = secretsOf(sender.scheme)
  const { body, headers } = sample(sender, { member: "sam@example.com", id: "id-1", at: signedAt })
  const delivery = yield* sign(sender, { secret, body, headers, id: "id-1", at: signedAt, url })
  const base: Case = {
    name,
    sender: name,
    scheme: sender.scheme,
    secrets: [{ value: secret }],
    now: at,
    delivery
  }
  // Of senders with one scheme, the first shows what the scheme does.
  return isKnown ? variations(base, other).slice(0, 3) : variations(base, other)
})

export const ofSenders = Effect.map(
  Effect.forEach(Senders.names, (name, index) => {
    const { scheme } = Senders.of(name)
    const isKnown = Senders.names
      .slice(0, index)
      .some((before) => Equal.equals(Senders.of(before).scheme, scheme))
    return ofSender(name, isKnown)
  }),
  (cases) => cases.flat()
)

/** What no sender of the table does. */
const schemes: ReadonlyArray<readonly [name: string, scheme: Scheme.Input, secret: string]> = [
  ...(["sha1", "sha256", "sha384", "sha512"] as const).flatMap((algorithm) =>
    (["hex", "base64", "base64url"] as const).map(
      (encoding) =>
        [
          `hmac ${algorithm} ${encoding}`,
          { scheme: "hmac", header: "x-signature", algorithm, encoding },
          "made-up-secret"
        ] as const
    )
  ),
  ["hmac key in base64", { scheme: "hmac", header: "x-signature", key: "base64" }, "bWFkZS11cC1zZWNyZXQ="],
  ["hmac key in hex", { scheme: "hmac", header: "x-signature", key: "hex" }, "6d6164652d7570"],
  [
    "hmac with a signed header, a text and a time in milliseconds",
    {
      scheme: "hmac",
      header: "x-signature",
      timestamp: { header: "x-time", unit: "milliseconds" },
      parts: ["method", { text: "at" }, "timestamp", { header: "x-event" }, "url", "body"],
      tolerance: "10 minutes"
    },
    "made-up-secret"
  ],
  [
    "hmac with fields and a version",
    {
      scheme: "hmac",
      header: "x-signature",
      fields: { separator: ";", signature: "s" },
      timestamp: { field: "t" },
      parts: ["timestamp", ".", "body"],
      version: { header: "x-version", value: "2" },
      tolerance: "1 minute"
    },
    "made-up-secret"
  ],
  [
    "by-header",
    {
      scheme: "by-header",
      choices: [
        { header: "x-version", value: "2", use: { scheme: "hmac", header: "x-signature-2" } },
        { header: "x-signature", use: { scheme: "hmac", header: "x-signature", algorithm: "sha1" } }
      ]
    },
    "made-up-secret"
  ],
  ["token behind a word", { scheme: "token", header: "authorization", prefix: "Bearer " }, "made-up-secret"]
]

export const ofSchemes = Effect.map(
  Effect.forEach(
    schemes,
    Effect.fnUntraced(function* ([name, input, secret]) {
      const scheme = Scheme.make(input)
      const delivery = yield* sign(scheme, {
        secret,
        body: '{"a": "ü"}',
        at: signedAt,
        url,
        headers: { "x-event": "signed-up" }
      })
      const base: Case = { name, scheme, secrets: [{ value: secret }], now: at, delivery }
      const all = variations(
        base,
        name.startsWith("hmac key") ? secret.replace("6d", "7d").replace("bW", "cW") : "other"
      )
      return name.startsWith("hmac sha") ? all.slice(0, 3) : all
    })
  ),
  (cases) => cases.flat()
)

/** What a header may say otherwise: more signatures, other spellings, other versions, and what can't be read. */
const headerCases: ReadonlyArray<
  readonly [sender: Senders.Name, what: string, header: string, change: (value: string) => string]
> = [
  ["github", "hex in capitals", "x-hub-signature-256", (value) => `sha256=${value.slice(7).toUpperCase()}`],
  [
    "github",
    "the second of two signatures",
    "x-hub-signature-256",
    (value) => `sha256=${"0".repeat(64)}, ${value}`
  ],
  ["github", "another version", "x-hub-signature-256", (value) => value.replace("sha256=", "sha1=")],
  ["github", "no prefix", "x-hub-signature-256", (value) => value.slice(7)],
  ["github", "a signature cut short", "x-hub-signature-256", (value) => value.slice(0, -1)],
  ["typeform", "base64 without padding", "typeform-signature", (value) => value.replace(/=+$/, "")],
  [
    "stripe",
    "the second of two signatures",
    "stripe-signature",
    (value) => value.replace("v1=", `v1=${"0".repeat(64)},v1=`)
  ],
  ["stripe", "the time twice", "stripe-signature", (value) => `t=1,${value}`],
  ["stripe", "no signature of this version", "stripe-signature", (value) => value.replace("v1=", "v0=")],
  ["stripe", "a time that is no number", "stripe-signature", (value) => value.replace(/t=\d+/, "t=1e9")],
  ["zoom", "a time that is no number", "x-zm-request-timestamp", () => " 1"],
  [
    "standard-webhooks",
    "the second of two signatures",
    "webhook-signature",
    (value) => `v1,${"A".repeat(43)}= ${value}`
  ],
  ["standard-webhooks", "a later version", "webhook-signature", (value) => value.replace("v1,", "v2,")],
  ["standard-webhooks", "an id with a dot", "webhook-id", (value) => `${value}.1`],
  ["standard-webhooks", "another id", "webhook-id", (value) => `${value}1`],
  ["standard-webhooks", "a time that is no number", "webhook-timestamp", () => "1e9"],
  ["hubspot-v1", "another version", "x-hubspot-signature-version", () => "v2"],
  ["basic", "another way of authentication", "authorization", (value) => value.replace("Basic", "Bearer")]
]

export const ofHeaders = Effect.forEach(
  headerCases,
  Effect.fnUntraced(function* ([name, what, header, change]) {
    const [{ delivery, ...base } = yield* Effect.die(new Error(`no case of ${name}`))] = yield* ofSender(
      name,
      true
    )
    const headers = { ...delivery.headers, [header]: change(delivery.headers[header] ?? "") }
    return { ...base, name: `${name}: ${what}`, delivery: { ...delivery, headers } }
  })
)

/** The moment that the sender put into a published delivery, so that none is too old. */
const momentOf = (headers: object): number => {
  const digits = Object.entries(headers).flatMap(([name, value]) =>
    name.endsWith("timestamp") ? [String(value)] : (/(?:^|,|;)ts?=(\d+)/.exec(String(value))?.[1] ?? [])
  )[0]
  const time = Number(digits ?? 0)
  return time > 1e12 ? time : time * 1000
}

export const published: ReadonlyArray<Case> = facts.flatMap((fact, index): ReadonlyArray<Case> => {
  const sender = Option.getOrUndefined(Senders.get(fact.vendor))
  if (sender === undefined) return []
  const headers: Delivery.Delivery["headers"] = { ...fact.headers }
  const base: Case = {
    name: `published ${index + 1}, ${fact.vendor}`,
    sender: fact.vendor,
    scheme: sender.scheme,
    secrets: [{ value: fact.secret }],
    now: momentOf(headers),
    delivery: {
      method: "method" in fact && fact.method !== undefined ? fact.method : "POST",
      url: "url" in fact && fact.url !== undefined ? fact.url : "https://hooks.example.com/",
      headers,
      body: new TextEncoder().encode(fact.body)
    },
    source: fact.source
  }
  const { source: _, ...changed } = base
  return [
    base,
    {
      ...changed,
      name: `${base.name}: a body with one more space`,
      delivery: withBody(base.delivery, (text) => `${text} `)
    }
  ]
})
