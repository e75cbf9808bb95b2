import { afterEach, describe, expect, it, vi } from "vitest"
import { ClientClosedError, createClient, InvalidOptionError, RateLimitedError } from "../src/index.ts"
import {
  alice,
  clientAt,
  collect,
  invited,
  participantOf,
  rejection,
  silence,
  standIn,
  status
} from "./standIn.ts"

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

describe("invite", () => {
  it("resolves to the participant, with dates as dates", async () => {
    const upstream = await standIn(invited)
    expect(await clientAt(upstream).invite({ ...alice, withEmailNotification: true })).toEqual({
      ...participantOf("alice@example.com"),
      invitedAt: new Date("2026-05-04T09:42:00Z")
    })
    expect(upstream.asked).toMatchObject([
      {
        method: "POST",
        target: "/v1/lives/live-1/participants",
        headers: { authorization: "key-1", "user-agent": "usher" },
        body: '{"member":"alice@example.com","withEmailNotification":true}'
      }
    ])
  })

  it("takes an option that is undefined as one that is left out", async () => {
    const upstream = await standIn(invited)
    await clientAt(upstream).invite({ ...alice, invitedBySpotMemberId: undefined })
    expect(upstream.asked[0]?.body).toBe('{"member":"alice@example.com"}')
  })

  it("rejects if the member is a participant", async () => {
    const client = clientAt(await standIn(status(200)))
    expect(await rejection(client.invite(alice))).toMatchObject({ code: "AlreadyInvited" })
  })

  it("does not follow a redirect, which would show the key elsewhere", async () => {
    const elsewhere = await standIn(invited)
    const client = clientAt(await standIn(status(307, { location: `${elsewhere.baseUrl}/` })))
    expect(await rejection(client.invite(alice))).toMatchObject({
      code: "UpstreamUnavailable",
      reason: "NotTheApi"
    })
    expect(elsewhere.asked).toEqual([])
  })
})

describe("ensureInvited", () => {
  it("resolves whether or not the member was a participant", async () => {
    const client = clientAt(await standIn(invited, status(200)))
    expect(await client.ensureInvited(alice)).toMatchObject({
      outcome: "Invited",
      participant: { status: "Invited" }
    })
    expect(await client.ensureInvited(alice)).toEqual({ outcome: "AlreadyInvited" })
  })

  it("rejects for everything else", async () => {
    const client = clientAt(await standIn(status(404)))
    expect(await rejection(client.ensureInvited(alice))).toMatchObject({ code: "LiveNotFound" })
  })
})

describe("a signal", () => {
  it("aborts the request, and the promise rejects with its reason", async () => {
    const upstream = await standIn(silence)
    const controller = new AbortController()
    const refused = rejection(clientAt(upstream).invite(alice, { signal: controller.signal }))
    await upstream.arrived
    const reason = new Error("The visitor left")
    controller.abort(reason)
    expect(await refused).toBe(reason)
    await upstream.aborted
  })

  it("that is aborted already keeps the request from being sent", async () => {
    const upstream = await standIn(invited)
    const refused = await rejection(clientAt(upstream).invite(alice, { signal: AbortSignal.abort() }))
    expect(refused).toMatchObject({ name: "AbortError" })
    expect(upstream.asked).toEqual([])
  })

  it("ends the wait for the limits, and the call counts for nothing", async () => {
    const upstream = await standIn(invited)
    const client = clientAt(upstream, { limits: [{ calls: 1, window: 3_600_000 }] })
    await client.invite(alice)
    const controller = new AbortController()
    const refused = rejection(client.invite(alice, { signal: controller.signal }))
    controller.abort()
    expect(await refused).toMatchObject({ name: "AbortError" })
    expect(upstream.asked).toHaveLength(1)
  })

  it("that aborts after the answer changes nothing", async () => {
    const controller = new AbortController()
    const client = clientAt(await standIn(invited))
    const participant = await client.invite(alice, { signal: controller.signal })
    controller.abort()
    expect(participant.status).toBe("Invited")
  })
})

describe("close", () => {
  it("aborts the calls under way and refuses later ones", async () => {
    const upstream = await standIn(silence)
    const client = clientAt(upstream)
    const refused = rejection(client.invite(alice))
    await upstream.arrived
    await client.close()
    expect(await refused).toBeInstanceOf(ClientClosedError)
    await upstream.aborted
    expect(await rejection(client.invite(alice))).toBeInstanceOf(ClientClosedError)
    expect(upstream.asked).toHaveLength(1)
    await client.close()
  })

  it("lets no request begin afterwards", async () => {
    let requests = 0
    const client = clientAt(await standIn(invited), {
      fetch: async () => {
        requests++
        return new Response()
      }
    })
    await client.close()
    expect(await rejection(client.invite(alice))).toBeInstanceOf(ClientClosedError)
    expect(await rejection(collect(client.list({ liveId: "live-1" })))).toBeInstanceOf(ClientClosedError)
    expect(requests).toBe(0)
  })

  it("comes by itself at the end of a block with `await using`", async () => {
    const upstream = await standIn(invited)
    let kept
    {
      await using client = clientAt(upstream)
      await client.invite(alice)
      kept = client
    }
    expect(await rejection(kept.invite(alice))).toMatchObject({ code: "ClientClosed" })
  })
})

describe("createClient", () => {
  it("reads what is left out from the environment", async () => {
    const upstream = await standIn(invited)
    vi.stubEnv("MELTINGSPOT_SECRET_KEY", "key-2")
    vi.stubEnv("MELTINGSPOT_BASE_URL", upstream.baseUrl)
    vi.stubEnv("MELTINGSPOT_AUTHORIZATION_PREFIX", "Bearer ")
    vi.stubEnv("MELTINGSPOT_USER_AGENT", "shop")
    await using client = createClient()
    await client.invite(alice)
    expect(upstream.asked).toMatchObject([
      { headers: { authorization: "Bearer key-2", "user-agent": "shop" } }
    ])
  })

  it("prefers an option to its variable", async () => {
    const upstream = await standIn(invited)
    vi.stubEnv("MELTINGSPOT_SECRET_KEY", "key-2")
    vi.stubEnv("MELTINGSPOT_BASE_URL", "http://127.0.0.1:1")
    await clientAt(upstream, { authorizationPrefix: "Bearer ", userAgent: "shop" }).invite(alice)
    expect(upstream.asked).toMatchObject([
      { headers: { authorization: "Bearer key-1", "user-agent": "shop" } }
    ])
  })

  it("says which variable is missing", () => {
    vi.stubEnv("MELTINGSPOT_SECRET_KEY", undefined)
    expect(() => createClient()).toThrow(InvalidOptionError)
    expect(() => createClient()).toThrow("MELTINGSPOT_SECRET_KEY")
  })

  it.for([
    ["MELTINGSPOT_SECRET_KEY", "hush hush"],
    ["MELTINGSPOT_BASE_URL", "openapi.meltingspot.io"],
    ["MELTINGSPOT_TIMEOUT", "soon"]
  ] as const)("says that %s is wrong, without the key", ([name, value]) => {
    vi.stubEnv("MELTINGSPOT_SECRET_KEY", "hush")
    vi.stubEnv(name, value)
    expect(() => createClient()).toThrow(InvalidOptionError)
    expect(() => createClient()).toThrow(name)
    expect(() => createClient()).not.toThrow("hush")
  })

  it.for([
    ["secretKey", { secretKey: "" }],
    ["secretKey", { secretKey: "hush hush\n" }],
    ["baseUrl", { baseUrl: "openapi.meltingspot.io" }],
    ["authorizationPrefix", { authorizationPrefix: "Bearer\n" }],
    ["userAgent", { userAgent: "\u0000" }],
    ["timeout", { timeout: 0 }],
    ["timeout", { timeout: Number.NaN }],
    ["maxRetryAfter", { maxRetryAfter: -1 }],
    [
      "limits[1].calls",
      {
        limits: [
          { calls: 1, window: 1 },
          { calls: 0, window: 1 }
        ]
      }
    ],
    ["limits[0].window", { limits: [{ calls: 1, window: Infinity }] }],
    ["retry.maxRetries", { retry: { maxRetries: 1.5 } }],
    ["retry.baseDelay", { retry: { baseDelay: -1 } }],
    ["retry.maxDelay", { retry: { maxDelay: 0 } }]
  ] as const)("refuses an unusable %s by name, without the key", ([name, options]) => {
    const make = () => createClient({ secretKey: "hush", ...options })
    expect(make).toThrow(InvalidOptionError)
    expect(make).toThrow(`\`${name}\` must be`)
    expect(make).not.toThrow("hush")
  })

  it.for([
    ["timeout", JSON.parse('{"timeout":"banana"}')],
    ["limits", JSON.parse('{"limits":"100 in 10 seconds"}')],
    ["retry", JSON.parse('{"retry":3}')],
    ["secretKey", JSON.parse('{"secretKey":1}')],
    ["fetch", JSON.parse('{"fetch":"node-fetch"}')]
  ] as const)("refuses a %s of another type in a program without types", ([name, options]) => {
    expect(() => createClient({ secretKey: "hush", ...options })).toThrow(`\`${name}\` must be`)
  })

  it("calls the `fetch` of its options", async () => {
    const upstream = await standIn(invited)
    const seen = new Array<string>()
    const client = clientAt(upstream, {
      fetch: (input, init) => {
        seen.push(`${init?.method} ${String(input)}`)
        return fetch(input, init)
      }
    })
    await client.invite(alice)
    expect(seen).toEqual([`POST ${upstream.baseUrl}/v1/lives/live-1/participants`])
  })

  it("calls the global `fetch` that is there at the time of the request, so that mocks work", async () => {
    const client = clientAt(await standIn(silence))
    vi.stubGlobal("fetch", async () => new Response(null, { status: 200 }))
    expect(await client.ensureInvited(alice)).toEqual({ outcome: "AlreadyInvited" })
  })

  it("gives up an attempt after its timeout", async () => {
    const client = clientAt(await standIn(silence), { timeout: 20 })
    expect(await rejection(client.invite(alice))).toMatchObject({
      code: "UpstreamUnavailable",
      reason: "Timeout",
      mayHaveArrived: true
    })
  })

  it("prints nothing, even when it caps a wait", async () => {
    const printed = vi.spyOn(console, "log")
    const client = clientAt(await standIn(status(429, { "retry-after": "3600" })), { maxRetryAfter: 5_000 })
    const error = await rejection(client.invite(alice))
    expect(error).toBeInstanceOf(RateLimitedError)
    expect(error).toMatchObject({ retryAfter: 5_000 })
    expect(printed).not.toHaveBeenCalled()
  })
})
