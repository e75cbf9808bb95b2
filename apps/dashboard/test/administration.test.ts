/** Tokens, sessions, the audit log, the purge and the settings, by keyboard. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { relay, tokens } from "../../relay/test/admin/harness.ts"
import { deliver, isolated, until } from "../../relay/test/harness.ts"
import { isBrowserMissing, open, press, visit } from "./browser.ts"

describe.skipIf(isBrowserMissing)("the page", () => {
  it.live("creates a token, shows its secret once, and revokes it with its sessions", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      const secret = yield* act(async (page) => {
        await open(page, "/tokens")
        await page.getByText("No tokens").waitFor()
        await page.getByRole("button", { name: "Create token" }).focus()
        await page.keyboard.press("Enter")
        const dialog = page.getByRole("dialog")
        await dialog.waitFor()
        await page.keyboard.type("Ops laptop")
        await dialog.getByLabel("Access").selectOption("read")
        await dialog.getByLabel("Expires").selectOption("7 days")
        await dialog.getByRole("button", { name: "Create" }).press("Enter")
        await dialog.getByText("Nobody can show it again.").waitFor()
        const secret = await dialog.locator("code").textContent()
        await page.keyboard.press("Escape")
        await page.getByRole("row").filter({ hasText: "Ops laptop" }).getByText("Read-only").waitFor()
        expect(await page.getByText(secret ?? "").count()).toBe(0)
        return secret ?? ""
      })
      expect(yield* operator.tokens.list()).toMatchObject([{ name: "Ops laptop", scope: "read" }])

      const colleague = yield* visit(url, secret)
      yield* until(operator.tokens.sessions({ query: {} }), (sessions) => sessions.length === 2)
      yield* act(async (page) => {
        await page.reload()
        await page.getByRole("grid", { name: "Sessions" }).getByText("Ops laptop").waitFor()
        await page.getByText("(this session)").waitFor()
        await press(
          page.getByRole("row").filter({ hasText: "Read-only" }).getByRole("button", { name: "Revoke" })
        )
        await page.getByRole("button", { name: "Revoke token" }).press("Enter")
        await page.getByText("No tokens").waitFor()
      })
      expect(yield* operator.tokens.list()).toEqual([])
      yield* colleague.act(async (page) => {
        await page.reload()
        await page.getByRole("heading", { name: "Sign in" }).waitFor()
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("ends all other sessions, and keeps its own", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const colleague = yield* visit(url, tokens.READ_TOKEN)
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/tokens")
        await page.getByRole("button", { name: "End all other sessions" }).press("Enter")
        await page.getByRole("button", { name: "End sessions" }).press("Enter")
        await page.getByText("Ended 1 session.").waitFor()
        await page.keyboard.press("Escape")
        await page.getByText("(this session)").waitFor()
      })
      expect(yield* operator.tokens.sessions({ query: {} })).toMatchObject([{ token: "configured:ops" }])
      expect(complaints).toEqual([])
      yield* colleague.act(async (page) => {
        await page.reload()
        await page.getByRole("heading", { name: "Sign in" }).waitFor()
      })
    }).pipe(isolated)
  )

  it.live("counts old data, and deletes exactly what it counted after a confirmation", () =>
    Effect.gen(function* () {
      const { url, operator, statuses, fault } = yield* relay()
      yield* fault(400)
      yield* deliver(url, "svix", { email: "dead@example.com" })
      yield* until(operator.deadLetters.list(), (groups) => groups.length === 1)
      yield* deliver(url, "svix", { email: "alice@example.com" })
      yield* until(statuses, ({ invitations }) => invitations["invited"] === 1)
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/purge")
        const dialog = page.getByRole("dialog")
        await page.getByRole("button", { name: "Count" }).press("Enter")
        await dialog.getByText("Nothing to delete").waitFor()
        await page.keyboard.press("Escape")
        await page.getByLabel("Minimum age in days").fill("0")
        await page.getByRole("button", { name: "Rejected" }).press("Enter")
        await page.getByLabel("Delivery ids").selectOption("Delete, too")
        await page.getByRole("button", { name: "Count" }).press("Enter")
        await dialog.getByText("Invitations that are deleted1").waitFor()
        await dialog.getByText("Webhooks that lose their bodies2").waitFor()
        await dialog.getByText("Delivery ids that are deleted1").waitFor()
        await dialog.getByRole("button", { name: "Purge" }).press("Enter")
        await dialog.getByText("Deleted 3 rows.").waitFor()
        // What was confirmed stays.
        await dialog.getByText("Invitations that are deleted1").waitFor()
      })
      expect(yield* statuses).toEqual({ webhooks: { purged: 1 }, invitations: { rejected: 1 } })
      expect(complaints).toEqual([])

      const viewer = yield* visit(url, tokens.READ_TOKEN)
      yield* viewer.act(async (page) => {
        await open(page, "/purge")
        await page.getByLabel("Minimum age in days").fill("0")
        await page.getByRole("button", { name: "Count" }).press("Enter")
        await page.getByText("Invitations that are deleted1").waitFor()
        expect(await page.getByRole("button", { name: "Purge" }).count()).toBe(0)
      })
    }).pipe(isolated)
  )

  it.live("shows the settings in force without secrets, and copies them", () =>
    Effect.gen(function* () {
      const { url, env } = yield* relay()
      const { act, complaints } = yield* visit(url, tokens.READ_TOKEN, {
        permissions: ["clipboard-read", "clipboard-write"]
      })
      yield* act(async (page) => {
        await open(page, "/settings")
        const settings = page.getByLabel("Settings as YAML")
        const shown = (await settings.textContent()) ?? ""
        // The page scrolls, and nothing within it.
        expect(await settings.evaluate((box) => box.scrollHeight <= box.clientHeight)).toBe(true)
        expect(shown).toContain("secretKey:\n      env: SPOT_KEY\n")
        expect(shown).toContain("keepAliveTimeout: 75 seconds\n")
        for (const name of ["SPOT_KEY", "SVIX_SECRET", "OPERATE_TOKEN"] as const) {
          expect(shown).not.toContain(env[name])
        }
        await page.getByRole("button", { name: "Copy as YAML" }).press("Enter")
        await page.getByText("Copied").waitFor()
        expect(await page.evaluate(() => window.navigator.clipboard.readText())).toBe(shown)
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("lists the audit log by act, and verifies it", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      yield* operator.spots.pause({ params: { name: "main" }, payload: { reason: "budget talks" } })
      yield* operator.spots.resume({ params: { name: "main" } })
      const { act, complaints } = yield* visit(url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await open(page, "/audit")
        const rows = page.getByRole("grid", { name: "Audit log" }).getByRole("row")
        await rows.filter({ hasText: "spots.pause" }).getByText("reason: budget talks").waitFor()
        await page.getByLabel("Act").fill("spots.resume")
        await rows.filter({ hasText: "spots.pause" }).waitFor({ state: "detached" })
        await rows.filter({ hasText: "spots.resume" }).getByText("ops").waitFor()
        await page.getByRole("button", { name: "Verify" }).press("Enter")
        await page.getByText(/^Intact: \d+ entries$/).waitFor()
        await open(page, "/tokens")
        await page.getByRole("grid", { name: "Sessions" }).waitFor()
        expect(await page.getByRole("button", { name: /Create|Revoke|End/ }).count()).toBe(0)
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )
})
