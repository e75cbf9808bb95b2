import { describe, expect, it } from "@effect/vitest"
import { DateTime, Effect, Schema } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { Invitation, Search, Spot } from "../src/index.ts"

const source = new URL("../src/", import.meta.url)

/** What the modules import, their own files aside. */
const imported = new Set(
  readdirSync(source).flatMap((name) =>
    Array.from(
      readFileSync(new URL(name, source), "utf8").matchAll(/ from "([^.][^"]*)"/g),
      ([, from = ""]) => from
    )
  )
)

const survivesJson = <S extends Schema.Codec<unknown, unknown>>(name: string, schema: S) =>
  it.effect.prop(`${name} is the same after JSON`, [schema], ([record]) =>
    Effect.gen(function* () {
      const codec = Schema.fromJsonString(schema)
      const text = yield* Schema.encodeEffect(codec)(record)
      const read = yield* Schema.decodeUnknownEffect(codec)(text)
      expect(Schema.toEquivalence(schema)(read, record)).toBe(true)
    })
  )

describe("the records", () => {
  it("are read from JSON with their times, and refused with a status that nobody knows", () => {
    const read = Schema.decodeUnknownSync(Invitation.StoredInvitation)
    const written = {
      id: "inv_1",
      spot: "main",
      liveId: "live-1",
      member: null,
      source: "acme",
      status: "already_invited",
      lane: "replay",
      attempts: 2,
      dueAt: "2026-01-01T00:00:00.000Z",
      expiresAt: null,
      createdAt: "2026-01-01T00:00:00.000Z",
      requestedAt: "2026-01-01T00:00:00.000Z",
      settledAt: "2026-01-01T00:00:01.000Z",
      lastError: null,
      traceId: null,
      webhookIds: ["wh_1"]
    }
    const invitation = read(written)
    expect(DateTime.isUtc(invitation.dueAt)).toBe(true)
    expect(Schema.encodeSync(Invitation.StoredInvitation)(invitation)).toEqual(written)
    expect(() => read({ ...written, status: "sent" })).toThrow(/status/)
  })
  survivesJson("a filter of invitations", Search.InvitationFilter)
  survivesJson("a filter of webhooks", Search.WebhookFilter)
  survivesJson("a Spot's state", Spot.SpotState)
  survivesJson("a parked Live", Spot.ParkedLive)

  it("need effect and the packages that speak with sender and upstream, no database and no Node", () => {
    expect(
      [...imported].filter((from) => !/^(?:effect|@usher\/(?:core|signatures))(?:\/|$)/.test(from))
    ).toEqual([])
    expect([...imported].filter((from) => /sql/i.test(from))).toEqual([])
  })
})
