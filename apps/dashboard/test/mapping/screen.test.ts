/** The mapping screen, by keyboard: older webhooks, and mapping again by the rules in force. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { relay, tokens } from "../../../relay/test/admin/harness.ts"
import { deliver, isolated, until } from "../../../relay/test/harness.ts"
import { isBrowserMissing, open, press, visit } from "../browser.ts"

/** More than the screen tries at first. */
const copies = 520

describe.skipIf(isBrowserMissing)("the mapping screen", () => {
  it.live("tries older webhooks on demand, and maps those that failed again", () =>
    Effect.gen(function* () {
      const { url, sql, statuses } = yield* relay()
      yield* deliver(url, "svix", { email: "alice@example.com" })
      yield* until(statuses, ({ webhooks }) => webhooks["mapped"] === 1)
      // Older ones of the same sender, which an earlier mapping failed for.
      yield* sql`CREATE TEMP TABLE older AS
        WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < ${copies})
        SELECT webhooks.* FROM webhooks, number`
      yield* sql`UPDATE older SET status = 'unmappable', reason = 'no address', delivery_id = 'older-' || rowid,
        id = substr(id, 1, 13) || printf('%016d', rowid)`
      yield* sql`INSERT INTO webhooks SELECT * FROM older`

      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/mapping?source=svix")
        const tried = page.getByText(/^\d+ webhooks: /)
        await tried.waitFor()
        // Up to 500 at a time, and fewer on a busy machine.
        while (!(await tried.filter({ hasText: /^521 / }).isVisible())) {
          const before = await tried.innerText()
          await press(page.getByRole("button", { name: "Try older webhooks" }))
          await tried.filter({ hasNotText: before }).waitFor()
        }
        await page.getByText("520 webhooks of these are unmappable").waitFor()
        await press(page.getByRole("button", { name: "Map again" }))
        const dialog = page.getByRole("dialog")
        await dialog.getByText("Invitations that stay").waitFor()
        await press(dialog.getByRole("button", { name: "Map again" }))
        await dialog.getByText("Mapped 521 webhooks again.").waitFor()
      })
      yield* until(statuses, ({ webhooks }) => webhooks["mapped"] === 521)
      expect((yield* statuses).invitations).toEqual({ invited: 1 })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )
})
