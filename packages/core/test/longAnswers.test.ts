import { describe, expect, it } from "@effect/vitest"
import { ByteSize, Effect } from "effect"
import type { Socket } from "node:net"
import { answer, before, invitation, inviteAgainst } from "./wire.ts"

const mebibyte = 1_048_576

/** Sends chunks until the other side closes the connection; how many bytes it got rid of, and when it was closed. */
const endless = (status: number, chunk: string, most = Number.POSITIVE_INFINITY) => {
  const seen = { written: 0, closed: false }
  const reply = (socket: Socket) => {
    const framed = `${chunk.length.toString(16)}\r\n${chunk}\r\n`
    const write = () => {
      while (!socket.destroyed && seen.written < most) {
        seen.written += chunk.length
        if (!socket.write(framed)) return void socket.once("drain", write)
      }
    }
    socket.on("close", () => (seen.closed = true))
    socket.write(
      `HTTP/1.1 ${status} Status\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`
    )
    write()
  }
  return { seen, reply }
}

const letters = "a".repeat(65_536)

/** What the process holds at the most while the effect runs, above what it held before. */
const growth = <A, E, R>(self: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    globalThis.gc?.()
    const before = process.memoryUsage.rss()
    let most = before
    const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 5)
    const value = yield* Effect.ensuring(
      self,
      Effect.sync(() => clearInterval(timer))
    )
    return { value, grown: Math.max(most, process.memoryUsage.rss()) - before }
  })

describe("an answer without end", () => {
  it.live("is read up to 1 MiB, and its connection is closed", () =>
    Effect.gen(function* () {
      const { seen, reply } = endless(201, letters, 50 * mebibyte)
      const { value, grown } = yield* growth(inviteAgainst(reply))
      expect(value).toMatchObject({
        _tag: "UndecodableAnswer",
        status: 201,
        issue: "the body is longer than 1 MiB",
        answer: "a".repeat(300)
      })
      yield* Effect.repeat(Effect.sleep("10 millis"), { until: () => seen.closed })
      // What sockets hold on both sides comes on top.
      expect(seen.written).toBeLessThan(20 * mebibyte)
      expect(grown).toBeLessThan(48 * mebibyte)
    })
  )

  it.live.each([
    [200, { _tag: "UpstreamUnavailable", reason: "NotTheApi", mayHaveArrived: true, status: 200 }],
    [202, { _tag: "UndecodableAnswer", status: 202 }],
    [302, { _tag: "UpstreamUnavailable", reason: "NotTheApi", status: 302 }],
    [400, { _tag: "MalformedPayload", reason: "Refused" }],
    [401, { _tag: "Unauthorized", status: 401 }],
    [404, { _tag: "LiveNotFound" }],
    [413, { _tag: "PayloadTooLarge" }],
    [418, { _tag: "UnexpectedStatus", status: 418 }],
    [429, { _tag: "RateLimited" }],
    [503, { _tag: "UpstreamUnavailable", reason: "ServerError", mayHaveArrived: true, status: 503 }]
  ] as const)("with the status %i means what the status says", ([status, outcome]) =>
    Effect.gen(function* () {
      const { reply } = endless(status, letters)
      expect(yield* inviteAgainst(reply)).toMatchObject(outcome)
    })
  )

  it.live("in chunks of one byte is put together and cut off at the same place", () =>
    Effect.gen(function* () {
      const { seen, reply } = endless(201, "a")
      const outcome = yield* inviteAgainst(reply, { maxAnswerSize: ByteSize.kibibytes(32) })
      expect(outcome).toMatchObject({
        _tag: "UndecodableAnswer",
        issue: "the body is longer than 32 KiB",
        answer: "a".repeat(300)
      })
      yield* Effect.repeat(Effect.sleep("10 millis"), { until: () => seen.closed })
    })
  )

  it.live("to a bulk call speaks of nobody", () =>
    Effect.gen(function* () {
      const { participants } = yield* before(endless(200, letters).reply)
      expect(yield* participants.inviteBulk({ liveId: "live-1", members: ["a@example.com"] })).toEqual([
        undefined
      ])
    }).pipe(Effect.scoped)
  )
})

describe("maxAnswerSize", () => {
  const invited = JSON.stringify({ ...invitation, filler: "ä".repeat(1_000) })

  it.live("is a limit of bytes that an answer may just reach", () =>
    Effect.gen(function* () {
      const length = Buffer.byteLength(invited)
      const issueAt = (bytes: number, headers: Record<string, string>) =>
        Effect.map(
          inviteAgainst(answer(201, invited, headers), { maxAnswerSize: ByteSize.bytes(bytes) }),
          (outcome) => Object(outcome).issue
        )
      for (const headers of [{}, { "content-encoding": "identity" }]) {
        expect(yield* issueAt(length, headers)).toContain('Missing key at ["id"]')
        expect(yield* issueAt(length - 1, headers)).toMatch(/^the body is longer than /)
      }
    })
  )

  it.live("grows with the members of a bulk call", () =>
    Effect.gen(function* () {
      const members = Array.from({ length: 300 }, (_, index) => `person-${index}@example.com`)
      const known = { spotMemberEmail: "person-299@example.com", filler: "a".repeat(1_100_000) }
      const { participants } = yield* before(answer(200, JSON.stringify([known])))
      const [last] = (yield* participants.inviteBulk({ liveId: "live-1", members })).slice(-1)
      expect(last).toMatchObject({ _tag: "UndecodableAnswer", issue: expect.stringContaining("Missing key") })
    }).pipe(Effect.scoped)
  )
})
