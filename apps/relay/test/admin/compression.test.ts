import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { deliver, isolated, until } from "../harness.ts"
import { bearer, relay, tokens } from "./harness.ts"

/** `fetch` decompresses, and leaves the header. */
const read = (url: string, accepted: string, init: RequestInit = {}) =>
  Effect.promise(async () => {
    const headers = { ...bearer(tokens.READ_TOKEN), "accept-encoding": accepted, ...init.headers }
    const response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(10_000) })
    return { response, coding: response.headers.get("content-encoding"), vary: response.headers.get("vary") }
  })

describe("an answer of the API", () => {
  it.live("is compressed from 1 KiB on for callers that accept gzip, and streams are not", () =>
    Effect.gen(function* () {
      const { url, viewer } = yield* relay()
      for (const at of [1, 2, 3, 4, 5, 6]) yield* deliver(url, "svix", { email: `person-${at}@example.com` })
      yield* until(viewer.webhooks.search({ payload: {} }), ({ items }) =>
        items.every(({ status }) => status === "mapped")
      )
      const search = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" }
      const list = `${url}/api/webhooks/search`

      const compressed = yield* read(list, "br, gzip", search)
      expect(compressed).toMatchObject({ coding: "gzip", vary: "Accept-Encoding" })
      const plain = yield* read(list, "identity", search)
      expect(plain).toMatchObject({ coding: null, vary: "Accept-Encoding" })
      const [one, other] = yield* Effect.promise(() =>
        Promise.all([compressed.response.json(), plain.response.json()])
      )
      expect(one).toEqual(other)
      expect(one.items).toHaveLength(6)

      expect(yield* read(`${url}/api/session`, "gzip")).toMatchObject({ coding: null })
      const events = yield* read(`${url}/api/events`, "gzip")
      expect(events).toMatchObject({ coding: null })
      yield* Effect.promise(() => events.response.body?.cancel() ?? Promise.resolve())
    }).pipe(isolated)
  )
})
