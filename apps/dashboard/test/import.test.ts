/** An import on the page: what the file says, the choice of a column, and who is invited. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { relay, tokens } from "../../relay/test/admin/harness.ts"
import { workbook } from "../../relay/test/cli/operate/people/workbooks.ts"
import { deliver, isolated, until } from "../../relay/test/harness.ts"
import { livesOf } from "../src/imports/live.ts"
import { isBrowserMissing, open, visit } from "./browser.ts"

const fileOf = (name: string, content: string | Uint8Array) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(content)
})

const guests = [
  "Name;E-Mail",
  "Ada;ada@example.com",
  'Bob;"Bob <bob@example.com>"',
  "Ada again;ADA@example.com",
  "Nobody;no address",
  "Eva;eva@example.com"
].join("\r\n")

it("finds a Live by its id, or all Lives with the title, or with the text in it", () => {
  const live = (liveId: string, title: string | null) => ({ liveId, title, startsAt: null, endsAt: null })
  const lives = [live("1", "Live demo"), live("2", "Live demo, again"), live("3", "Q&A"), live("demo", null)]
  const found = (typed: string) =>
    livesOf(typed, lives)
      .map(({ liveId }) => liveId)
      .join()
  expect(["2", " 2 ", "q&", "AGAIN", "live DEMO", "demo"].map(found)).toEqual([
    "2",
    "2",
    "3",
    "2",
    "1",
    "demo"
  ])
  expect(["", "live", "nothing"].map(found)).toEqual(["", "1,2", ""])
})

describe.skipIf(isBrowserMissing)("the page", () => {
  it.live("shows what a file says, invites its people once, and skips them the second time", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/import")
        await page.getByLabel("File", { exact: true }).setInputFiles(fileOf("guests.csv", guests))
        const facts = page.locator(".plan dl")
        await facts.getByText("UTF-8, separated by semicolons").waitFor()
        await facts.getByText("3 (3 by address, 0 by member id)").waitFor()
        expect(await page.getByLabel("Column with the people").inputValue()).toBe("1")
        await page.getByRole("grid", { name: "First rows" }).getByText("bob@example.com").waitFor()
        const refused = page.getByRole("grid", { name: "Rows that can’t be imported" })
        await refused.getByRole("row").filter({ hasText: "5" }).waitFor()
        const invite = page.getByRole("button", { name: "Invite 3 people" })
        expect(await invite.isDisabled()).toBe(true)
        await page.getByLabel("Live", { exact: true }).focus()
        await page.keyboard.type("live-9")
        await page.getByText("The relay does not know a Live with this id: live-9.").waitFor()
        expect(await invite.isDisabled()).toBe(true)
        await page.getByLabel("The id is right").press("Space")
        await invite.press("Enter")
        await page.getByText("Imported 3 people.").waitFor()
      })
      const { items } = yield* until(
        operator.invitations.search({ payload: { live: "live-9" } }),
        ({ items }) => items.length === 3 && items.every(({ status }) => status === "invited")
      )
      expect(items.map(({ member }) => member).toSorted()).toEqual([
        "ada@example.com",
        "bob@example.com",
        "eva@example.com"
      ])
      yield* act(async (page) => {
        await page.getByRole("button", { name: "Invite 3 people" }).press("Enter")
        await page.getByText("Imported 0 people. Skipped 3 people imported in the last 24 hours.").waitFor()
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("invites to the Live whose title is typed, and shows its title and its beginning", () =>
    Effect.gen(function* () {
      const { url, operator, sql } = yield* relay()
      yield* deliver(url, "svix", { email: "first@example.com" })
      yield* until(operator.lives.list({ query: {} }), ({ items }) => items.length === 1)
      const startsAt = Date.UTC(2031, 4, 4, 16)
      yield* sql`UPDATE lives SET title = 'Product demo', starts_at = ${startsAt}`
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/import")
        await page.getByLabel("File", { exact: true }).setInputFiles(fileOf("guests.csv", guests))
        const live = page.getByLabel("Live", { exact: true })
        await live.fill("My webinar")
        await page.getByText("it can’t be the id of one, which has no spaces").waitFor()
        await page.getByText("Name the Live first.").waitFor()
        await live.fill("product")
        const facts = page.locator(".plan dl")
        await facts.getByText("Product demo").waitFor()
        await facts.getByText("May 4, 2031").waitFor()
        expect(await page.getByText("The relay does not know").count()).toBe(0)
        expect(await page.getByText("Check that this is the right Live").count()).toBe(0)
        await page.getByRole("button", { name: "Invite 3 people" }).press("Enter")
        await page.getByText("Imported 3 people.").waitFor()
      })
      yield* until(
        operator.invitations.search({ payload: { live: "live-svix" } }),
        ({ items }) => items.length === 4
      )
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("warns of a Live that has begun or ended, with the year and without seconds", () =>
    Effect.gen(function* () {
      const { url, operator, sql } = yield* relay()
      yield* deliver(url, "svix", { email: "first@example.com" })
      yield* until(operator.lives.list({ query: {} }), ({ items }) => items.length === 1)
      const [startsAt, endsAt] = [Date.UTC(2020, 4, 4, 7), Date.UTC(2020, 4, 5, 8, 30)]
      yield* sql`UPDATE lives SET starts_at = ${startsAt}, ends_at = NULL`
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      const warns = (text: string) =>
        act(async (page) => {
          await open(page, "/import")
          await page.getByLabel("File", { exact: true }).setInputFiles(fileOf("guests.csv", guests))
          await page.getByLabel("Live", { exact: true }).fill("live-svix")
          await page.getByText(text).waitFor()
        })
      yield* warns("Began on May 4, 2020, 09:00. Check that this is the right Live.")
      yield* sql`UPDATE lives SET ends_at = ${endsAt}`
      yield* act((page) => page.reload())
      yield* warns("Ended on May 5, 2020, 10:30. Check that this is the right Live.")
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live(
    "reads a sheet of a workbook, asks which of two columns is meant, and says why a file is refused",
    () =>
      Effect.gen(function* () {
        const { url } = yield* relay()
        const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
        yield* act(async (page) => {
          await open(page, "/import")
          const file = page.getByLabel("File", { exact: true })
          const sheets = workbook({
            Staff: [["E-Mail"], ["staff@example.com"]],
            Guests: [
              ["Guest email", "Host email"],
              ["ada@example.com", "host@example.com"],
              ["bob@example.com", "host@example.com"]
            ]
          })
          await file.setInputFiles(fileOf("people.xlsx", sheets))
          await page.getByText("1 (1 by address, 0 by member id)").waitFor()
          await page.getByLabel("Sheet").fill("Nobody")
          await page.keyboard.press("Tab")
          await page.getByRole("alert").getByText("there is no sheet Nobody").waitFor()
          expect(await page.getByRole("button", { name: /^Invite/ }).count()).toBe(0)
          await page.getByLabel("Sheet").fill("Guests")
          await page.keyboard.press("Tab")
          await page.getByText("Several columns may name the people, or none does. Choose one.").waitFor()
          await page.getByLabel("Column with the people").selectOption({ index: 1 })
          await page.getByText("2 (2 by address, 0 by member id)").waitFor()
          await file.setInputFiles(fileOf("people.pdf", "%PDF-1.7"))
          await page.getByRole("alert").getByText("people.pdf: the file is a PDF").waitFor()
          await file.setInputFiles(fileOf("names.csv", "Name\r\nAda\r\n"))
          await page.getByLabel("Column with the people").selectOption({ index: 1 })
          await page.getByRole("button", { name: "Invite 0 people" }).waitFor()
        })
        expect(complaints).toEqual([])
      }).pipe(isolated)
  )

  it.live("shows the file that is chosen after a return to the screen, and invites its people", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/import")
        await page.getByLabel("File", { exact: true }).setInputFiles(fileOf("guests.csv", guests))
        await page.getByText("3 (3 by address, 0 by member id)").waitFor()
        await open(page, "/spots")
        await page.getByRole("heading", { name: "Spots", exact: true }).waitFor()
        await open(page, "/import")
        const others = "email\r\nfay@example.com\r\ngil@example.com\r\n"
        await page.getByLabel("File", { exact: true }).setInputFiles(fileOf("others.csv", others))
        await page.getByLabel("Live", { exact: true }).fill("live-9")
        await page.getByLabel("The id is right").press("Space")
        await page.getByText("2 (2 by address, 0 by member id)").waitFor()
        await page.getByRole("button", { name: "Invite 2 people" }).press("Enter")
        await page.getByText("Imported 2 people.").waitFor()
      })
      const { items } = yield* until(
        operator.invitations.search({ payload: { live: "live-9" } }),
        ({ items }) => items.length >= 2
      )
      expect(items.map(({ member }) => member).toSorted()).toEqual(["fay@example.com", "gil@example.com"])
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("shows the file to a viewer, who can't import it", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const { act } = yield* visit(url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await open(page, "/import")
        await page.getByLabel("File", { exact: true }).setInputFiles(fileOf("guests.csv", guests))
        await page.getByText("3 (3 by address, 0 by member id)").waitFor()
        expect(await page.getByRole("button", { name: /^Invite/ }).count()).toBe(0)
      })
    }).pipe(isolated)
  )
})
