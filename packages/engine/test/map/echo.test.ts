import { describe, expect, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import { Senders } from "@usher/signatures"
import { Inbox, Mapper, type Mapping, Operations } from "../../src/index.ts"
import { claimOne, settle, settlement } from "../dispatching.ts"
import { alice, delivery, eventually, layerInbox, layerSources, start, store } from "../fixtures.ts"

const meltingspot = Option.getOrThrow(Senders.get("meltingspot"))

/** What MeltingSpot sends of a participant, mapped to the Live and the address in it; how it ends. */
const told = Effect.fnUntraced(function* (status: string, member: object, liveId = alice.liveId) {
  const inbox = yield* Inbox.Inbox
  const operations = yield* Operations.Operations
  const event = {
    live: { id: liveId, name: "Live" },
    liveParticipant: { status },
    member,
    occurredAt: 1_715_095_714
  }
  const { id } = yield* inbox.accept(
    delivery({
      deliveryId: JSON.stringify(event),
      sender: meltingspot.name,
      body: new TextEncoder().encode(JSON.stringify(event))
    })
  )
  const webhook = yield* eventually(operations.webhook(id), (webhook) => webhook?.status !== "received")
  return { status: webhook?.status, reason: webhook?.reason }
})

const mapping: Mapping.Mapping = {
  version: "test",
  map: () => Effect.succeed({ status: "mapped", invitations: [{ ...alice, liveId: "live-2" }], reason: null })
}

const mapper = Mapper.layer

describe("MeltingSpot's own word of a new participant", () => {
  it.effect(
    "is ignored for somebody who was invited from here, by address or by id, and mapped for anybody else",
    () =>
      Effect.gen(function* () {
        yield* store([alice, { ...alice, member: "member-7" }])
        yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
        yield* settle(yield* claimOne, yield* settlement({ status: "invited" }))
        yield* start(mapper)
        const echo = {
          status: "ignored",
          reason: expect.stringMatching(/^MeltingSpot reports inv_\w+, which this relay sent/)
        }
        expect(yield* told("Invited", { email: "Alice@Example.com" })).toEqual(echo)
        expect(yield* told("Invited", { email: "carol@example.com", id: "member-7" })).toEqual(echo)
        expect(yield* told("Accepted", { email: alice.member })).toMatchObject({ status: "mapped" })
        expect(yield* told("Invited", { email: "bob@example.com" })).toMatchObject({ status: "mapped" })
        expect(yield* told("Invited", { email: alice.member }, "live-3")).toMatchObject({ status: "mapped" })
      }).pipe(Effect.provide([layerInbox, layerSources({ sender: meltingspot, mapping })]))
  )

  it.effect("is mapped while the invitation has not been sent yet", () =>
    Effect.gen(function* () {
      yield* store([alice])
      yield* start(mapper)
      expect(yield* told("Invited", { email: alice.member })).toMatchObject({ status: "mapped" })
    }).pipe(Effect.provide([layerInbox, layerSources({ sender: meltingspot, mapping })]))
  )
})
