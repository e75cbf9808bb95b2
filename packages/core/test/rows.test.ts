import { describe, expect, it } from "@effect/vitest"
import { Arbitrary, Array, Effect, Schema, Stream } from "effect"
import { LiveParticipants } from "../src/index.ts"
import { Faults, LiveParticipantsTest, MeltingSpotMemory } from "../src/testing.ts"
import { recordingTracer } from "./spans.ts"
import { answer, before } from "./wire.ts"

const liveId = "live-1"

interface Guest {
  readonly line: number
  readonly email: string
}
const guests = (count: number): ReadonlyArray<Guest> =>
  Array.makeBy(count, (n) => ({ line: n + 1, email: `${n}@example.com` }))
const memberOf = ({ email }: Guest) => email

const inviteRows = (rows: ReadonlyArray<Guest>, options?: Partial<LiveParticipants.BatchOptions>) =>
  LiveParticipants.LiveParticipants.use((participants) =>
    Stream.runCollect(participants.inviteRows({ liveId, rows, memberOf, ...options }))
  )

describe("a batch of rows", () => {
  it.effect("gives each row back beside its result", () =>
    Effect.gen(function* () {
      const rows = [
        { line: 1, email: "a@b.c" },
        { line: 2, email: "nobody" },
        { line: 3, email: "A@b.c" }
      ]
      const results = yield* inviteRows(rows)
      expect(results.map(({ row, result }) => [row, result._tag])).toEqual([
        [rows[0], "Invited"],
        [rows[1], "Rejected"],
        [rows[2], "AlreadyInvited"]
      ])
      expect(results[0]?.row).toBe(rows[0])
    }).pipe(Effect.provide(LiveParticipantsTest.layerMemory()))
  )

  it.effect("rejects a row without a member, and goes on", () =>
    Effect.gen(function* () {
      const rows: ReadonlyArray<Guest> = [JSON.parse('{"line":1}'), { line: 2, email: "b@b.c" }]
      const results = yield* inviteRows(rows)
      expect(results).toMatchObject([
        { row: { line: 1 }, result: { _tag: "Rejected", error: { reason: "BeforeCall" } } },
        { row: { line: 2 }, result: { _tag: "Invited" } }
      ])
    }).pipe(Effect.provide(LiveParticipantsTest.layerMemory()))
  )

  const few = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 1, maximum }))
  const email = Schema.Literals(["a@b.c", "A@b.c", "b@b.c", "c@b.c", "member-0", "nobody", "c c"])

  it.effect.prop(
    "loses no row and invites nobody twice, however it is made",
    {
      emails: Arbitrary.schema(Schema.Array(email)),
      chunkSize: Arbitrary.schema(few(3)),
      concurrency: Arbitrary.schema(few(3)),
      confirmConcurrency: Arbitrary.schema(few(3)),
      unordered: Arbitrary.schema(Schema.Boolean),
      listFirst: Arbitrary.schema(Schema.Boolean)
    },
    ({ emails, ...options }) =>
      Effect.gen(function* () {
        const rows = emails.map((email, line) => ({ email, line }))
        const results = yield* inviteRows(rows, options)
        const given = results.map(({ row }) => row)
        expect(options.unordered ? given.toSorted((a, b) => a.line - b.line) : given).toEqual(rows)
        for (const { row, result } of results) expect(result.member).toBe(row.email)
        const isBad = (email: string) => email === "nobody" || email === "c c"
        for (const { row, result } of results) expect(result._tag === "Rejected").toBe(isBad(row.email))
        const people = new Set(emails.filter((name) => !isBad(name)).map((name) => name.toLowerCase()))
        const { entries } = yield* MeltingSpotMemory.MeltingSpot
        expect((yield* entries).map(({ created }) => created)).toEqual([...people].map(() => 1))
      }).pipe(Effect.provide(LiveParticipantsTest.layerMemory()))
  )
})

describe("a batch that lists first", () => {
  it.effect("costs a few calls for 500 people who were invited before", () =>
    Effect.gen(function* () {
      yield* inviteRows(guests(500))
      const { clients, tracer } = recordingTracer()
      const results = yield* inviteRows(guests(500), { listFirst: true }).pipe(Effect.withTracer(tracer))
      expect(results.map(({ result }) => result._tag)).toEqual(results.map(() => "AlreadyInvited"))
      expect(results.map(({ row }) => row)).toEqual(guests(500))
      expect(clients().length).toBeLessThanOrEqual(6)
    }).pipe(Effect.provide(LiveParticipantsTest.layerMemory()))
  )

  it.effect("invites the new ones in as few calls as if they stood side by side", () =>
    Effect.gen(function* () {
      const known = guests(1000).filter(({ line }) => line % 20 !== 0)
      yield* inviteRows(known)
      const { clients, tracer } = recordingTracer()
      const results = yield* inviteRows(guests(1000), { listFirst: true }).pipe(Effect.withTracer(tracer))
      const invited = results.filter(({ result }) => result._tag === "Invited")
      expect(invited.map(({ row }) => row.line % 20)).toEqual(Array.replicate(0, 50))
      expect(clients().filter(({ name }) => name.startsWith("POST"))).toHaveLength(1)
    }).pipe(Effect.provide(LiveParticipantsTest.layerMemory()))
  )

  const participant = LiveParticipantsTest.participant({ liveId, member: "a@b.c" })

  it.effect("invites whom the list shows with another status", () =>
    Effect.gen(function* () {
      const wire = yield* before((socket, request) =>
        socket.end(
          request.startsWith("GET")
            ? answer(200, JSON.stringify({ items: [{ ...participant, status: "Declined" }], total: 1 }))
            : answer(200)
        )
      )
      const results = yield* Stream.runCollect(
        wire.participants.inviteMany({ liveId, members: ["a@b.c"], listFirst: true })
      )
      expect(results.map(({ _tag }) => _tag)).toEqual(["AlreadyInvited"])
      expect(wire.requests.map((request) => request.split(" ")[0])).toEqual(["GET", "POST"])
    })
  )

  it.effect(
    "asks for pages of the upstream's own size where its own is refused, and does without a list at last",
    () =>
      Effect.gen(function* () {
        for (const [refuses, expected] of [
          [(request: string) => request.includes("limit="), ["GET", "GET"]],
          [(request: string) => request.startsWith("GET"), ["GET", "GET", "POST"]]
        ] as const) {
          const wire = yield* before((socket, request) =>
            socket.end(
              refuses(request)
                ? answer(400)
                : request.startsWith("GET")
                  ? answer(200, JSON.stringify({ items: [participant], total: 1 }))
                  : answer(200)
            )
          )
          const results = yield* Stream.runCollect(
            wire.participants.inviteMany({ liveId, members: ["a@b.c"], listFirst: true })
          )
          expect(results.map(({ _tag }) => _tag)).toEqual(["AlreadyInvited"])
          expect(wire.requests.map((request) => request.split(" ")[0])).toEqual(expected)
        }
      })
  )

  it.effect("retries a page as any call, and fails where nobody could be invited", () =>
    Effect.gen(function* () {
      const faults = yield* Faults.Faults
      yield* inviteRows(guests(3))
      yield* faults.set([{ on: { operation: "list" }, status: 503, times: 1 }])
      const results = yield* inviteRows(guests(3), { listFirst: true, perCall: Effect.retry({ times: 1 }) })
      expect(results.map(({ result }) => result._tag)).toEqual(results.map(() => "AlreadyInvited"))
      yield* faults.set([{ on: { operation: "list" }, status: 401 }])
      const error = yield* Effect.flip(inviteRows(guests(3), { listFirst: { pageSize: 2, firstPage: 1 } }))
      expect(error._tag).toBe("Unauthorized")
    }).pipe(Effect.provide(LiveParticipantsTest.layerMemory()))
  )
})
