import { Array, Arbitrary, Deferred, Effect, Fiber, Schedule, Schema, Stream } from "effect"
import { describe, expect, it } from "@effect/vitest"
import type { Socket } from "node:net"
import { InviteError, LiveParticipants } from "../src/index.ts"
import { LiveParticipantsTest, MeltingSpotMemory } from "../src/testing.ts"
import { answer, before, targets } from "./wire.ts"

const liveId = "live-1"
const single = `/v1/lives/${liveId}/participants`
const bulk = `${single}~bulkInvite`

const [alice, bob, carol] = ["alice@example.com", "bob@example.com", "carol@example.com"] as const
const numbered = (count: number) => Array.makeBy(count, (n) => `${n}@example.com`)

const participant = (member: string) => LiveParticipantsTest.participant({ liveId, member })

const json = (status: number, body: unknown) => answer(status, JSON.stringify(body))

/** The members that a request names. */
const membersOf = (request: string): ReadonlyArray<string> => {
  const { member, members } = JSON.parse(request.split("\r\n\r\n")[1] ?? "")
  return member === undefined ? [...(members.spotMemberIds ?? []), ...(members.emails ?? [])] : [member]
}

/** Invites everybody. */
const invites = (request: string) => {
  const invited = membersOf(request).map(participant)
  return request.includes("~bulkInvite") ? json(200, invited) : json(201, invited[0])
}

const inviteMany = (
  participants: LiveParticipants.LiveParticipants["Service"],
  members: ReadonlyArray<string>,
  options?: Partial<LiveParticipants.Batch>
) => participants.inviteMany({ liveId, members, ...options })

const tags = Effect.fnUntraced(function* <E>(stream: Stream.Stream<{ readonly _tag: string }, E>) {
  return (yield* Stream.runCollect(stream)).map(({ _tag }) => _tag)
})

describe("a batch", () => {
  it.effect("leaves in chunks", () =>
    Effect.gen(function* () {
      const wire = yield* before((socket, request) => socket.end(invites(request)))
      const results = yield* Stream.runCollect(inviteMany(wire.participants, numbered(250)))
      expect(results.map(({ member }) => member)).toEqual(numbered(250))
      expect(wire.requests.map((request) => membersOf(request).length)).toEqual([100, 100, 50])
    })
  )

  it.effect("tells addresses from member ids, and says once what all share", () =>
    Effect.gen(function* () {
      const wire = yield* before(json(200, []))
      yield* inviteMany(wire.participants, [alice, "m-1"], {
        invitedBySpotMemberId: "m-9",
        withEmailNotification: true
      }).pipe(Stream.runDrain, Effect.ignore)
      expect(JSON.parse(wire.requests[0]?.split("\r\n\r\n")[1] ?? "")).toEqual({
        members: { spotMemberIds: ["m-1"], emails: [alice] },
        invitedBySpotMemberId: "m-9",
        withEmailNotification: true
      })
    })
  )

  it.effect("confirms singly whom the answer leaves out, and everybody if it can't be read", () =>
    Effect.gen(function* () {
      for (const body of [JSON.stringify([participant(bob)]), "", "[{", "{}"]) {
        const wire = yield* before((socket, request) =>
          socket.end(request.includes("~bulkInvite") ? answer(200, body) : answer(200))
        )
        const others = body.includes(bob) ? "Invited" : "AlreadyInvited"
        expect(yield* tags(inviteMany(wire.participants, [alice, bob]))).toEqual(["AlreadyInvited", others])
      }
    })
  )

  it.effect("knows that a member was invited whose participant can't be read", () =>
    Effect.gen(function* () {
      const { participants } = yield* before(
        json(200, [participant(alice), { ...participant(bob), isHighlighted: "perhaps" }])
      )
      const results = yield* Stream.runCollect(inviteMany(participants, [alice, bob]))
      expect(results).toMatchObject([
        { _tag: "Invited", member: alice },
        {
          _tag: "Undecodable",
          member: bob,
          error: { issue: expect.stringContaining("[1]: Expected boolean") }
        }
      ])
    })
  )

  it.effect("keeps to the size that a 413 left", () =>
    Effect.gen(function* () {
      const wire = yield* before((socket, request) =>
        socket.end(membersOf(request).length > 3 ? answer(413) : invites(request))
      )
      expect(yield* tags(inviteMany(wire.participants, numbered(12), { chunkSize: 6 }))).toHaveLength(12)
      expect(wire.requests.map((request) => membersOf(request).length)).toEqual([6, 3, 3, 3, 3])
    })
  )

  it.effect("rejects a member whom the upstream finds too large alone", () =>
    Effect.gen(function* () {
      const { participants } = yield* before(answer(413))
      expect(yield* tags(inviteMany(participants, [alice, bob]))).toEqual(["Rejected", "Rejected"])
    })
  )

  it.effect("rejects before the call who can't be a member, and nobody else", () =>
    Effect.gen(function* () {
      const wire = yield* before((socket, request) => socket.end(invites(request)))
      const results = yield* Stream.runCollect(inviteMany(wire.participants, [alice, "", "b c", bob]))
      expect(results).toMatchObject([
        { _tag: "Invited" },
        { _tag: "Rejected", member: "", error: { _tag: "MalformedPayload", reason: "BeforeCall" } },
        { _tag: "Rejected", member: "b c" },
        { _tag: "Invited" }
      ])
      expect(wire.requests.map(membersOf)).toEqual([[alice, bob]])
    })
  )

  it.effect("is refused before the call for what is no id of a Live", () =>
    Effect.gen(function* () {
      const wire = yield* before(answer(200))
      const error = yield* Effect.flip(tags(inviteMany(wire.participants, [alice], { liveId: "a@b.c" })))
      expect(error).toMatchObject({ _tag: "MalformedPayload", reason: "BeforeCall", liveId: "[address]" })
      expect(wire.requests).toEqual([])
    })
  )

  it.effect.each([
    [answer(401), { _tag: "Unauthorized" }],
    [answer(404), { _tag: "LiveNotFound" }],
    [answer(429), { _tag: "RateLimited" }],
    [answer(503), { _tag: "UpstreamUnavailable", reason: "ServerError" }],
    [answer(301, "", { location: "/" }), { _tag: "UpstreamUnavailable", reason: "NotTheApi" }],
    [answer(200, "<html>"), { _tag: "UpstreamUnavailable", reason: "NotTheApi" }],
    [answer(400, "<html>"), { _tag: "UpstreamUnavailable", reason: "NotTheApi", status: 400 }]
  ] as const)("fails after the results that stand: %s", ([reply, expected]) =>
    Effect.gen(function* () {
      const { participants } = yield* before((socket, request) =>
        socket.end(membersOf(request).some((member) => member > bob) ? reply : invites(request))
      )
      const emitted: Array<string> = []
      const error = yield* inviteMany(participants, [alice, bob, carol, "dave@example.com"], {
        chunkSize: 2
      }).pipe(
        Stream.runForEach(({ member }) => Effect.sync(() => emitted.push(member))),
        Effect.flip
      )
      expect(error).toMatchObject({ ...expected, liveId })
      expect(emitted).toEqual([alice, bob])
    })
  )

  const forms: ReadonlyArray<readonly [string, (socket: Socket) => void]> = [
    ["500", (socket) => socket.end(answer(500))],
    ["a connection that is cut", (socket) => socket.destroy()],
    ["no answer in time", () => {}],
    ["a page with 400", (socket) => socket.end(answer(400, "<html>Bad Request</html>"))],
    ["a list of something else", (socket) => socket.end(json(200, [{ error: 1 }, null]))],
    ["an object", (socket) => socket.end(json(200, { message: "no" }))],
    ["an answer that is cut off", (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[")]
  ]

  it.live.each(forms.flatMap(([name, fail]) => [0, 37, 99].map((poison) => [name, poison, fail] as const)))(
    "of which one member ends every call with %s (number %i) goes on, and 99 are invited within 20 calls",
    ([form, poison, fail]) =>
      Effect.gen(function* () {
        const bad = `${poison}@example.com`
        const wire = yield* before(
          (socket, request) =>
            membersOf(request).includes(bad) && request.includes("~bulkInvite")
              ? fail(socket)
              : socket.end(membersOf(request).includes(bad) ? answer(500) : invites(request)),
          // On a busy machine an answer may take long that is to come in time.
          { timeout: form === "no answer in time" ? "300 millis" : "30 seconds" }
        )
        const found = yield* tags(inviteMany(wire.participants, numbered(200)))
        expect(found).toEqual(numbered(200).map((member) => (member === bad ? "Unanswered" : "Invited")))
        // The second hundred goes in two calls: only fifty at once were answered up to then.
        expect(wire.requests.length).toBeLessThanOrEqual(20 + 2)
      }).pipe(Effect.scoped)
  )

  it.effect("finds each of several members to blame, the first and the last among them", () =>
    Effect.gen(function* () {
      const bad = new Set([0, 1, 42, 43, 99].map((n) => `${n}@example.com`))
      const wire = yield* before((socket, request) =>
        socket.end(membersOf(request).some((member) => bad.has(member)) ? answer(500) : invites(request))
      )
      const results = yield* Stream.runCollect(inviteMany(wire.participants, numbered(100)))
      const unanswered = results.filter(({ _tag }) => _tag === "Unanswered").map(({ member }) => member)
      expect(unanswered).toEqual([...bad])
      expect(results.filter(({ _tag }) => _tag === "Invited")).toHaveLength(95)
    })
  )

  it.effect("ends with four calls when single ones are not answered either", () =>
    Effect.gen(function* () {
      const wire = yield* before(answer(503))
      const error = yield* Effect.flip(tags(inviteMany(wire.participants, numbered(100))))
      expect(error).toMatchObject({ _tag: "UpstreamUnavailable" })
      expect(wire.requests.map((request) => membersOf(request).length)).toEqual([100, 1, 1, 1])
    })
  )

  it.effect("ends soon when the upstream goes down between halves", () =>
    Effect.gen(function* () {
      let calls = 0
      const wire = yield* before((socket, request) =>
        socket.end(++calls !== 2 ? answer(503) : invites(request))
      )
      const error = yield* Effect.flip(tags(inviteMany(wire.participants, numbered(300))))
      expect(error).toMatchObject({ _tag: "UpstreamUnavailable" })
      expect(wire.requests.length).toBeLessThanOrEqual(20)
    })
  )

  it.effect("remembers the size that is answered, and tries larger ones again slowly", () =>
    Effect.gen(function* () {
      const wire = yield* before((socket, request) =>
        socket.end(membersOf(request).length > 13 ? answer(504) : invites(request))
      )
      const found = yield* tags(inviteMany(wire.participants, numbered(600)))
      expect(found).toEqual(found.map(() => "Invited"))
      const failed = wire.requests.filter((request) => membersOf(request).length > 13)
      expect(failed.map((request) => membersOf(request).length)).toEqual([100, 50, 25, 25, 49, 25, 24, 22])
    })
  )

  it.effect("makes each call in the caller's own way", () =>
    Effect.gen(function* () {
      let calls = 0
      const wire = yield* before((socket, request) =>
        socket.end(++calls % 2 === 1 ? answer(503) : invites(request))
      )
      const results = inviteMany(wire.participants, [alice, bob, carol], {
        chunkSize: 2,
        perCall: Effect.retry({ while: InviteError.isRetryable, schedule: Schedule.recurs(1) })
      })
      expect(yield* tags(results)).toEqual(["Invited", "Invited", "Invited"])
      expect(targets(wire)).toEqual([bulk, bulk, single, single])
    })
  )

  it.live("has its chunks under way side by side, and their results in order", () =>
    Effect.gen(function* () {
      const answers: Array<() => void> = []
      const { participants } = yield* before((socket, request) => {
        answers.push(() => socket.end(invites(request)))
        if (answers.length === 3) for (const reply of answers.toReversed()) reply()
      })
      const results = yield* Stream.runCollect(
        inviteMany(participants, numbered(6), { chunkSize: 2, concurrency: 3 })
      )
      expect(results.map(({ member }) => member)).toEqual(numbered(6))
    })
  )

  it.live("is aborted when its fiber is interrupted", () =>
    Effect.gen(function* () {
      const arrived = yield* Deferred.make<void>()
      const closed = yield* Deferred.make<void>()
      const { participants } = yield* before((socket) => {
        socket.on("close", () => Deferred.doneUnsafe(closed, Effect.void))
        Deferred.doneUnsafe(arrived, Effect.void)
      })
      const fiber = yield* Effect.forkChild(tags(inviteMany(participants, [alice, bob])))
      yield* Deferred.await(arrived)
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(closed)
    })
  )

  it.effect("of a stream is read no further ahead than a chunk or two", () =>
    Effect.gen(function* () {
      let read = 0
      let settled = 0
      let ahead = 0
      const members = Stream.fromIterable(numbered(1000)).pipe(
        Stream.tap(() => Effect.sync(() => (ahead = Math.max(ahead, ++read - settled)))),
        Stream.rechunk(1)
      )
      const participants = yield* LiveParticipants.LiveParticipants
      yield* participants
        .inviteMany({ liveId, members, chunkSize: 50 })
        .pipe(Stream.runForEach(() => Effect.sync(() => settled++)))
      expect(settled).toBe(1000)
      expect(ahead).toBeLessThanOrEqual(150)
    }).pipe(Effect.provide(LiveParticipantsTest.layerMemory()))
  )

  const member = Schema.Literals([
    "a@example.com",
    "A@example.com",
    "b@example.com",
    "member-0",
    "nobody",
    "",
    "c c"
  ])
  const few = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 1, maximum }))

  it.effect.prop(
    "loses nobody and invites nobody twice",
    {
      members: Arbitrary.schema(Schema.Array(member)),
      chunkSize: Arbitrary.schema(few(5)),
      maxMembers: Arbitrary.schema(few(5))
    },
    ({ members, chunkSize, maxMembers }) =>
      Effect.gen(function* () {
        const participants = yield* LiveParticipants.LiveParticipants
        const results = yield* Stream.runCollect(inviteMany(participants, members, { chunkSize }))
        expect(results.map((result) => result.member)).toEqual(members)
        const isBad = (name: string) => name === "nobody" || name === "" || name === "c c"
        expect(results.map(({ _tag }) => _tag === "Rejected")).toEqual(members.map(isBad))
        const invited = results.filter(({ _tag }) => _tag === "Invited")
        const people = new Set(members.filter((name) => !isBad(name)).map((name) => name.toLowerCase()))
        expect(invited).toHaveLength(people.size)
        const { entries } = yield* MeltingSpotMemory.MeltingSpot
        expect((yield* entries).map(({ created }) => created)).toEqual(invited.map(() => 1))
      }).pipe(Effect.provide(LiveParticipantsTest.layerMemory({ maxMembers })))
  )
})
