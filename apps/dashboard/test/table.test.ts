/** Tables: rows that hold still, links, pages and copying. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { deliver, isolated, until } from "../../relay/test/harness.ts"
import { relay, tokens } from "../../relay/test/admin/harness.ts"
import { merge } from "../src/parts/merge.ts"
import { isBrowserMissing, open, visit } from "./browser.ts"

const idOf = (item: { readonly id: string }) => item.id
const pageOf = (ids: string, next: string | null = null) => ({
  items: ids.split("").map((id) => ({ id })),
  next
})
const shown = (held: string, newest: string, next: string | null, keepsRemoved = false) => {
  const { items, news } = merge(pageOf(held, next), pageOf(newest, next), idOf, keepsRemoved)
  return [items.map(idOf).join(""), news]
}

describe("rows that hold still", () => {
  it("keep their places and count what is new", () => {
    expect(shown("cba", "edc", "x")).toEqual(["cba", 2])
    expect(shown("cba", "fed", "x")).toEqual(["cba", 3])
    expect(shown("cba", "dcba", null)).toEqual(["cba", 1])
  })

  it("leave out removed ones, but not under the pointer", () => {
    expect(shown("cba", "ca", null)).toEqual(["ca", 0])
    expect(shown("cba", "ca", null, true)).toEqual(["cba", 0])
    expect(shown("dcba", "eca", "x")).toEqual(["ca", 1])
  })

  it("come at once into an empty list, and into one whose rows were all removed", () => {
    expect(merge({ items: [], next: null }, pageOf("a"), idOf, false)).toEqual({ ...pageOf("a"), news: 0 })
    expect(shown("ba", "dc", null)).toEqual(["dc", 0])
  })
})

describe.skipIf(isBrowserMissing)("a table", () => {
  it.live("holds still and announces new rows", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      yield* deliver(url, "svix", { email: "a@example.com" }, { id: "msg-1" })
      const { act } = yield* visit(url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await open(page, "/webhooks")
        await page.getByText("msg-1").waitFor()
      })
      yield* deliver(url, "svix", { email: "b@example.com" }, { id: "msg-2" })
      yield* act(async (page) => {
        const show = page.getByRole("button", { name: "1 new. Show" })
        await show.waitFor()
        expect(await page.getByText("msg-2").count()).toBe(0)
        await show.click()
        await page.getByText("msg-2").waitFor()
        expect(await page.getByRole("row").nth(1).innerText()).toContain("msg-2")
      })
    }).pipe(isolated)
  )

  it.live("of webhooks names the first person and counts the others", () =>
    Effect.gen(function* () {
      const { url, viewer } = yield* relay()
      yield* deliver(
        url,
        "svix",
        { email: ["a@example.com", "b@example.com", "c@example.com"] },
        { id: "msg-1" }
      )
      yield* deliver(url, "token", "no JSON")
      yield* until(
        viewer.webhooks.search({ payload: { status: ["mapped", "unmappable"] } }),
        ({ items }) => items.length === 2
      )
      const { act } = yield* visit(url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await open(page, "/webhooks")
        const person = async (row: string) =>
          await page.getByRole("row").filter({ hasText: row }).locator("td[data-title=Person]").innerText()
        expect(await person("msg-1")).toBe("a@example.com + 2")
        expect(await person("token")).toBe("")
        expect(await page.getByRole("columnheader", { name: "Size" }).count()).toBe(0)
      })
    }).pipe(isolated)
  )

  it.live("has links to open in a tab of their own, text to select, and values to copy", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      yield* deliver(url, "svix", { email: "a@example.com" }, { id: "msg-1" })
      const { act } = yield* visit(url, tokens.READ_TOKEN, {
        permissions: ["clipboard-read", "clipboard-write"]
      })
      yield* act(async (page) => {
        await open(page, "/webhooks")
        const link = page.getByRole("link", { name: "msg-1" })
        expect(await link.getAttribute("href")).toMatch(/^#\/webhooks\/wh_/)
        const text = await page.getByRole("grid").getByText("svix", { exact: true }).boundingBox()
        if (text === null) throw new Error("no text")
        const middle = text.y + text.height / 2
        await page.mouse.move(text.x, middle)
        await page.mouse.down()
        await page.mouse.move(text.x + text.width, middle, { steps: 4 })
        await page.mouse.up()
        expect(await page.evaluate(() => String(window.getSelection()))).toBe("svix")
      })
      yield* act(async (page) => {
        await page.getByRole("heading", { name: "Webhooks" }).waitFor()
        await page.getByRole("columnheader", { name: "Source" }).click()
        await page.getByRole("row").nth(1).click()
        await page.getByRole("button", { name: "Copy delivery id" }).click()
        await page.getByRole("status").getByText("Copied").waitFor()
        expect(await page.evaluate(() => window.navigator.clipboard.readText())).toBe("msg-1")
      })
    }).pipe(isolated)
  )

  it.live("turns its pages within the page, begins each at its top, and returns to where it was", () =>
    Effect.gen(function* () {
      const { url, viewer } = yield* relay()
      yield* Effect.forEach(
        Array.from({ length: 60 }, (_, index) => `msg-${index}`),
        (id) => deliver(url, "svix", { email: `${id}@example.com` }, { id }),
        { concurrency: 8 }
      )
      const { next } = yield* viewer.webhooks.search({ payload: {} })
      const { act } = yield* visit(url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await open(page, `/webhooks?after=${next}`)
        await page.getByRole("row").nth(10).waitFor()
        expect(await page.getByRole("button", { name: "Newer" }).isDisabled()).toBe(true)
        await page.getByText("This address begins in the middle of the list.").waitFor()
        await page.getByRole("button", { name: "Newest" }).click()
        await page.getByRole("row").nth(50).waitFor()
        await page.getByRole("button", { name: "Older" }).click()
        await page.waitForFunction(() => window.scrollY < 400)
        await page.getByRole("button", { name: "Newer" }).click()
        await page.getByRole("row").nth(50).waitFor()
        await page.evaluate(() => window.scrollTo(0, 700))
        await page.getByRole("row").nth(25).getByRole("link").click()
        await page.getByRole("heading", { name: "Webhook", exact: true }).waitFor()
        await page.waitForFunction(() => window.scrollY === 0)
        await page.goBack()
        await page.waitForFunction(() => Math.abs(window.scrollY - 700) < 150)
        await open(page, "/webhooks?after=nonsense")
        await page.getByRole("alert").getByText("This link is not valid").waitFor()
        await page.getByRole("button", { name: "First page" }).click()
        await page.getByRole("row").nth(50).waitFor()
      })
    }).pipe(isolated)
  )

  it.live(
    "shows every column within its frame, however long the texts are",
    () =>
      Effect.gen(function* () {
        const { url, sql, viewer } = yield* relay()
        const long = "a-very-long-name-of-something-".repeat(3)
        yield* deliver(
          url,
          "svix",
          { email: `${long.slice(0, 59)}@${long.slice(0, 59)}.example.com` },
          { id: long }
        )
        yield* deliver(url, "token", "no JSON")
        yield* deliver(
          url,
          "svix",
          { email: "m@example.com" },
          { id: "3", secret: `whsec_${btoa("another")}` }
        )
        yield* until(
          viewer.webhooks.search({ payload: { status: ["mapped", "unmappable"] } }),
          ({ items }) => items.length === 2
        )
        yield* until(viewer.lives.list({ query: {} }), ({ items }) => items.length === 1)
        for (const table of ["webhooks", "invitations", "quarantined"]) {
          yield* sql`UPDATE ${sql(table)} SET source = ${long.slice(0, 60)}`
        }
        yield* sql`UPDATE lives SET title = ${long}, starts_at = ${Date.UTC(2031, 4, 4, 16)}`
        const { act } = yield* visit(url, tokens.OPERATE_TOKEN)
        for (const width of [390, 1280, 1440]) {
          for (const path of ["/webhooks", "/invitations", "/quarantine", "/lives"]) {
            const seen = yield* act(async (page) => {
              await page.setViewportSize({ width, height: 800 })
              await open(page, path)
              await page.getByRole("row").nth(1).waitFor()
              return await page.locator(".table-frame").evaluate((frame) => {
                const cells = [...frame.querySelectorAll("td, th")]
                return {
                  isWider: frame.scrollWidth > frame.clientWidth,
                  overflowing: cells
                    .filter((cell) => cell.scrollWidth > cell.clientWidth + 1)
                    .map((cell) => cell.textContent)
                }
              })
            })
            expect.soft({ width, path, ...seen }).toEqual({ width, path, isWider: false, overflowing: [] })
          }
        }
        yield* act(async (page) => {
          await page.getByText("May 4, 2031").waitFor()
          await page.setViewportSize({ width: 1280, height: 800 })
          await open(page, "/invitations")
          await page.getByRole("row").nth(1).waitFor()
          const filters = await page.locator(".filters").boundingBox()
          expect(filters?.height).toBeLessThan(260)
        })
      }).pipe(isolated),
    { timeout: 120_000 }
  )
})
