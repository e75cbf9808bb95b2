import { describe, expect, it } from "vitest"
import { ClientClosedError, type InviteResult, InvalidOptionError } from "../src/index.ts"
import {
  type Answer,
  bulk,
  clientAt,
  collect,
  json,
  participantOf,
  rejection,
  silence,
  standIn,
  status
} from "./standIn.ts"

const liveId = "live-1"

const outcomes = <Row>(results: ReadonlyArray<InviteResult<Row>>) =>
  results.map(({ outcome, row }) => [row, outcome])

const emailsOf = (body: string): ReadonlyArray<string> => {
  const { members }: { readonly members: { readonly emails: ReadonlyArray<string> } } = JSON.parse(body)
  return members.emails
}

/** A Spot where these are participants already. */
const spot =
  (...known: ReadonlyArray<string>): Answer =>
  (response, asked) => {
    if (asked.target.endsWith("~bulkInvite")) return bulk(...known)(response, asked)
    const { member }: { readonly member: string } = JSON.parse(asked.body)
    const answer = known.includes(member) ? status(200) : json(201, participantOf(member))
    return answer(response, asked)
  }

describe("inviteMany", () => {
  it("gives each result beside its row, in the order of the rows", async () => {
    const upstream = await standIn(spot("bob@example.com"))
    const rows = [
      { email: "alice@example.com", seat: 1 },
      { email: "bob@example.com", seat: 2 },
      { email: "carol@", seat: 3 },
      { email: "ALICE@example.com", seat: 4 }
    ]
    const results = await collect(
      clientAt(upstream).inviteMany({
        liveId,
        rows,
        member: ({ email }) => email,
        withEmailNotification: false
      })
    )
    expect(results.map(({ outcome, row: { seat } }) => [seat, outcome])).toEqual([
      [1, "Invited"],
      [2, "AlreadyInvited"],
      [3, "Rejected"],
      [4, "AlreadyInvited"]
    ])
    expect(results[0]?.row).toBe(rows[0])
    expect(upstream.asked.map(({ body }) => JSON.parse(body))).toEqual([
      { members: { emails: ["alice@example.com", "bob@example.com"] }, withEmailNotification: false },
      { member: "bob@example.com", withEmailNotification: false }
    ])
  })

  it("takes members alone, each of which is its own row", async () => {
    const members = new Set(["alice@example.com", "bob@example.com"])
    const results = await collect(clientAt(await standIn(spot())).inviteMany({ liveId, members }))
    expect(outcomes(results)).toEqual([
      ["alice@example.com", "Invited"],
      ["bob@example.com", "Invited"]
    ])
  })

  it("reads an async iterable as fast as members are invited, and closes it when the loop is left", async () => {
    const upstream = await standIn(spot())
    let read = 0
    let isClosed = false
    async function* rows() {
      try {
        for (;;) yield `guest-${++read}@example.com`
      } finally {
        isClosed = true
      }
    }
    for await (const { outcome } of clientAt(upstream).inviteMany({
      liveId,
      members: rows(),
      chunkSize: 2
    })) {
      expect(outcome).toBe("Invited")
      break
    }
    expect(isClosed).toBe(true)
    expect(upstream.asked.map(({ body }) => emailsOf(body))).toEqual([
      ["guest-1@example.com", "guest-2@example.com"]
    ])
    expect(read).toBeLessThan(10)
  })

  it("keeps rows and results together with several calls under way", async () => {
    const members = Array.from({ length: 25 }, (_, index) => `guest-${index}@example.com`)
    const upstream = await standIn(spot("guest-3@example.com", "guest-17@example.com"))
    const results = await collect(
      clientAt(upstream).inviteMany({ liveId, members, chunkSize: 4, concurrency: 3 })
    )
    expect(results.map(({ row }) => row)).toEqual(members)
    expect(results.every(({ member, row }) => member === row)).toBe(true)
    expect(outcomes(results).filter(([, outcome]) => outcome !== "Invited")).toEqual([
      ["guest-3@example.com", "AlreadyInvited"],
      ["guest-17@example.com", "AlreadyInvited"]
    ])
  })

  it("rejects a row without a member, and goes on", async () => {
    const rows: ReadonlyArray<{ readonly email: string }> = JSON.parse('[{}, {"email":"bob@example.com"}]')
    const client = clientAt(await standIn(spot()))
    const results = await collect(client.inviteMany({ liveId, rows, member: ({ email }) => email }))
    expect(results).toMatchObject([
      { outcome: "Rejected", error: { code: "MalformedPayload", reason: "BeforeCall" } },
      { outcome: "Invited" }
    ])
  })

  it("gives the errors of single members as results", async () => {
    const client = clientAt(
      await standIn(json(200, [{ ...participantOf("alice@example.com"), status: 1 }]), status(200))
    )
    expect(
      await collect(client.inviteMany({ liveId, members: ["alice@example.com", "bob@example.com"] }))
    ).toMatchObject([
      { outcome: "Undecodable", error: { code: "UndecodableAnswer" } },
      { outcome: "AlreadyInvited" }
    ])
  })

  it("rejects for what is about all, after the results before it", async () => {
    const client = clientAt(await standIn(spot(), status(401)))
    const seen = new Array<string>()
    const loop = async () => {
      const members = ["alice@example.com", "bob@example.com"]
      for await (const { row } of client.inviteMany({ liveId, members, chunkSize: 1 })) seen.push(row)
    }
    const error = await rejection(loop())
    expect(error).toMatchObject({ code: "Unauthorized", status: 401 })
    expect(error).toHaveProperty("stack", expect.stringMatching(/loop.*inviteMany\.test\.ts/))
    expect(seen).toEqual(["alice@example.com"])
  })

  it.for(["async", "sync", "member"] as const)(
    "passes an error of the caller's own as it is (%s)",
    async (kind) => {
      const mine = new Error("The file ends in the middle of a row")
      async function* asyncRows() {
        yield "alice@example.com"
        throw mine
      }
      function* syncRows() {
        yield "alice@example.com"
        throw mine
      }
      const rows = kind === "async" ? asyncRows() : kind === "sync" ? syncRows() : ["alice@example.com"]
      const member = (row: string) => {
        if (kind === "member") throw mine
        return row
      }
      const client = clientAt(await standIn(spot()))
      expect(await rejection(collect(client.inviteMany({ liveId, rows, member })))).toBe(mine)
    }
  )

  it("sends nothing before the first result is asked for, and everything again in a second loop", async () => {
    const upstream = await standIn(spot())
    const results = clientAt(upstream).inviteMany({ liveId, members: ["alice@example.com"] })
    expect(upstream.asked).toHaveLength(0)
    await collect(results)
    await collect(results)
    expect(upstream.asked).toHaveLength(2)
  })

  it("is aborted by its signal, with the signal's reason", async () => {
    const upstream = await standIn(silence)
    const controller = new AbortController()
    const members = ["alice@example.com", "bob@example.com"]
    const refused = rejection(
      collect(clientAt(upstream).inviteMany({ liveId, members }, { signal: controller.signal }))
    )
    await upstream.arrived
    controller.abort(new Error("Enough"))
    expect(await refused).toEqual(new Error("Enough"))
    await upstream.aborted
  })

  it("is aborted by its signal between two results as well, where calls are under way", async () => {
    const upstream = await standIn(spot(), silence)
    const controller = new AbortController()
    const members = ["alice@example.com", "bob@example.com"]
    const results = clientAt(upstream).inviteMany(
      { liveId, members, chunkSize: 1, concurrency: 2 },
      { signal: controller.signal }
    )
    const loop = async () => {
      for await (const { outcome } of results) {
        expect(outcome).toBe("Invited")
        controller.abort()
        await upstream.aborted
      }
    }
    expect(await rejection(loop())).toMatchObject({ name: "AbortError" })
  })

  it.for(["by its rows", "by another"] as const)(
    "is aborted while it waits for a row that never comes (%s)",
    async (who) => {
      const controller = new AbortController()
      const { promise: waiting, resolve: wait } = Promise.withResolvers<void>()
      async function* members() {
        yield "alice@example.com"
        if (who === "by its rows") controller.abort()
        wait()
        await new Promise(() => {})
      }
      const results = clientAt(await standIn(spot())).inviteMany(
        { liveId, members: members() },
        { signal: controller.signal }
      )
      const refused = rejection(collect(results))
      await waiting
      controller.abort()
      expect(await refused).toMatchObject({ name: "AbortError" })
    }
  )

  it("is aborted when the client is closed", async () => {
    const upstream = await standIn(silence)
    const client = clientAt(upstream)
    const refused = rejection(collect(client.inviteMany({ liveId, members: ["alice@example.com"] })))
    await upstream.arrived
    await client.close()
    expect(await refused).toBeInstanceOf(ClientClosedError)
  })

  it("refuses by name what is no batch", async () => {
    const client = clientAt(await standIn(spot()))
    const members = ["alice@example.com"]
    expect(() => client.inviteMany({ liveId, members, chunkSize: 0 })).toThrow("`chunkSize` must be")
    expect(() => client.inviteMany({ liveId, members, concurrency: 1.5 })).toThrow("`concurrency` must be")
    expect(() => client.inviteMany(JSON.parse('{"members":"alice@example.com"}'))).toThrow(
      "`members` must be"
    )
    expect(() => client.inviteMany(JSON.parse('{"members":{}}'))).toThrow(InvalidOptionError)
    expect(() => client.inviteMany(JSON.parse('{"rows":[]}'))).toThrow("`member` must be")
  })
})
