import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { deliver, isolated, participants, until } from "../../relay/test/harness.ts"
import { relay, tokens } from "../../relay/test/admin/harness.ts"
import { isBrowserMissing, open, visit } from "./browser.ts"

const alice = "alice@example.com"

describe.skipIf(isBrowserMissing)("the page", () => {
  it.live("signs in with a token, rejects an unknown one, and signs out", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const { act, complaints, hosts } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        expect(page.url()).toBe(`${url}/#/`)
        await page.getByRole("button", { name: "Sign out" }).click()
        await page.getByLabel("Token").fill("usher_nobody")
        await page.getByRole("button", { name: "Sign in" }).click()
        await page.getByText("The token is unknown, expired or revoked.").waitFor()
        await page.getByLabel("Token").fill(tokens.READ_TOKEN)
        await page.keyboard.press("Enter")
        await page.getByRole("heading", { name: "Overview" }).waitFor()
        expect(await page.evaluate(() => document.cookie)).toBe("")
      })
      expect(complaints).toEqual([])
      expect([...hosts]).toEqual([new URL(url).host])
    }).pipe(isolated)
  )

  it.live("shows a new webhook and its invitation without a reload", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const { act, complaints } = yield* visit(url, tokens.READ_TOKEN)
      yield* act((page) => open(page, "/webhooks"))
      yield* act((page) => page.getByText("No webhooks yet").waitFor())
      yield* act((page) => page.getByText("Live", { exact: true }).first().waitFor())
      expect((yield* deliver(url, "svix", { email: alice }, { id: "msg-1" })).status).toBe(202)
      yield* act(async (page) => {
        const row = page.getByRole("row").filter({ hasText: "msg-1" }).filter({ hasText: "Mapped" })
        await row.click()
        const invitation = page.getByRole("row").filter({ hasText: alice }).filter({ hasText: "Invited" })
        await invitation.click()
        await page.getByRole("heading", { name: "History" }).waitFor()
        await page.getByText("Attempt", { exact: true }).first().waitFor()
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("shows a Live by its title with its counts, and exports its people", () =>
    Effect.gen(function* () {
      const { url } = yield* relay(undefined, {}, { lookEvery: "20 millis" })
      yield* deliver(url, "svix", { email: alice })
      const { act, complaints } = yield* visit(url, tokens.READ_TOKEN)
      yield* act((page) => open(page, "/lives"))
      yield* act(async (page) => {
        const row = page.getByRole("row").filter({ hasText: "Live live-svix" })
        await row.getByText("None waiting").waitFor()
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          row.getByRole("link", { name: "CSV" }).click()
        ])
        expect(download.suggestedFilename()).toBe("live-live-svix.csv")
        await open(page, "/invitations")
        await page.getByRole("row").filter({ hasText: alice }).filter({ hasText: "Live live-svix" }).waitFor()
        await open(page, "/import")
        expect(await page.locator("datalist option").getAttribute("label")).toBe("Live live-svix")
        await page.getByLabel("Live", { exact: true }).fill("live-svix")
        await page.getByText("Live live-svix", { exact: true }).waitFor()
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("finds a person in any spelling of the address", () =>
    Effect.gen(function* () {
      const { url, ledger } = yield* relay()
      yield* deliver(url, "svix", { email: alice })
      yield* participants(ledger, 1)
      const { act } = yield* visit(url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        const search = page.getByRole("searchbox", { name: "Search by address" })
        await search.fill("Alice@Example.COM")
        await search.press("Enter")
        await page.getByText("Yes.").waitFor()
        await search.fill("nobody@example.com")
        await search.press("Enter")
        await page.getByText("No records of this person").waitFor()
      })
    }).pipe(isolated)
  )

  it.live("shows the plan of a replay, then its progress", () =>
    Effect.gen(function* () {
      const { url, ledger, fault, operator } = yield* relay()
      yield* fault(400)
      yield* deliver(url, "svix", { email: alice })
      yield* until(operator.deadLetters.list(), (groups) => groups.length === 1)
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/dead-letters")
        await page.getByRole("button", { name: "Replay all" }).click()
        const dialog = page.getByRole("dialog")
        await dialog.getByText("Calls to MeltingSpot").waitFor()
        // The plan follows the events until the replay begins.
        let hasBegun = false
        let plans = 0
        page.on("request", (request) => {
          if (request.url().endsWith("/api/jobs")) hasBegun = true
          if (hasBegun && request.url().endsWith("/plan")) plans++
        })
        await dialog.getByRole("button", { name: "Replay" }).click()
        await dialog.getByText("Queued 1 invitation.").waitFor()
        // The list behind the dialog is up to date, and the dialog still shows what was confirmed.
        await page.getByText("No dead letters").waitFor()
        await dialog.getByText("Calls to MeltingSpot").waitFor()
        expect(plans).toBe(0)
        await dialog.getByRole("button", { name: "Close" }).click()
      })
      expect(yield* participants(ledger, 1)).toEqual([alice])
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live(
    "says when the next call is free on a Spot and in a plan, once the budget is used up, or the Spot paused",
    () =>
      Effect.gen(function* () {
        const { url, fault, operator } = yield* relay()
        yield* fault(400)
        yield* deliver(url, "svix", { email: alice })
        yield* until(operator.deadLetters.list(), (groups) => groups.length === 1)
        const { act } = yield* visit(url, tokens.OPERATE_TOKEN)
        yield* act(async (page) => {
          await page.route("**/api/budget", async (route) => {
            const response = await route.fetch()
            const roomAt = new Date(Date.now() + 10_800_000).toISOString()
            const body = (await response.text()).replaceAll('"roomAt":null', `"roomAt":"${roomAt}"`)
            await route.fulfill({ response, body })
          })
          await open(page, "/spots")
          const card = page.getByRole("article", { name: "Spot main" })
          await card.getByText("Budget used up").waitFor()
          await card.getByText("Next callin 3 h").waitFor()
          expect(await card.getByText("Next due").count()).toBe(0)
          await open(page, "/dead-letters")
          await page.getByRole("button", { name: "Replay all" }).click()
          await page.getByText("The budget of Spot main is used up. The calls begin in 3 h").waitFor()
          await page.unrouteAll({ behavior: "ignoreErrors" })
        })
        yield* operator.spots.pause({ params: { name: "main" }, payload: { reason: "a test" } })
        yield* act(async (page) => {
          await page.reload()
          await page.getByRole("button", { name: "Replay all" }).click()
          await page.getByText("Spot main is paused: a test. The calls begin after that.").waitFor()
        })
      }).pipe(isolated)
  )

  it.live("pauses a Spot with a reason, by keyboard alone, and resumes it", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const { act } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/spots")
        await page.getByRole("button", { name: "Pause" }).focus()
        await page.keyboard.press("Enter")
        await page.getByRole("dialog").waitFor()
        await page.keyboard.type("budget talks")
        await page.keyboard.press("Enter")
        await page.getByRole("button", { name: "Resume" }).waitFor()
      })
      expect(yield* operator.spots.list()).toMatchObject([{ state: "paused", reason: "budget talks" }])
      yield* act(async (page) => {
        await open(page, "/")
        const attention = page.getByRole("region", { name: "Needs attention" })
        await attention.getByText("An operator paused Spot main.").waitFor()
        await attention.getByText("Reason: budget talks.").waitFor()
        await attention.getByText(/^Began (just now|\d+ s ago)\./).waitFor()
        await attention.getByText("Nothing is sent until an operator resumes it.").waitFor()
        await open(page, "/spots")
        await page.getByRole("button", { name: "Resume" }).click()
        await page.getByRole("button", { name: "Pause" }).waitFor()
        await open(page, "/")
        await page.getByText("All systems normal.").waitFor()
      })
      expect(yield* operator.spots.list()).toMatchObject([{ state: "active" }])
    }).pipe(isolated)
  )

  it.live("pauses a Spot that is in cooldown, or resumes it at once", () =>
    Effect.gen(function* () {
      const { url, operator, fault } = yield* relay()
      yield* fault(429, { retryAfter: "600" })
      yield* deliver(url, "svix", { email: alice })
      yield* until(operator.spots.list(), ([spot]) => spot?.state === "cooldown")
      const { act } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/spots")
        await page.getByRole("button", { name: "Resume" }).waitFor()
        await page.getByRole("button", { name: "Pause" }).press("Enter")
        await page.getByLabel("Reason").fill("a wrong import")
        await page.keyboard.press("Enter")
        await page.getByRole("dialog").waitFor({ state: "detached" })
        await page.getByText("a wrong import").waitFor()
        await page.getByRole("button", { name: "Pause" }).waitFor({ state: "detached" })
        expect(await page.getByRole("button", { name: "Resume" }).count()).toBe(1)
      })
      expect(yield* operator.spots.list()).toMatchObject([{ state: "paused", reason: "a wrong import" }])
    }).pipe(isolated)
  )

  it.live("hides buttons that change something from a read-only token", () =>
    Effect.gen(function* () {
      const { url, fault, operator } = yield* relay()
      yield* fault(400)
      yield* deliver(url, "svix", { email: alice })
      yield* deliver(url, "svix", { email: alice }, { id: "2", secret: `whsec_${btoa("another secret")}` })
      const [group] = yield* until(operator.deadLetters.list(), (groups) => groups.length === 1)
      const acts = /Pause|Resume|Replay|Release|Discard|Forget|Retry now|Cancel\b|Map again/
      const { act } = yield* visit(url, tokens.READ_TOKEN)
      const lists = ["/spots", "/sources", "/dead-letters", "/quarantine", "/invitations", "/webhooks"]
      const paths = [...lists, `/person/${alice}`]
      for (const path of [...paths, `/invitations/${group?.newestId}`]) {
        yield* act((page) => open(page, path))
        expect(yield* act((page) => page.getByRole("button", { name: acts }).count())).toBe(0)
      }
    }).pipe(isolated)
  )

  it.live("shows the data to forget, deletes it, and rejects a partial address", () =>
    Effect.gen(function* () {
      const { url, ledger } = yield* relay()
      yield* deliver(url, "svix", { email: alice })
      yield* participants(ledger, 1)
      const { act } = yield* visit(url, tokens.OPERATE_TOKEN)
      const ask = (person: string) =>
        act(async (page) => {
          await open(page, `/person/${person}`)
          await page.getByRole("button", { name: "Forget this person" }).click()
        })
      yield* ask("alice")
      yield* act(async (page) => {
        await page.getByRole("alert").getByText("Give one whole email address").waitFor()
        expect(await page.getByRole("button", { name: "Forget", exact: true }).count()).toBe(0)
        await page.getByRole("button", { name: "Close" }).click()
      })
      yield* ask("nobody@example.com")
      yield* act(async (page) => {
        await page.getByText("No data stored about").waitFor()
        expect(await page.getByRole("button", { name: "Forget", exact: true }).count()).toBe(0)
        await page.getByRole("button", { name: "Close" }).click()
      })
      yield* ask(alice)
      yield* act(async (page) => {
        await page.getByText("1 invitation, 1 attempt, 1 webhook.").waitFor()
        await page.getByRole("button", { name: "Forget", exact: true }).click()
        await page.getByText("Forgotten: 1 invitation, 1 attempt, 1 webhook.").waitFor()
      })
    }).pipe(isolated)
  )

  it.live("previews an expression on stored webhooks", () =>
    Effect.gen(function* () {
      const { url, ledger } = yield* relay()
      yield* deliver(url, "svix", { email: alice, other: "bob@example.com" })
      yield* participants(ledger, 1)
      const { act } = yield* visit(url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await open(page, "/mapping?source=svix")
        await page.getByText("1 unchanged").waitFor()
        const member = page.getByLabel("Person (member)")
        const inForce = await member.inputValue()
        await member.fill("other")
        await page.locator(".appears").getByText("bob@example.com").waitFor()
        await page.getByText(`member: { expr: "other" }`).waitFor()
        await page.getByRole("row").filter({ hasText: "bob@example.com" }).click()
        await page.getByRole("heading", { name: "Webhook", exact: true }).waitFor()
        await page.goBack()
        await page.locator(".appears").getByText("bob@example.com").waitFor()
        expect(await member.inputValue()).toBe("other")
        await member.fill("other.(")
        await page.getByRole("alert").first().waitFor()
        await page.locator(".field-error").filter({ hasText: "member: " }).waitFor()
        await page.getByText("Correct the rules before you copy them").waitFor()
        expect(await page.getByRole("button", { name: "Copy as YAML" }).count()).toBe(0)
        await member.fill(inForce)
        await page.getByText("These are the rules in force").waitFor()
      })
      expect((yield* ledger.state).participants.map(({ member }) => member)).toEqual([alice])
    }).pipe(isolated)
  )

  it.live("shows hostile content as text", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const script = `<img src=x onerror="document.title='taken'"><script>document.title='taken'</script>`
      const body = {
        email: script,
        live: script,
        long: "x".repeat(900_000),
        [script]: "\u202Etfel ot thgir",
        arabic: "مرحبا"
      }
      yield* deliver(url, "hmac", body, { headers: { "x-delivery-id": script } })
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/webhooks")
        await page.getByRole("row").filter({ hasText: "<script>" }).click()
        await page.getByText("Tree").waitFor()
        await page.getByText("… 899,600 more").click()
        await page.getByRole("tab", { name: "Raw" }).click()
        await page.getByLabel("Raw body").getByText("<script>").first().waitFor()
        await open(page, `/person/${encodeURIComponent(script)}`)
        await page.getByText("No records").or(page.getByText("History")).first().waitFor()
        expect(await page.title()).toBe("Person · Usher")
        expect(await page.locator("main img, main script").count()).toBe(0)
        // Nothing is wider than the window.
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1360)
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )
})
