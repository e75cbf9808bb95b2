/** The overview: its chart and the first steps. And what every screen has: zones, shortcuts, saved filters, exports. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import { promisify } from "node:util"
import { deliver, isolated, participants, until } from "../../relay/test/harness.ts"
import { relay, tokens } from "../../relay/test/admin/harness.ts"
import { isBrowserMissing, open, press, visit } from "./browser.ts"

const alice = "alice@example.com"

describe.skipIf(isBrowserMissing)("the page", () => {
  it.live("shows an unused relay how to receive its first webhook, and that it has arrived", () =>
    Effect.gen(function* () {
      const { url, ledger } = yield* relay()
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      const command = yield* act(async (page) => {
        await page.getByText("Listening for the first webhook").waitFor()
        const card = await page.getByRole("region", { name: "Receive the first webhook" }).boundingBox()
        const figures = await page.locator(".figures").boundingBox()
        expect((figures?.y ?? 0) - (card?.y ?? 0) - (card?.height ?? 0)).toBeGreaterThan(20)
        await page.getByLabel("Source", { exact: true }).first().selectOption("svix")
        await page.getByLabel("Person", { exact: true }).fill(alice)
        await page.getByRole("button", { name: "Sign a sample" }).click()
        return page.getByLabel("Command", { exact: true }).innerText()
      })
      const target = command.replace(/^curl '[^']*'/, `curl '${url}/webhooks/svix'`)
      yield* Effect.promise(() => promisify(execFile)("sh", ["-c", `${target} --silent --show-error`]))
      yield* act((page) => page.getByText("The first webhook has arrived").waitFor())
      expect(yield* participants(ledger, 1)).toEqual([alice])
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("draws one source, zooms by dragging, and opens the webhooks of a point", () =>
    Effect.gen(function* () {
      const { url, ledger } = yield* relay()
      yield* deliver(url, "svix", { email: alice })
      yield* deliver(url, "typeform", { email: alice }, { secret: "another" })
      yield* participants(ledger, 1)
      const { act, complaints } = yield* visit(url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        const chart = page.getByRole("figure")
        await page.getByRole("figure", { name: /Webhooks received: 1,.* Deliveries refused: 1$/ }).waitFor()
        await page.getByLabel("Source", { exact: true }).last().selectOption("typeform")
        await page.getByRole("figure", { name: /Webhooks received: 0,.* Deliveries refused: 1$/ }).waitFor()
        await page.getByRole("link", { name: "in quarantine", exact: true }).click()
        await page.waitForURL(/#\/quarantine\?source=typeform/)
        await page.goBack()
        await page.getByLabel("Source", { exact: true }).last().selectOption("svix")
        await page.getByRole("figure", { name: /Webhooks received: 1,/ }).waitFor()
        const plot = chart.locator(".u-over")
        await plot.scrollIntoViewIfNeeded()
        const box = await plot.boundingBox()
        if (box === null) throw new Error("no plot")
        await page.mouse.move(box.x + box.width * 0.8, box.y + 50)
        await page.mouse.down()
        await page.mouse.move(box.x + box.width - 2, box.y + 60, { steps: 5 })
        await page.mouse.up()
        await page.waitForURL(/span=between&from=/)
        await page.getByLabel("From").waitFor()
        await page.getByRole("figure", { name: /in the chosen range/ }).waitFor()
        await plot.click({ position: { x: 40, y: 40 } })
        await page.waitForURL(/#\/webhooks\?time=between&from=.*source=svix/)
        await page.getByRole("heading", { name: "Webhooks" }).waitFor()
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("shows times in UTC on demand, and reads filters so", () =>
    Effect.gen(function* () {
      const { url, ledger, viewer } = yield* relay()
      yield* deliver(url, "svix", { email: alice }, { id: "msg-1" })
      yield* participants(ledger, 1)
      const { items } = yield* viewer.invitations.search({ payload: {} })
      const { act } = yield* visit(url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await open(page, `/invitations/${items[0]?.id}`)
        const time = page
          .getByText("Requested", { exact: true })
          .first()
          .locator("xpath=../dd")
          .locator("time")
        const clock = async () => (await time.innerText()).slice(-12, -7)
        const iso = (await time.getAttribute("datetime")) ?? ""
        expect(await clock()).not.toBe(iso.slice(11, 16))
        await page
          .getByRole("radio", { name: "UTC" })
          .or(page.getByRole("button", { name: "UTC" }))
          .click()
        expect(await clock()).toBe(iso.slice(11, 16))
        await page.reload()
        expect(await clock()).toBe(iso.slice(11, 16))
      })
    }).pipe(isolated)
  )

  it.live("offers no choice of a zone to a device in UTC", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const { act } = yield* visit(url, tokens.READ_TOKEN, { timezoneId: "UTC" })
      yield* act(async (page) => {
        await page.getByText("Times in UTC", { exact: true }).waitFor()
        expect(await page.getByLabel("Time zone").count()).toBe(0)
      })
    }).pipe(isolated)
  )

  it.live("has shortcuts, saved filters, and exports of a list", () =>
    Effect.gen(function* () {
      const { url, ledger } = yield* relay()
      yield* deliver(url, "svix", { email: alice }, { id: "=1" })
      yield* deliver(url, "svix", { email: "bob@example.com" }, { id: "msg-2" })
      yield* participants(ledger, 2)
      const { act, complaints } = yield* visit(url, tokens.READ_TOKEN, { acceptDownloads: true })
      yield* act(async (page) => {
        await page.keyboard.type("gw")
        await page.getByRole("heading", { name: "Webhooks" }).waitFor()
        await page.keyboard.press("?")
        await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor()
        await page.keyboard.press("Escape")
        await page.keyboard.press("/")
        await page.keyboard.type("g")
        expect(await page.getByRole("search").getByRole("searchbox").inputValue()).toBe("g")
        await page.getByRole("button", { name: "Unmappable" }).click()
        await page.getByText("No matching webhooks").waitFor()
        await page.getByRole("button", { name: "Save these filters" }).click()
        await page.getByLabel("Name").fill("Failed ones")
        await page.keyboard.press("Enter")
        await open(page, "/webhooks")
        await page.getByText("msg-2").waitFor()
        await page.getByRole("button", { name: "Failed ones" }).click()
        await page.getByText("No matching webhooks").waitFor()
        await page.getByRole("button", { name: "Remove Failed ones" }).click()
        await open(page, "/webhooks")
        await page.getByRole("button", { name: "Export" }).click()
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page.getByRole("button", { name: "Save", exact: true }).click()
        ])
        expect(download.suggestedFilename()).toBe("webhooks.csv")
        const file = readFileSync(await download.path(), "utf8")
        expect(file.split("\r\n").length).toBe(4)
        expect(file).toContain(`"'=1"`)
        await page.getByText("Saved 2 rows.").waitFor()
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live(
    "releases, replays, unparks and remaps by keyboard alone, and keeps the focus",
    () =>
      Effect.gen(function* () {
        const { url, fault, mend, operator } = yield* relay()
        yield* fault(400)
        yield* deliver(url, "svix", { email: alice })
        yield* until(operator.deadLetters.list(), (groups) => groups.length === 1)
        yield* fault(404)
        yield* deliver(url, "standard", { email: "gone@example.com" })
        yield* until(operator.lives.parked(), (lives) => lives.length === 1)
        yield* mend
        yield* deliver(url, "token", "no JSON")
        yield* deliver(
          url,
          "svix",
          { email: "m@example.com" },
          { id: "b", secret: `whsec_${btoa("another")}` }
        )
        const [unmappable] = (yield* until(
          operator.webhooks.search({ payload: { status: ["unmappable"] } }),
          ({ items }) => items.length === 1
        )).items
        const { act } = yield* visit(url, tokens.OPERATE_TOKEN)
        yield* act(async (page) => {
          const button = (name: string) => page.getByRole("button", { name, exact: true })
          const dialog = page.getByRole("dialog")
          await open(page, "/dead-letters")
          await press(button("Replay all"))
          await page.getByText("Calls to MeltingSpot").waitFor()
          await press(dialog.getByRole("button", { name: "Replay" }))
          await page.getByText("Queued 1 invitation.").waitFor()
          await page.keyboard.press("Escape")
          await page.getByText("No dead letters").waitFor()
          await open(page, "/spots")
          const parked = page.getByRole("row").filter({ hasText: "live-standard" })
          await press(parked.getByRole("button", { name: "Retry now" }))
          await page.getByText("No parked Lives").waitFor()
          await press(button("Pause"))
          await page.keyboard.type("by keyboard")
          await page.keyboard.press("Enter")
          await page.getByRole("button", { name: "Resume" }).waitFor()
          await dialog.waitFor({ state: "hidden" })
          expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Resume")
          await page.keyboard.press("Enter")
          await page.getByRole("button", { name: "Pause" }).waitFor()
          expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Pause")
          await open(page, `/webhooks/${unmappable?.id}`)
          await press(button("Map again"))
          await dialog.getByText("Invitations that stay").waitFor()
          await press(dialog.getByRole("button", { name: "Map again" }))
          await page.getByText("Mapped 1 webhook again.").waitFor()
          await page.keyboard.press("Escape")
          await page
            .getByRole("definition")
            .filter({ hasText: /^again / })
            .waitFor()
          await open(page, "/quarantine")
          await page.getByRole("grid").getByRole("row").nth(1).focus()
          await page.keyboard.press("Enter")
          await page.getByRole("heading", { name: "Refused delivery" }).waitFor()
          await press(button("Discard"))
          await dialog.waitFor()
          await page.keyboard.press("Escape")
        })
      }).pipe(isolated),
    { timeout: 120_000 }
  )
})
