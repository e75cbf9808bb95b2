/** How the release of a delivery from quarantine, a repeated request and a wait are told. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration } from "effect"
import type { Webhook } from "@usher/model"
import { InviteError } from "@usher/core"
import type { StoredAttempt, StoredInvitation } from "@usher/model/Invitation"
import { storyOf } from "../../../../packages/admin/src/internal/server/story.ts"
import type { WhyWaiting } from "../../../../packages/admin/src/internal/server/waiting.ts"

const came = DateTime.makeUnsafe("2026-11-23T09:00:00Z")
const released = DateTime.makeUnsafe("2026-11-23T11:30:00Z")

const webhook = (fields: Partial<Webhook.Webhook> = {}): Webhook.Webhook => ({
  id: "wh_1",
  source: "form",
  sender: "typeform",
  deliveryId: "delivery-1",
  firstWebhookId: null,
  headers: {},
  body: new Uint8Array(),
  traceparent: null,
  receivedAt: came,
  receivedBy: "relay-1",
  release: { at: released, by: "ops", verified: true },
  lane: "live",
  status: "mapped",
  reason: null,
  mappingVersion: null,
  mappedAt: null,
  ...fields
})

const unverified = { release: { at: released, by: "grace", verified: false } }

const invitation: StoredInvitation = {
  id: "inv_1",
  spot: "main",
  liveId: "live-1",
  member: "ada@example.com",
  source: "form",
  status: "invited",
  lane: "live",
  attempts: 0,
  dueAt: released,
  expiresAt: null,
  createdAt: released,
  requestedAt: released,
  settledAt: DateTime.addDuration(released, Duration.seconds(1)),
  lastError: null,
  traceId: null,
  webhookIds: ["wh_1"]
}

describe("the story of a released delivery", () => {
  it("names the operator, the time, and that its signature verified, before what came of it", () => {
    const story = storyOf([webhook()], [{ invitation, attempts: [] }])
    expect(story.map(({ kind, at }) => [kind, at])).toEqual([
      ["received", came],
      ["released", released],
      ["requested", released],
      ["settled", invitation.settledAt]
    ])
    expect(story[1]).toEqual({
      at: released,
      kind: "released",
      text: "Released from quarantine by operator ops; signature verified",
      source: "form",
      webhookId: "wh_1",
      by: "ops",
      verified: true
    })
  })

  it("says that nothing but the operator's word vouches for it", () => {
    expect(storyOf([webhook(unverified)], [])[1]).toMatchObject({
      text: "Released from quarantine by operator grace without a valid signature",
      by: "grace",
      verified: false
    })
  })

  it("tells after the release what the mapping made of it, and that it asked again", () => {
    const ignored = storyOf([webhook({ status: "ignored", reason: "the filter said no" })], [])
    expect(ignored.map(({ kind, at }) => [kind, at])).toEqual([
      ["received", came],
      ["released", released],
      ["ignored", released]
    ])
    const second = webhook({ id: "wh_2", ...unverified })
    const twice = {
      ...invitation,
      createdAt: came,
      requestedAt: came,
      settledAt: null,
      webhookIds: ["wh_1", "wh_2"]
    }
    const story = storyOf([webhook({ release: null }), second], [{ invitation: twice, attempts: [] }])
    expect(story.filter(({ webhookId }) => webhookId === "wh_2").map(({ kind, at }) => [kind, at])).toEqual([
      ["received", came],
      ["released", released],
      ["requested", released]
    ])
  })

  it("does not tell a release of a delivery that was accepted when it came", () => {
    expect(storyOf([webhook({ release: null })], []).map(({ kind }) => kind)).toEqual(["received"])
  })
})

describe("the story of a webhook that was mapped again", () => {
  const mappedAt = DateTime.addDuration(came, "1 hour")
  const again = webhook({ release: null, lane: "replay", mappedAt, mappingVersion: "v2" })

  it("says when, with which mapping, and what came of it", () => {
    const created = { ...invitation, createdAt: mappedAt, requestedAt: mappedAt, settledAt: null }
    const story = storyOf([again], [{ invitation: created, attempts: [] }])
    expect(story.map(({ kind, at }) => [kind, at])).toEqual([
      ["received", came],
      ["remapped", mappedAt],
      ["requested", mappedAt]
    ])
    expect(story[1]).toEqual({
      at: mappedAt,
      kind: "remapped",
      text: "Mapped again, with mapping v2",
      source: "form",
      webhookId: "wh_1"
    })
    const ignored = storyOf([{ ...again, status: "ignored", reason: "the filter said no" }], [])
    expect(ignored.map(({ kind, at }) => [kind, at])).toEqual([
      ["received", came],
      ["remapped", mappedAt],
      ["ignored", mappedAt]
    ])
  })

  it.each([
    ["was mapped once", { ...again, lane: "live" }],
    ["waits to be mapped again", { ...again, status: "received" }],
    ["was mapped again by an earlier version of the relay", { ...again, mappedAt: null }]
  ] as const)("does not say so of one that %s", (_, webhook) => {
    expect(storyOf([webhook], []).map(({ kind }) => kind)).toEqual(["received"])
  })
})

describe("the story of a person who was requested twice before the first mapping", () => {
  it("tells the second request after the first, and a redelivery after its request", () => {
    const first = webhook({ release: null })
    const second = webhook({ id: "wh_2", release: null, receivedAt: DateTime.addDuration(came, "1 second") })
    const twice = { ...invitation, settledAt: null, webhookIds: ["wh_1", "wh_2"] }
    const resent = [{ webhookId: "wh_1", times: 1, lastAt: released }]
    const story = storyOf([second, first], [{ invitation: twice, attempts: [] }], { resent })
    expect(story.map(({ kind, webhookId }) => [kind, webhookId])).toEqual([
      ["received", "wh_1"],
      ["received", "wh_2"],
      ["requested", "wh_1"],
      ["requested", "wh_2"],
      ["duplicate", "wh_1"]
    ])
  })
})

describe("the story of an invitation that was requested again", () => {
  const after = (seconds: number) => DateTime.addDuration(released, Duration.seconds(seconds))
  const attempt = (startedAt: DateTime.Utc, error: StoredAttempt["error"]): StoredAttempt => ({
    id: `att_${DateTime.toEpochMillis(startedAt)}`,
    number: 1,
    startedAt,
    duration: Duration.seconds(1),
    upstreamStatus: 400,
    error,
    participant: null,
    answer: null,
    traceId: null
  })
  const refused = new InviteError.MalformedPayload({ liveId: "live-1", reason: "Refused", answer: "no" })
  const toldOf = (fields: Partial<StoredInvitation>, attempts: ReadonlyArray<StoredAttempt>) =>
    storyOf(
      [webhook({ release: null }), webhook({ id: "wh_2", release: null, receivedAt: after(20) })],
      [{ invitation: { ...invitation, requestedAt: after(25), ...fields }, attempts }]
    )
      .filter(({ kind }) => kind !== "received")
      .map(
        ({ at, text }) => `${DateTime.formatIso(at).slice(14, 19)} ${text.replace(/^Attempt.*/, "Attempt")}`
      )

  it("says how the attempts before ended, and counts the wait from the new request", () => {
    const replayed = { lane: "replay", settledAt: after(31), status: "invited" } as const
    expect(toldOf(replayed, [attempt(after(0), refused), attempt(after(30), null)])).toEqual([
      "30:00 Invitation to the Live live-1 created",
      "30:00 Attempt",
      "30:01 The attempts until then ended without success",
      "30:25 Requested again by a replay",
      "30:25 Waited 5s after it was requested again",
      "30:30 Attempt",
      "30:31 Finished: invited"
    ])
  })

  it("names the webhook that requested it again, and the success before", () => {
    const fields = { settledAt: null, status: "pending", webhookIds: ["wh_1", "wh_2"] } as const
    const alreadyInvited = new InviteError.AlreadyInvited({ liveId: "live-1" })
    for (const [error, status] of [
      [null, "invited"],
      [alreadyInvited, "already_invited"]
    ] as const) {
      expect(toldOf(fields, [attempt(after(0), error)]).slice(2)).toEqual([
        `30:01 Finished: ${status}`,
        "30:25 Requested again by a webhook",
        "30:25 Waiting after it was requested again"
      ])
    }
    const again = storyOf(
      [webhook({ id: "wh_2", release: null, receivedAt: after(20) })],
      [{ invitation: { ...invitation, ...fields, requestedAt: after(25) }, attempts: [] }]
    ).find(({ text }) => text.startsWith("Requested again"))
    expect(again).toMatchObject({ webhookId: "wh_2", source: "form", invitationId: "inv_1" })
  })
})

describe("the story of an invitation that waits", () => {
  it("names the cause if it is known, and an end only if there is one", () => {
    const pending: StoredInvitation = { ...invitation, status: "pending", settledAt: null }
    const last = (whyWaiting?: WhyWaiting) =>
      storyOf([], [{ invitation: pending, attempts: [] }], whyWaiting && { whyWaiting }).at(-1)
    expect(last()).toMatchObject({ kind: "waiting", text: "Waiting for its turn" })
    expect(last()).not.toHaveProperty("until")
    expect(last(() => ({ cause: "until it is due", until: released }))).toMatchObject({
      text: "Waiting until it is due",
      until: released
    })
  })
})
