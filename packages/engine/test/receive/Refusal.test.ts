import { describe, expect, it } from "@effect/vitest"
import { Option } from "effect"
import { Senders } from "@usher/signatures"
import { Refusal } from "../../src/index.ts"

const refusals: ReadonlyArray<Refusal.Refusal> = [
  "unverified",
  "too-large",
  "unreadable",
  "undecodable",
  "limited",
  "overloaded",
  "not-stored",
  "late"
]

const senderNamed = (name: string) => Option.getOrThrow(Senders.get(name))
const status = (name: string, refusal: Refusal.Refusal) => Refusal.answerTo(senderNamed(name), refusal).status

describe.each(Senders.all.map((sender) => [sender.name, sender] as const))("%s", (_, sender) => {
  it.each(refusals)("does not give up, or disable its hook, after %s", (refusal) => {
    const { status } = Refusal.answerTo(sender, refusal)
    expect(sender.disablingStatuses).not.toContain(status)
    // A redirect is a failure to some, 404 and 410 the end to others, and 2xx would be a lie.
    expect(status).toBeGreaterThanOrEqual(400)
    expect([404, 405, 410]).not.toContain(status)
  })

  it.each(["limited", "overloaded", "not-stored", "late"] as const)(
    "hears when to come again after %s",
    (refusal) => {
      expect(Refusal.answerTo(sender, refusal).retryAfter).toBeGreaterThan(0)
    }
  )

  it("hears 429 only if it is known to try again", () => {
    expect(Refusal.answerTo(sender, "limited").status).toBe(sender.retryHorizon === undefined ? 503 : 429)
  })
})

it("each refusal has the status that says most, where the sender bears it", () => {
  expect(refusals.map((refusal) => status("stripe", refusal))).toEqual([
    401, 413, 400, 415, 429, 503, 503, 503
  ])
  expect(refusals.map((refusal) => status("typeform", refusal))).toEqual([
    401, 413, 400, 415, 429, 503, 503, 503
  ])
})

it("HubSpot, which gives up on client errors, hears 503 until a person has mended it", () => {
  expect(refusals.map((refusal) => status("hubspot", refusal))).toEqual([
    503, 503, 503, 503, 429, 503, 503, 503
  ])
  // Its app subscriptions bear a 413.
  expect(refusals.map((refusal) => status("hubspot-v1", refusal))).toEqual([
    503, 413, 503, 415, 429, 503, 503, 503
  ])
  expect(Refusal.answerTo(senderNamed("hubspot"), "unverified").retryAfter).toBe(60)
})

it("a sender that gives up on everything hears 503 all the same", () => {
  const disablingStatuses = Array.from({ length: 200 }, (_, at) => 400 + at)
  const answer = Refusal.answerTo({ ...senderNamed("github"), disablingStatuses }, "unverified")
  expect(answer).toEqual({ status: 503, retryAfter: 60 })
})
