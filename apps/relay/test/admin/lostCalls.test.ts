/** How a call is told whose answer was lost. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration } from "effect"
import { InviteError } from "@usher/core"
import type { StoredAttempt, StoredInvitation } from "@usher/model/Invitation"
import { storyOf } from "../../../../packages/admin/src/internal/server/story.ts"

const came = DateTime.makeUnsafe("2026-11-23T09:00:00Z")
const after = (seconds: number) => DateTime.addDuration(came, Duration.seconds(seconds))

const invitation = (fields: Partial<StoredInvitation> = {}): StoredInvitation => ({
  id: "inv_1",
  spot: "main",
  liveId: "live-1",
  member: "ada@example.com",
  source: "form",
  status: "already_invited",
  lane: "live",
  attempts: 2,
  dueAt: came,
  expiresAt: null,
  createdAt: came,
  requestedAt: came,
  settledAt: after(122),
  lastError: "AlreadyInvited",
  traceId: null,
  webhookIds: [],
  ...fields
})

const attempt = (number: number, seconds: number, error: StoredAttempt["error"]): StoredAttempt => ({
  id: `att_${number}`,
  number,
  startedAt: after(seconds),
  duration: Duration.seconds(1),
  upstreamStatus: null,
  error,
  participant: null,
  answer: null,
  traceId: null
})

const alreadyInvited = new InviteError.AlreadyInvited({ liveId: "live-1" })

const unavailable = (mayHaveArrived: boolean) =>
  new InviteError.UpstreamUnavailable({ liveId: "live-1", reason: "Timeout", mayHaveArrived })

const textsOf = (...told: Parameters<typeof storyOf>[1]) =>
  storyOf([], told).map(({ at, text }) => `${DateTime.formatIso(at).slice(14, 19)} ${text}`)

describe("the story of a call whose answer was lost", () => {
  it("a person whom the next attempt finds invited was probably invited by the lost one", () => {
    const told = textsOf({
      invitation: invitation({ lostCallAt: after(1) }),
      attempts: [attempt(2, 121, alreadyInvited)]
    })
    expect(told.slice(1)).toEqual([
      "00:01 Waited 2m after an attempt with a lost response",
      "00:01 Attempt started, response lost: the relay stopped before storing it",
      "02:01 Attempt 2, no response after 1s: already invited, probably by the attempt at 2026-11-23T09:00:01.000Z",
      "02:02 Finished: already_invited"
    ])
  })

  it("so was one whose earlier attempt may have arrived, and the last of them is named", () => {
    const told = textsOf({
      invitation: invitation({ lostCallAt: after(1) }),
      attempts: [attempt(2, 60, unavailable(true)), attempt(3, 121, alreadyInvited)]
    })
    expect(told.join("\n")).toContain("probably by the attempt at 2026-11-23T09:01:00.000Z")
  })

  it("nobody is named where no earlier attempt can have done it", () => {
    const told = textsOf({
      invitation: invitation(),
      attempts: [attempt(1, 60, unavailable(false)), attempt(2, 121, alreadyInvited)]
    })
    expect(told.join("\n")).not.toContain("probably")
  })

  it("nor where the call was lost after it", () => {
    const told = textsOf({
      invitation: invitation({ lostCallAt: after(200) }),
      attempts: [attempt(2, 121, alreadyInvited)]
    })
    expect(told.join("\n")).not.toContain("probably")
  })
})
