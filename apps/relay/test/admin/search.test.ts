/** One search for everything that an operator may have in hand. */
import { describe, expect } from "@effect/vitest"
import { Effect } from "effect"
import { Search } from "@usher/admin"
import { deliver, participants, until } from "../harness.ts"
import { onEach } from "./harness.ts"

const alice = "alice@example.com"

describe("a search", () => {
  onEach(
    "finds by a delivery id, an id, a trace id and a part of an address or of a title",
    ({ url, viewer, ledger, sql }) =>
      Effect.gen(function* () {
        const search = Effect.fnUntraced(function* (text: string) {
          let found = yield* viewer.search.all({ payload: { text } })
          // A slow machine needs more than one request.
          for (let { next } = found; next !== null; { next } = found) {
            found = Search.joined(found, yield* viewer.search.all({ payload: { text, after: next } }))
          }
          return found
        })
        yield* deliver(url, "svix", { email: alice }, { id: "msg-7" })
        yield* participants(ledger, 1)
        const forged = { id: "msg-8", secret: `whsec_${btoa("another secret")}` }
        expect((yield* deliver(url, "svix", { email: alice }, forged)).status).toBe(401)
        const { webhooks } = yield* until(
          search("msg-7"),
          ({ webhooks: [first] }) => first?.status === "mapped"
        )
        const [webhook] = webhooks
        expect(webhooks).toMatchObject([{ source: "svix", deliveryId: "msg-7" }])
        const { invitations } = yield* search(webhook?.traceId ?? "")
        expect(invitations).toMatchObject([{ member: alice, liveId: "live-svix" }])
        expect((yield* search(invitations[0]?.id ?? "")).invitations).toEqual(invitations)
        expect((yield* search("msg-8")).quarantined).toMatchObject([{ source: "svix", times: 1 }])
        expect(yield* search("LICE@exam")).toMatchObject({
          people: [alice],
          quarantined: [{ source: "svix" }],
          next: null
        })
        yield* sql`UPDATE lives SET title = 'Product demo'`
        expect(yield* search("DUCT de")).toMatchObject({
          lives: [{ spot: "main", liveId: "live-svix", title: "Product demo", startsAt: null }],
          people: []
        })
        expect(yield* search("nothing of the kind")).toEqual({
          lives: [],
          webhooks: [],
          invitations: [],
          quarantined: [],
          people: [],
          next: null
        })
      })
  )
})
