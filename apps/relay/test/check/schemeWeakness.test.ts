import { expect, it } from "@effect/vitest"
import { type DeliveryId, type Scheme, Senders } from "@usher/signatures"
import * as SchemeWeakness from "../../src/check/schemeWeakness.ts"

const named = (isSo: (scheme: Scheme.Scheme, id: DeliveryId.DeliveryId) => boolean) =>
  Senders.all.filter(({ scheme, deliveryId }) => isSo(scheme, deliveryId)).map(({ name }) => name)

it("the senders that sign the URL are those whose scheme says so", () => {
  expect(named(SchemeWeakness.signsUrl)).toEqual(
    expect.arrayContaining(["hubspot", "hubspot-v2", "hubspot-v3", "twilio"])
  )
  expect(named(SchemeWeakness.signsUrl)).not.toContain("stripe")
  expect(named(SchemeWeakness.signsUrl)).not.toContain("hubspot-v1")
})

it("the senders with SHA-1 are those whose digest is, and Twilio", () => {
  expect(named(SchemeWeakness.usesSha1)).toEqual([
    "x-hub-sha1",
    "intercom",
    "segment",
    "segment-batch",
    "twilio"
  ])
})

it("only Segment's batches are signed in part, and every other body as a whole", () => {
  const partly = Senders.all.filter(({ scheme }) => SchemeWeakness.coverage(scheme) !== "all")
  expect(partly.map(({ name, scheme }) => [name, SchemeWeakness.coverage(scheme)])).toEqual([
    ["segment-batch", "first-event"]
  ])
})

it("a scheme that signs a time alone covers no body", () => {
  const scheme = {
    scheme: "hmac",
    header: "x-signature",
    timestamp: { header: "x-time" },
    parts: ["timestamp"]
  } as const
  expect(SchemeWeakness.coverage(scheme)).toBe("none")
})

it.each([
  ["standard-webhooks", []],
  ["svix", []],
  ["stripe", []],
  ["token", []],
  ["eventbrite", []],
  ["none", []],
  ["github", ["x-github-delivery"]],
  ["linear", ["linear-delivery"]],
  ["twilio", ["i-twilio-idempotency-token"]]
] as const)("the headers with the id of %s that its signature does not cover are %j", (name, headers) => {
  const sender = Senders.all.find((sender) => sender.name === name)
  if (sender === undefined) throw new Error(`no sender is called ${name}`)
  expect(SchemeWeakness.unsignedIdHeaders(sender.scheme, sender.deliveryId)).toEqual(headers)
})

it("a header that is among the signed parts is covered, and another is not", () => {
  const scheme = { scheme: "hmac", header: "x-signature", parts: [{ header: "x-id" }, "body"] } as const
  expect(SchemeWeakness.unsignedIdHeaders(scheme, { header: "X-Id" })).toEqual([])
  expect(
    SchemeWeakness.unsignedIdHeaders(scheme, { first: [{ json: "id" }, { all: [{ header: "x-other" }] }] })
  ).toEqual(["x-other"])
})
