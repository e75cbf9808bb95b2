import { describe, expect, it } from "vitest"
import { type InviteError, isInviteError, LiveNotFoundError, RateLimitedError } from "../src/index.ts"
import { type Answer, alice, clientAt, json, rejection, standIn, status } from "./standIn.ts"

/** Compiles only as long as every error has its case. */
const nextStep = (error: InviteError): string => {
  switch (error.code) {
    case "AlreadyInvited":
      return "nothing"
    case "MalformedPayload":
      return `correct the invitation: ${error.reason}`
    case "Unauthorized":
      return `correct the key: ${error.status}`
    case "LiveNotFound":
      return "correct the Live"
    case "PayloadTooLarge":
      return "send fewer"
    case "RateLimited":
      return `wait ${error.retryAfter ?? 0} ms`
    case "UpstreamUnavailable":
      return `retry: ${error.reason} ${error.status ?? ""}`.trim()
    case "UndecodableAnswer":
      return `count as invited: ${error.status}`
    case "UnexpectedStatus":
      return `look into ${error.status}`
  }
}

const cut: Answer = (response) => response.destroy()

const cases: ReadonlyArray<readonly [answer: Answer, error: string, nextStep: string, isRetryable: boolean]> =
  [
    [status(200), "AlreadyInvited", "nothing", false],
    [json(400, { message: "No" }), "MalformedPayload", "correct the invitation: Refused", false],
    [json(422, { message: "No" }), "MalformedPayload", "correct the invitation: Refused", false],
    [status(401), "Unauthorized", "correct the key: 401", false],
    [status(403), "Unauthorized", "correct the key: 403", false],
    [status(404), "LiveNotFound", "correct the Live", false],
    [status(413), "PayloadTooLarge", "send fewer", false],
    [status(429), "RateLimited", "wait 0 ms", true],
    [status(429, { "retry-after": "2" }), "RateLimited", "wait 2000 ms", true],
    [status(503, { "retry-after": "1" }), "UpstreamUnavailable", "retry: ServerError 503", true],
    [cut, "UpstreamUnavailable", "retry: Disconnected", true],
    [json(201, {}), "UndecodableAnswer", "count as invited: 201", false],
    [json(409, {}), "UnexpectedStatus", "look into 409", false]
  ]

describe("an error", () => {
  it.for(cases)(
    "has the code of its answer and can be switched over (case %#)",
    async ([answer, code, step, isRetryable]) => {
      const error = await rejection(clientAt(await standIn(answer)).invite(alice))
      if (!isInviteError(error)) throw error
      expect(error).toMatchObject({ code, _tag: code, name: `${code}Error`, liveId: "live-1", isRetryable })
      expect(nextStep(error)).toBe(step)
    }
  )

  it("says before the call what no request can hold", async () => {
    const upstream = await standIn(status(500))
    expect(await rejection(clientAt(upstream).invite({ ...alice, member: "alice@" }))).toMatchObject({
      code: "MalformedPayload",
      reason: "BeforeCall"
    })
    expect(upstream.asked).toEqual([])
  })

  it("carries the system's code for a connection that was not made", async () => {
    const client = clientAt({ ...(await standIn(status(200))), baseUrl: "http://127.0.0.1:2" })
    expect(await rejection(client.invite(alice))).toMatchObject({
      code: "UpstreamUnavailable",
      reason: "Unreachable",
      mayHaveArrived: false,
      systemCode: expect.any(String)
    })
  })

  it("shows the line of the caller in its stack", async () => {
    const client = clientAt(await standIn(status(404)))
    const callOfMine = async () => await client.invite(alice)
    const error = await rejection(callOfMine())
    expect(error).toHaveProperty("stack", expect.stringMatching(/callOfMine.*errors\.test\.ts/))
  })

  it("shows neither the address nor the key, wherever the upstream repeats them", async () => {
    const client = clientAt(await standIn(json(400, { message: "alice@example.com is none" })))
    const error = await rejection(client.invite(alice))
    const shown = `${JSON.stringify(error)} ${String(error)} ${error instanceof Error ? error.stack : ""}`
    expect(shown).toContain("is none")
    expect(shown).not.toMatch(/alice|key-1/)
  })

  it("prints no details that are absent", () => {
    const error = new RateLimitedError("Wait", { liveId: "live-1", retryAfter: undefined })
    expect(Object.keys(error)).toEqual(["code", "liveId", "isRetryable"])
    expect(error.retryAfter).toBeUndefined()
  })

  it("can be made by a fake, and is told from other errors", () => {
    const error = new LiveNotFoundError("No such Live", { liveId: "live-1" })
    expect(error).toBeInstanceOf(Error)
    expect(isInviteError(error)).toBe(true)
    expect(isInviteError(new Error("No such Live"))).toBe(false)
    expect(isInviteError({ code: "LiveNotFound" })).toBe(false)
    expect(isInviteError(undefined)).toBe(false)
  })

  it("narrows to the errors that a retry can help, by `isRetryable`", () => {
    const waits = (error: InviteError): "RateLimited" | "UpstreamUnavailable" | undefined =>
      error.isRetryable ? error.code : undefined
    expect(waits(new RateLimitedError("Wait", { liveId: "live-1" }))).toBe("RateLimited")
  })
})
