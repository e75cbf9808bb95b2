/** The API reference, in a browser that enforces its content security policy. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { isolated } from "../../relay/test/harness.ts"
import { relay, tokens } from "../../relay/test/admin/harness.ts"
import { isBrowserMissing, visit } from "./browser.ts"

describe.skipIf(isBrowserMissing)("the API reference", () => {
  it.live("shows the endpoints in its styles, under a policy without unsafe-inline", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const { act, complaints, hosts } = yield* visit(url, tokens.READ_TOKEN)
      const seen = yield* act(async (page) => {
        const answer = await page.goto(`${url}/api/docs`)
        await page.getByText("Usher admin API").first().waitFor()
        await page.getByText("/api/webhooks/search").first().waitFor()
        const rules = await page.evaluate(() =>
          [...document.styleSheets].reduce((sum, sheet) => sum + sheet.cssRules.length, 0)
        )
        return { rules, policy: (await answer?.headerValue("content-security-policy")) ?? "" }
      })
      expect(seen.policy).toContain("script-src 'self';")
      expect(seen.policy).not.toContain("unsafe")
      expect(seen.rules).toBeGreaterThan(1_000)
      // The viewer works without the two style attributes in its markup.
      expect(complaints.filter((text) => !text.startsWith("Applying inline style"))).toEqual([])
      expect([...hosts]).toEqual([new URL(url).host])
    }).pipe(isolated)
  )
})
