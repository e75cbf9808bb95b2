/** Repetitions and limits, on a clock of the test and before a `fetch` without a network. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type ClientOptions, createClient } from "../src/index.ts"
import { alice, collect, participantOf, rejection } from "./standIn.ts"

const start = 1_700_000_000_000

beforeEach(() => {
  vi.useFakeTimers({ now: start, toFake: ["setTimeout", "clearTimeout", "Date", "performance"] })
  // Limits are counted on a clock that is never set back.
  vi.spyOn(process.hrtime, "bigint").mockImplementation(() => BigInt(Date.now()) * 1_000_000n)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const answer =
  (status: number, headers: Readonly<Record<string, string>> = {}) =>
  () =>
    new Response(status === 201 ? JSON.stringify(participantOf("alice@example.com")) : null, {
      status,
      headers
    })

/** A client whose requests get these answers, and the milliseconds at which they came. The last answer stays. */
const before = (answers: ReadonlyArray<() => Response>, options: ClientOptions = {}) => {
  const times = new Array<number>()
  const client = createClient({
    secretKey: "key-1",
    limits: false,
    ...options,
    fetch: async () => {
      times.push(Date.now() - start)
      const next = answers[Math.min(times.length, answers.length) - 1]
      if (next === undefined) throw new Error("There is no answer")
      return next()
    }
  })
  return { client, times }
}

describe("a call", () => {
  it("is repeated twice by default, with doubling waits", async () => {
    const { client, times } = before([answer(503)])
    const refused = rejection(client.invite(alice))
    await vi.runAllTimersAsync()
    expect(await refused).toMatchObject({ code: "UpstreamUnavailable", status: 503 })
    const [first, second = 0, third = 0, ...more] = times
    expect([first, more]).toEqual([0, []])
    expect(second).toBeGreaterThanOrEqual(400)
    expect(second).toBeLessThanOrEqual(600)
    expect(third - second).toBeGreaterThanOrEqual(800)
    expect(third - second).toBeLessThanOrEqual(1_200)
  })

  it("succeeds once an attempt does", async () => {
    const { client, times } = before([answer(503), answer(429), answer(201)])
    const participant = client.invite(alice)
    await vi.runAllTimersAsync()
    expect(await participant).toMatchObject({ status: "Invited" })
    expect(times).toHaveLength(3)
  })

  it("never comes back earlier than the upstream asks", async () => {
    const { client, times } = before([answer(429, { "retry-after": "7" }), answer(201)])
    const participant = client.invite(alice)
    await vi.runAllTimersAsync()
    await participant
    expect(times).toHaveLength(2)
    expect(times[1]).toBeGreaterThanOrEqual(7_000)
  })

  it("rejects at once if the upstream asks for more than the longest wait", async () => {
    const { client, times } = before([answer(429, { "retry-after": "61" })])
    expect(await rejection(client.invite(alice))).toMatchObject({ code: "RateLimited", retryAfter: 61_000 })
    expect(times).toEqual([0])
  })

  it("waits at most as long as `maxDelay` says", async () => {
    const { client, times } = before([answer(503)], {
      retry: { maxRetries: 3, baseDelay: 100, maxDelay: 120 }
    })
    const refused = rejection(client.invite(alice))
    await vi.runAllTimersAsync()
    await refused
    expect(times).toHaveLength(4)
    expect(times[3]).toBeLessThanOrEqual(360)
  })

  it.for([400, 401, 404, 413, 409, 200])(
    "is not repeated for what a retry can't mend (%i)",
    async (status) => {
      const { client, times } = before([answer(status)])
      await rejection(client.invite(alice))
      expect(times).toEqual([0])
    }
  )

  it("is made once with `retry: false` or no retries", async () => {
    for (const retry of [false, { maxRetries: 0 }] as const) {
      const { client, times } = before([answer(503)], { retry })
      await rejection(client.invite(alice))
      expect(times).toEqual([0])
    }
  })

  it("stops waiting for its repetition when its signal aborts", async () => {
    const { client, times } = before([answer(503)])
    const controller = new AbortController()
    const refused = rejection(client.invite(alice, { signal: controller.signal }))
    await vi.advanceTimersByTimeAsync(100)
    controller.abort()
    expect(await refused).toMatchObject({ name: "AbortError" })
    await vi.runAllTimersAsync()
    expect(times).toEqual([0])
  })

  it("of a batch or for a page is repeated alike", async () => {
    const { client, times } = before([
      answer(503),
      () => Response.json([participantOf("alice@example.com"), participantOf("bob@example.com")])
    ])
    const members = ["alice@example.com", "bob@example.com"]
    const results = collect(client.inviteMany({ liveId: "live-1", members }))
    await vi.runAllTimersAsync()
    expect(await results).toMatchObject([{ outcome: "Invited" }, { outcome: "Invited" }])
    expect(times).toHaveLength(2)

    const listed = before([answer(503), () => Response.json({ items: [], total: 0 })])
    const participants = collect(listed.client.list({ liveId: "live-1" }))
    await vi.runAllTimersAsync()
    expect(await participants).toEqual([])
    expect(listed.times).toHaveLength(2)
  })
})

describe("the limits", () => {
  const limits = [{ calls: 2, window: 10_000 }]

  it("hold calls back until they fit", async () => {
    const { client, times } = before([answer(201)], { secretKey: "key-a", limits })
    const all = Promise.all([1, 2, 3].map(() => client.invite(alice)))
    await vi.runAllTimersAsync()
    await all
    expect(times.map((time) => Math.floor(time / 10_000))).toEqual([0, 0, 1])
  })

  it("are shared by clients with one key, and not by clients with different keys", async () => {
    const one = before([answer(201)], { secretKey: "key-b", limits })
    const same = before([answer(201)], { secretKey: "key-b", limits })
    const other = before([answer(201)], { secretKey: "key-c", limits })
    const all = Promise.all([one, one, same, other].map(({ client }) => client.invite(alice)))
    await vi.runAllTimersAsync()
    await all
    expect(one.times).toEqual([0, 0])
    expect(other.times).toEqual([0])
    expect(same.times).toHaveLength(1)
    expect(same.times[0]).toBeGreaterThanOrEqual(10_000)
  })

  it("outlive a client that is closed, as the upstream's count does", async () => {
    const first = before([answer(201)], { secretKey: "key-d", limits })
    await Promise.all([first.client.invite(alice), first.client.invite(alice)])
    await first.client.close()
    const second = before([answer(201)], { secretKey: "key-d", limits })
    const participant = second.client.invite(alice)
    await vi.runAllTimersAsync()
    await participant
    expect(second.times[0]).toBeGreaterThanOrEqual(10_000)
  })

  it("count repetitions too", async () => {
    const { client, times } = before([answer(503)], { secretKey: "key-e", limits })
    const refused = rejection(client.invite(alice))
    await vi.runAllTimersAsync()
    await refused
    expect(times).toHaveLength(3)
    expect(times[2]).toBeGreaterThanOrEqual(10_000)
  })

  it("are 100 calls in 10 seconds by default", async () => {
    const { client, times } = before([answer(201)], { secretKey: "key-f", limits: undefined })
    const all = Promise.all(Array.from({ length: 101 }, () => client.invite(alice)))
    await vi.runAllTimersAsync()
    await all
    expect(times.filter((time) => time < 10_000)).toHaveLength(100)
  })
})
