/** Questions about a person and about an id, each answered with one entry in the box at the top. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Page } from "playwright-core"
import { deliver, isolated, until } from "../../relay/test/harness.ts"
import { relay, type Relay, tokens } from "../../relay/test/admin/harness.ts"
import { isBrowserMissing, open, visit } from "./browser.ts"

const alice = "alice@example.com"

const ask = async (page: Page, text: string) => {
  const box = page.getByRole("searchbox", { name: "Search by address" })
  await box.fill(text)
  await box.press("Enter")
}

/** The sentences of the answer, without their times. */
const answers = async (page: Page) => {
  const list = page.getByRole("list", { name: "Answer" })
  await list.waitFor()
  return await list.getByRole("listitem").allTextContents()
}

const invited = ({ viewer }: Relay, live: string, status: "invited" | "rejected") =>
  until(viewer.invitations.search({ payload: { live } }), ({ items }) =>
    items.some((one) => one.status === status)
  )

const why = ({ viewer }: Relay) => viewer.people.why({ payload: { person: alice } })

describe.skipIf(isBrowserMissing)("the page answers", () => {
  it.live("whether Alice was invited to each Live, and why not", () =>
    Effect.gen(function* () {
      const one = yield* relay()
      yield* deliver(one.url, "standard", { email: alice })
      yield* invited(one, "live-standard", "invited")
      yield* one.fault(400)
      yield* deliver(one.url, "svix", { email: alice })
      yield* invited(one, "live-svix", "rejected")
      const { act, complaints } = yield* visit(one.url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await ask(page, "Alice <ALICE@example.com>")
        const [newest, before] = await answers(page)
        expect(newest).toMatch(/^No\. The invitation to the Live live-svix was rejected: MeltingSpot says/)
        expect(newest).toMatch(/[^.]\. That was .+\. Invitation$/)
        expect(before).toMatch(/^Yes\. Invited to the Live live-standard\. That was .+\. Invitation$/)
        await page.getByRole("listitem").filter({ hasText: "No." }).getByRole("link").click()
        await page.getByRole("heading", { name: "Invitation", exact: true }).waitFor()
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("what Alice waits for, in a held webhook, in quarantine, and in an escaped body", () =>
    Effect.gen(function* () {
      const one = yield* relay()
      yield* one.operator.sources.pause({ params: { name: "svix" }, payload: { reason: "budget talks" } })
      yield* deliver(one.url, "svix", { email: alice })
      yield* deliver(one.url, "token", String.raw`{"people":{"mail":"\u0061lice@example.com"}}`)
      yield* deliver(one.url, "standard", { email: alice }, { secret: `whsec_${btoa("another secret")}` })
      yield* until(why(one), ({ answers }) => answers.length === 3)
      const { act } = yield* visit(one.url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await ask(page, alice)
        expect((await answers(page)).map((text) => text.replace(/[:.] .*/, "")).toSorted()).toEqual([
          "No",
          "No",
          "Not yet"
        ])
        await page.getByText("waits while the source is paused: budget talks.").waitFor()
        await page.getByText("A webhook from token created no invitation").waitFor()
        const answer = page.getByRole("list", { name: "Answer" }).getByRole("listitem")
        await answer.filter({ hasText: "was refused and is in quarantine" }).getByRole("link").click()
        await page.getByRole("heading", { name: "Refused delivery" }).waitFor()
      })
    }).pipe(isolated)
  )

  it.live("that the CRM sent a sign-up twice, in the order of time", () =>
    Effect.gen(function* () {
      const one = yield* relay()
      yield* deliver(one.url, "svix", { email: alice }, { id: "msg-1" })
      yield* invited(one, "live-svix", "invited")
      yield* deliver(one.url, "svix", { email: alice }, { id: "msg-2" })
      yield* until(why(one), ({ story }) => story.filter(({ kind }) => kind === "requested").length === 2)
      const { act } = yield* visit(one.url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await ask(page, alice)
        await page.getByText("already requested: one invitation per person and Live").waitFor()
        const story = await page.locator(".story").textContent()
        expect(story?.indexOf("created")).toBeLessThan(story?.indexOf("already requested") ?? 0)
      })
    }).pipe(isolated)
  )

  it.live("which Live has a title, who was invited to it, and which one MeltingSpot does not know", () =>
    Effect.gen(function* () {
      const one = yield* relay()
      yield* deliver(one.url, "svix", { email: alice })
      yield* invited(one, "live-svix", "invited")
      yield* one.fault(404, { times: 100 })
      yield* deliver(one.url, "standard", { email: alice })
      yield* until(one.viewer.lives.parked(), (lives) => lives.length === 1)
      yield* one.sql`UPDATE lives SET title = ${"Product \u202edemo"} WHERE live_id = 'live-svix'`
      yield* one.sql`UPDATE lives SET starts_at = ${Date.UTC(2020, 4, 4)} WHERE live_id = 'live-svix'`
      yield* one.sql`UPDATE lives SET title = 'Webinar' WHERE live_id = 'live-standard'`
      const { act, complaints } = yield* visit(one.url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        const attention = page.getByRole("region", { name: "Needs attention" }).getByRole("listitem")
        const parked = attention.filter({ hasText: "Live live-standard of Spot main, so it is parked." })
        await parked.getByText("Its title: Webinar.").waitFor()
        await ask(page, alice)
        await page.getByText(/The next attempt is (in \d+ (s|min)|now)\./).waitFor()
        await ask(page, "PRODUCT")
        await page.getByText("began").waitFor()
        await page.getByRole("link", { name: "Product \\u{202E}demo" }).press("Enter")
        await page.getByRole("heading", { name: "Invitations", exact: true }).waitFor()
        await page.getByRole("link", { name: alice }).waitFor()
        await ask(page, alice)
        await page.getByText('Invited to the Live "Product \\u{202E}demo" (live-svix).').waitFor()
        await open(page, `/person/${encodeURIComponent(`\u202e${alice}`)}`)
        await page.getByText(`look-alike characters: \\u{202E}${alice}`).waitFor()
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("which webhook, invitation or person an id, a trace or a part of an address belongs to", () =>
    Effect.gen(function* () {
      const one = yield* relay()
      yield* deliver(one.url, "svix", { email: alice }, { id: "msg-1" })
      yield* invited(one, "live-svix", "invited")
      const { items } = yield* one.viewer.webhooks.search({ payload: {} })
      const { act, complaints } = yield* visit(one.url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await ask(page, items[0]?.traceId ?? "")
        await page.getByRole("heading", { name: "Webhooks" }).waitFor()
        await page.getByRole("heading", { name: "Invitations" }).waitFor()
        await ask(page, "alice@exam")
        await page.getByRole("link", { name: alice }).waitFor()
        await ask(page, "msg-1")
        await page.getByRole("link", { name: "msg-1" }).click()
        await page.getByRole("heading", { name: "Webhook", exact: true }).waitFor()
        await ask(page, "msg-9")
        await page.getByText("Nothing found").waitFor()
        await open(page, `/search/${encodeURIComponent("<b>%")}`)
        await page.getByText("Nothing found").waitFor()
        await open(page, "/search/%20")
        await page.getByText("Nothing to search for").waitFor()
        await open(page, "/person/%20")
        expect(await page.getByLabel("Address or member id").inputValue()).toBe("")
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )
})
