/** A webhook says who released it from quarantine, wherever it is shown. */
import { describe, expect } from "@effect/vitest"
import { DateTime, Effect } from "effect"
import { userInfo } from "node:os"
import { deliver, participants, until } from "../../harness.ts"
import { bothWays } from "../harness.ts"

const alice = "alice@example.com"

describe("a webhook that an operator released unverified", () => {
  bothWays("says so on the API, on the command line and in the person's story", (run, relay) =>
    Effect.gen(function* () {
      const { url, viewer, ledger } = relay
      const forged = { secret: `whsec_${btoa("another one")}`, id: "msg_1" }
      expect((yield* deliver(url, "svix", { email: alice }, forged)).status).toBe(401)
      const before = yield* DateTime.now
      expect(yield* run("quarantine", "release", "--all", "--unverified", "--yes")).toMatchObject({ code: 0 })
      // A relay hears at once of a delivery of its own, and maps what another process accepted with it.
      yield* deliver(url, "svix", { email: "bob@example.com" }, { id: "msg_2" })
      expect(yield* participants(ledger, 2)).toEqual([alice, "bob@example.com"])

      const { items } = yield* until(viewer.webhooks.search({ payload: { person: alice } }), ({ items }) =>
        items.some(({ status }) => status === "mapped")
      )
      const [webhook] = items
      const by = webhook?.release?.by ?? ""
      expect(["ops", `${userInfo().username} (command line)`]).toContain(by)
      expect(webhook?.release).toMatchObject({ verified: false })
      const at = webhook?.release?.at ?? before
      expect(DateTime.isGreaterThanOrEqualTo(at, before)).toBe(true)

      const params = { id: webhook?.id ?? "" }
      expect((yield* viewer.webhooks.get({ params })).webhook.release).toEqual(webhook?.release)
      const { story } = yield* viewer.people.why({ payload: { person: alice } })
      expect(story.slice(0, 2)).toMatchObject([
        { kind: "received", webhookId: webhook?.id },
        {
          kind: "released",
          at,
          by,
          verified: false,
          text: `Released from quarantine by operator ${by} without a valid signature`
        }
      ])
      const { stdout: why } = yield* run("why", alice)
      expect(why).toContain(`Released from quarantine by operator ${by}`)
      expect((yield* run("webhooks", "list")).stdout).toContain("mapped, unverified")
      const { stdout: shown } = yield* run("webhooks", "show", params.id)
      expect(shown).toMatch(/Released +\S+Z by .*, unverified/)
      expect(shown).toContain(`nothing: released from quarantine unverified by ${by}`)

      const signed = yield* deliver(url, "svix", { email: alice }, { id: "msg_1" })
      expect(signed.json).toEqual({ id: webhook?.id, status: "duplicate" })
    })
  )
})
