import { describe, expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { LiveParticipants } from "@usher/core"
import { LiveParticipantsTest } from "@usher/core/testing"
import {
  Dispatcher,
  Import,
  Inbox,
  Leadership,
  Mapper,
  type Mapping,
  Operations,
  Sources,
  Spots
} from "../../src/index.ts"
import { alice, delivery, eventually, layerInbox, makeSource, start, store } from "../fixtures.ts"

const spot = (options: Partial<Spots.Options> = {}) =>
  Effect.map(LiveParticipants.LiveParticipants, (participants) =>
    Spots.make("main", participants, { budget: "unlimited", ...options })
  )

const layerSpots = (options?: Partial<Spots.Options>) =>
  Layer.unwrap(Effect.map(spot(options), (spot) => Spots.layerOf(spot)))

/** A mapper for this mapping, and the Spot with these ids. */
const mapper = (memberId: RegExp | undefined, ...members: ReadonlyArray<string>) => {
  const map: Mapping.Mapping["map"] = () =>
    Effect.succeed({
      status: "mapped",
      invitations: members.map((member) => ({ liveId: "live-1", member })),
      reason: null
    })
  const layerSources = Layer.unwrap(
    Effect.map(makeSource({ mapping: { version: "program", map } }), (source) =>
      Sources.layer(new Map([[source.name, source]]))
    )
  )
  return Mapper.layer.pipe(Layer.provide([layerSources, layerSpots({ memberId })]))
}

/** What becomes of one webhook. */
const outcome = Effect.fnUntraced(function* (webhook = delivery()) {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const { id } = yield* inbox.accept(webhook)
  const mapped = yield* eventually(operations.webhook(id), (one) => one?.status !== "received")
  const invitations = yield* operations.invitations(id)
  return { status: mapped?.status, reason: mapped?.reason, members: invitations.map(({ member }) => member) }
})

const services = Effect.provide(Layer.merge(layerInbox, LiveParticipantsTest.layerScripted()))

describe("whom a program's mapping gives", () => {
  it.effect("is read as a rule's: lists are split, and who is nobody is left out with the reason", () =>
    Effect.gen(function* () {
      yield* start(
        mapper(
          undefined,
          "Alice <alice@example.com>",
          "b@example.com,c@example.com",
          "N/A",
          "member-7",
          "user@"
        )
      )
      expect(yield* outcome()).toEqual({
        status: "mapped",
        reason:
          "the mapping returned 3 values that name nobody: 1 is a placeholder, 1 is neither an email address nor a Spot member id, 1 is not an email address",
        members: ["alice@example.com", "b@example.com", "c@example.com"]
      })
    }).pipe(services)
  )

  it.effect("makes a webhook unmappable where nobody is left", () =>
    Effect.gen(function* () {
      yield* start(mapper(undefined, "alice%40example.com"))
      expect(yield* outcome()).toEqual({
        status: "unmappable",
        reason: "the mapping returned a text that is not an email address",
        members: []
      })
    }).pipe(services)
  )

  it.effect("may be an id of the Spot's own kind", () =>
    Effect.gen(function* () {
      yield* start(mapper(/member-\d+/, "member-7", "member-x"))
      expect(yield* outcome()).toEqual({
        status: "mapped",
        reason: "the mapping returned a text that is neither an email address nor a Spot member id",
        members: ["member-7"]
      })
    }).pipe(services)
  )
})

it.effect("of an import, those are left out whom only an older version took", () =>
  Effect.gen(function* () {
    yield* start(mapper(/member-\d+/))
    const members = ["<bare@example.com>", "member-7", "a1@example.com,b1@example.com", "Berlin"]
    expect(yield* outcome(Import.webhook({ spot: "main", liveId: "live-1", members }))).toEqual({
      status: "mapped",
      reason: "the mapping returned a text that is neither an email address nor a Spot member id",
      members: ["bare@example.com", "member-7", "a1@example.com", "b1@example.com"]
    })
  }).pipe(services)
)

it.effect(
  "an invitation that an older version stored for what is no address ends without a call for it",
  () =>
    Effect.gen(function* () {
      const operations = yield* Operations.Operations
      const bad = { liveId: "live-1", member: "a1@example.com,b1@example.com" }
      const id = yield* store([alice, bad, { liveId: "live-1", member: "bob@example.com" }])
      yield* start(Dispatcher.layer().pipe(Layer.provide([layerSpots(), Leadership.layerAlone])))
      const ended = yield* eventually(operations.invitations(id), (all) =>
        all.every(({ settledAt }) => settledAt !== null)
      )
      expect(ended.map(({ member, status, lastError }) => ({ member, status, lastError }))).toEqual([
        { member: alice.member, status: "invited", lastError: null },
        { member: bad.member, status: "rejected", lastError: "MalformedPayload" },
        { member: "bob@example.com", status: "invited", lastError: null }
      ])
    }).pipe(Effect.provide(Layer.merge(layerInbox, LiveParticipantsTest.layerMemory())))
)
