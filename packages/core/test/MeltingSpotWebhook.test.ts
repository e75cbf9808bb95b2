import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, DateTime, Effect, Schema } from "effect"
import { MeltingSpotWebhook } from "../src/index.ts"

const occurredAt = 1_715_095_714
const spot = { id: "3f0c8a52-7d1e-4b6a-9c55-2b8a7d7f1e10", name: "Our Spot" }

const member = {
  email: "ada@example.com",
  firstname: "Ada",
  id: "5b7e0d5c-6f0a-4a8e-b1a2-0c9d8e7f6a5b",
  lastname: "Lovelace",
  status: "Accepted",
  title: "CEO"
}

const live = { id: "9d2f6b1e-1c3a-4e5f-8a7b-6c5d4e3f2a1b", name: "Product launch" }
const course = { id: "course-1", name: "Basics" }

/** Bodies as the catalogue describes them. */
const bodies = {
  "live.participant.created": {
    live,
    liveParticipant: { status: "Invited" },
    member,
    occurredAt,
    spot,
    test: true
  },
  "live.participant.updated": { live, liveParticipant: { status: "Accepted" }, member, occurredAt, spot },
  "live.updated": { live: { ...live, status: "Planned" }, occurredAt, spot },
  "member.created": { member: { ...member, utm: { campaign: null, medium: "mail" } }, occurredAt, spot },
  "course.participant.created": {
    course,
    courseParticipant: { status: "Started" },
    member,
    occurredAt,
    spot
  },
  "course.participant.status.updated": {
    course,
    courseParticipant: { status: "Completed" },
    member,
    occurredAt,
    spot
  },
  "document.updated": {
    collection: { id: "collection-1", name: "Docs", privacy: "Public" },
    document: { id: "document-1", status: "Published", title: "Hello", type: "Article" },
    occurredAt
  }
} satisfies Record<MeltingSpotWebhook.EventType, unknown>

const schemas = {
  "live.participant.created": MeltingSpotWebhook.LiveParticipantEvent,
  "live.participant.updated": MeltingSpotWebhook.LiveParticipantEvent,
  "live.updated": MeltingSpotWebhook.LiveEvent,
  "member.created": MeltingSpotWebhook.MemberEvent,
  "course.participant.created": MeltingSpotWebhook.CourseParticipantEvent,
  "course.participant.status.updated": MeltingSpotWebhook.CourseParticipantEvent,
  "document.updated": MeltingSpotWebhook.DocumentEvent
} satisfies Record<MeltingSpotWebhook.EventType, unknown>

const decodeEvent = Schema.decodeUnknownEffect(MeltingSpotWebhook.Event)

describe("a webhook of MeltingSpot", () => {
  it.effect.each(MeltingSpotWebhook.eventTypes)("%s has a schema, and its own shape among all", (type) =>
    Effect.gen(function* () {
      const event = yield* Schema.decodeUnknownEffect(schemas[type])(bodies[type])
      expect(event.occurredAt).toEqual(DateTime.makeUnsafe("2024-05-07T15:28:34Z"))
      expect(yield* decodeEvent(bodies[type])).toEqual(event)
    })
  )

  it.effect("passes with fields and values that are not documented, and with names that are missing", () =>
    Effect.gen(function* () {
      const { email, id } = member
      const odd = {
        ...bodies["live.participant.created"],
        eventType: "live.participant.created",
        liveParticipant: { status: "Waitlisted", source: "embed" },
        member: { email, id, firstname: null, status: "Banned" }
      }
      const event = yield* Schema.decodeUnknownEffect(MeltingSpotWebhook.LiveParticipantEvent)(odd)
      expect(event).toMatchObject({
        liveParticipant: { status: "Waitlisted" },
        member: { id, firstname: null, status: "Banned" },
        test: true
      })
    })
  )

  it.effect.each([
    ["without a time", { ...bodies["live.updated"], occurredAt: undefined }],
    ["with a time beyond all dates", { ...bodies["live.updated"], occurredAt: 1e300 }],
    ["with a text for a time", { ...bodies["live.updated"], occurredAt: "2024-05-07" }],
    ["without a person", { occurredAt, spot }]
  ])("is refused %s", ([, body]) =>
    Effect.gen(function* () {
      expect(yield* Effect.flip(decodeEvent(body))).toMatchObject({ _tag: "SchemaError" })
    })
  )

  it.effect.prop(
    "keeps its time on the wire",
    [Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 4_000_000_000 })))],
    ([seconds]) =>
      Effect.gen(function* () {
        const body = { ...bodies["live.updated"], occurredAt: seconds }
        const event = yield* Schema.decodeEffect(MeltingSpotWebhook.LiveEvent)(body)
        expect(yield* Schema.encodeEffect(MeltingSpotWebhook.LiveEvent)(event)).toEqual(body)
      })
  )
})
