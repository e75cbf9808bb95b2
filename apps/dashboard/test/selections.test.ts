/** Actions on selected rows, and on all that match a filter. Each shows its plan first. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { relay, tokens } from "../../relay/test/admin/harness.ts"
import { deliver, isolated, until } from "../../relay/test/harness.ts"
import { isBrowserMissing, open, visit } from "./browser.ts"

const alice = "alice@example.com"

describe.skipIf(isBrowserMissing)("the page", () => {
  it.live("cancels selected invitations, then all that match the filter", () =>
    Effect.gen(function* () {
      const { url, operator, statuses } = yield* relay()
      yield* operator.spots.pause({ params: { name: "main" }, payload: { reason: "a wrong import" } })
      for (const name of ["alice", "bob", "cleo"]) {
        yield* deliver(url, "svix", { email: `${name}@example.com` }, { id: `msg_${name}` })
      }
      yield* until(statuses, ({ invitations }) => invitations["pending"] === 3)
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/invitations?status=pending")
        const row = page.getByRole("row").filter({ hasText: alice })
        await row.waitFor()
        await page.getByRole("row").nth(1).focus()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Space")
        await page.getByText("1 selected").waitFor()
        await page.getByRole("button", { name: "Cancel", exact: true }).click()
        const dialog = page.getByRole("dialog")
        await dialog.getByText("Pending invitations").waitFor()
        await dialog.getByRole("button", { name: "Cancel invitations" }).click()
        await dialog.getByText("Canceled 1 invitation.").waitFor()
        await row.waitFor({ state: "detached" })
        await dialog.getByText("Pending invitations").waitFor()
        expect(await dialog.getByText("Nothing to cancel").count()).toBe(0)
        await dialog.getByRole("button", { name: "Close" }).click()
      })
      expect((yield* statuses).invitations).toEqual({ pending: 2, cancelled: 1 })
      yield* act(async (page) => {
        await page.getByText("All that match the filter").waitFor()
        await page.getByRole("button", { name: "Cancel", exact: true }).click()
        const dialog = page.getByRole("dialog")
        await dialog.getByRole("button", { name: "Cancel invitations" }).click()
        await dialog.getByText("Canceled 2 invitations.").waitFor()
        await dialog.getByRole("button", { name: "Close" }).click()
        await open(page, "/invitations?status=cancelled")
        const row = page.getByRole("row").filter({ hasText: alice })
        await row.getByText(alice).click()
        await page.getByText("Canceled by").first().waitFor()
      })
      expect((yield* statuses).invitations).toEqual({ cancelled: 3 })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("releases and discards refused deliveries, after it verified them for the plan", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const secret = `whsec_${btoa("another secret")}`
      yield* deliver(url, "svix", { email: alice }, { id: "1", secret })
      yield* deliver(url, "svix", { email: "bob@example.com" }, { id: "2", secret })
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/quarantine")
        await page.getByRole("button", { name: "Release", exact: true }).click()
        const dialog = page.getByRole("dialog")
        // The plan starts the process that verifies.
        await dialog.getByText("none of these deliveries verifies").waitFor({ timeout: 90_000 })
        await dialog.getByRole("button", { name: "Close" }).click()
        await page.locator(".selection-box").nth(1).click()
        await page.getByText("1 selected").waitFor()
        await page.getByRole("button", { name: "Release unverified" }).click()
        await dialog.getByRole("button", { name: "Release", exact: true }).click()
        await dialog.getByText("Released 1 delivery.").waitFor()
        await dialog.getByRole("button", { name: "Close" }).click()
        await page.getByText("All that match the filter").waitFor()
        await page.getByRole("button", { name: "Discard" }).click()
        await dialog.getByText("NoSecretMatches").waitFor()
        await dialog.getByRole("button", { name: "Discard" }).click()
        await dialog.getByText("Discarded 1 delivery.").waitFor()
      })
      expect((yield* operator.quarantine.list({ query: {} })).items).toEqual([])
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("tells what became of one refused delivery, before it returns to the list", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const secret = `whsec_${btoa("another secret")}`
      yield* deliver(url, "svix", { email: alice }, { id: "1", secret })
      const [delivery] = (yield* operator.quarantine.list({ query: {} })).items
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, `/quarantine/${delivery?.id}`)
        await page.getByRole("button", { name: "Release unverified" }).click()
        const dialog = page.getByRole("dialog")
        await dialog.getByRole("button", { name: "Release", exact: true }).click()
        await dialog.getByText("Released 1 delivery.").waitFor()
        await page.keyboard.press("Escape")
        await page.getByText("No deliveries in quarantine").waitFor()
        expect(page.url()).toMatch(/#\/quarantine$/)
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("maps webhooks again by a filter, and names the dead letters of one cause", () =>
    Effect.gen(function* () {
      const { url, fault, operator, ledger } = yield* relay()
      yield* fault(400)
      yield* deliver(url, "svix", { email: alice })
      yield* until(operator.deadLetters.list(), (groups) => groups.length === 1)
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/webhooks?status=mapped")
        await page.getByRole("button", { name: "Map again" }).click()
        const dialog = page.getByRole("dialog")
        await dialog.getByText("Invitations that stay").waitFor()
        await dialog.getByRole("button", { name: "Map again" }).click()
        await dialog.getByText("Mapped 1 webhook again.").waitFor()
        await dialog.getByRole("button", { name: "Close" }).click()
        await open(page, "/dead-letters")
        await page.getByText("MeltingSpot says that the invitation").waitFor()
        await page.getByRole("row").nth(1).getByRole("link", { name: "1", exact: true }).click()
        await page.getByRole("row").filter({ hasText: alice }).waitFor()
        expect(page.url()).toContain("error=MalformedPayload")
        await open(page, "/invitations?error=none")
        await page.getByText("No matching invitations").waitFor()
        await open(page, "/dead-letters")
        await page.getByRole("row").nth(1).getByRole("button", { name: "Replay" }).click()
        await dialog.getByRole("button", { name: "Replay" }).click()
        await dialog.getByText("Queued 1 invitation.").waitFor()
      })
      yield* until(ledger.state, ({ participants }) => participants.length === 1)
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )
})
