import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { percentile } from "../../src/selftest/Acknowledgement.ts"
import type { SignedDelivery } from "../../src/selftest/SignedDelivery.ts"
import type { Kept } from "../../src/selftest/Stored.ts"
import * as Verdict from "../../src/selftest/Verdict.ts"

const parcel = (name: string): SignedDelivery => ({
  source: "form",
  member: `${name}@example.com`,
  body: name,
  sign: () => Effect.die("nothing is sent here")
})
const [ann, ben] = [parcel("ann"), parcel("ben")]

const kept = ({ source, body }: SignedDelivery, invitations = ["invited"]): Kept => ({
  source,
  body,
  status: "mapped",
  invitations
})

const participant = ({ member }: SignedDelivery, created = 1, repeated = 0) => ({
  liveId: "live-1",
  member,
  created,
  repeated,
  notified: false,
  invitedBy: null,
  invitedAt: DateTime.makeUnsafe(0)
})

const fine: Verdict.Evidence = {
  sent: [ann, ben],
  isAcknowledged: () => true,
  stored: [kept(ann), kept(ben)],
  participants: [participant(ann), participant(ben)]
}

const judge = (evidence: Partial<Verdict.Evidence> = {}) => Verdict.judge({ ...fine, ...evidence })

describe("the verdict is good", () => {
  it("where each delivery is stored once and its person invited once", () => {
    expect(Verdict.isGood(judge())).toBe(true)
  })

  it("where a call was made again and answered 200", () => {
    const verdict = judge({
      stored: [kept(ann, ["already_invited"]), kept(ben)],
      participants: [participant(ann, 1, 1), participant(ben)]
    })
    expect(verdict.askedAgain).toBe(1)
    expect(Verdict.isGood(verdict)).toBe(true)
  })
})

describe("the verdict is not good", () => {
  it.each([
    ["lost is what was acknowledged and is not stored", { stored: [kept(ann)] }, { lost: 1 }],
    [
      "lost is what was acknowledged, and its person never invited",
      { participants: [participant(ann)] },
      { lost: 1 }
    ],
    ["duplicated is what is stored twice", { stored: [kept(ann), kept(ann), kept(ben)] }, { duplicated: 1 }],
    [
      "doubly invited is who was answered 201 twice, be it at two Lives",
      { participants: [participant(ann), { ...participant(ann), liveId: "live-2" }, participant(ben)] },
      { doublyInvited: 1 }
    ],
    [
      "astray is what made no invitation, two, or one that was not sent",
      { stored: [kept(ann, []), kept(ben, ["pending"])] },
      { astray: { "0 invitations": 1, "1 invitation: pending": 1 } }
    ],
    [
      "what was never acknowledged is told, and is not lost",
      {
        isAcknowledged: (one: SignedDelivery) => one === ann,
        stored: [kept(ann)],
        participants: [participant(ann)]
      },
      { acknowledged: 1, lost: 0 }
    ]
  ])("%s", (_, evidence, told) => {
    const verdict = judge(evidence)
    expect(verdict).toMatchObject(told)
    expect(Verdict.isGood(verdict)).toBe(false)
  })
})

it("a percentile is the smallest time within which so many were", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1)
  expect([0.5, 0.9, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([50, 90, 99, 100])
  expect(percentile([7], 0.5)).toBe(7)
})
