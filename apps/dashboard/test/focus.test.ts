/** The focus stays on the page when the focused element goes away. By keyboard alone. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Locator } from "playwright-core"
import { relay, tokens } from "../../relay/test/admin/harness.ts"
import { deliver, isolated, until } from "../../relay/test/harness.ts"
import { isBrowserMissing, open, press, visit } from "./browser.ts"

/** Resolves when the element has the focus. */
const focused = async (element: Locator) => {
  await element.and(element.page().locator(":focus")).waitFor()
}

describe.skipIf(isBrowserMissing)("the focus", () => {
  it.live("stays in a dialog whose button a result replaces, so that Escape closes it", () =>
    Effect.gen(function* () {
      const { url, fault, operator } = yield* relay()
      yield* fault(400)
      yield* deliver(url, "svix", { email: "alice@example.com" })
      yield* until(operator.deadLetters.list(), (groups) => groups.length === 1)
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/dead-letters")
        await press(page.getByRole("button", { name: "Replay all" }))
        const dialog = page.getByRole("dialog")
        await dialog.getByText("Calls to MeltingSpot").waitFor()
        await press(dialog.getByRole("button", { name: "Replay" }))
        await dialog.getByText("Queued 1 invitation.").waitFor()
        await page.waitForFunction(() => document.activeElement?.closest("[role=dialog]") !== null)
        await page.keyboard.press("Escape")
        await dialog.waitFor({ state: "detached" })
        // The button that opened the dialog is gone with the dead letters.
        await page.getByText("No dead letters").waitFor()
        await focused(page.getByRole("heading", { level: 1 }))
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("goes to the heading when the last token is revoked", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      yield* operator.tokens.create({ payload: { name: "Ops laptop", scope: "read", expiresAt: null } })
      const { act } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/tokens")
        await press(page.getByRole("button", { name: "Revoke" }))
        await press(page.getByRole("dialog").getByRole("button", { name: "Revoke token" }))
        await page.getByText("No tokens").waitFor()
        await focused(page.getByRole("heading", { level: 1 }))
      })
    }).pipe(isolated)
  )

  it.live("goes to the progress and the result of an import", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const { act } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/import")
        await page.getByLabel("File", { exact: true }).setInputFiles({
          name: "guests.csv",
          mimeType: "text/csv",
          buffer: Buffer.from("email\r\nada@example.com\r\n")
        })
        await page.getByLabel("Live", { exact: true }).fill("live-9")
        await page.getByLabel("The id is right").press("Space")
        await press(page.getByRole("button", { name: "Invite 1 person" }))
        const result = page.locator(".progress-button")
        await result.getByText("Imported 1 person.").waitFor()
        await focused(result)
      })
    }).pipe(isolated)
  )
})
