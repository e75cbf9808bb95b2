/**
 * Questions that operators ask of one relay at which all of it has happened. The page answers each after at most three actions: a
 * click, or a text with Enter.
 */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import type { Locator, Page } from "playwright-core"
import { copyTo } from "../../../packages/engine/test/sqliteTemplate.ts"
import { relay, tokens } from "../../relay/test/admin/harness.ts"
import { deliver, folder, isolated, openDatabase, until } from "../../relay/test/harness.ts"
import { shared } from "../../relay/test/shared.ts"
import { isBrowserMissing, open, visit } from "./browser.ts"

const alice = "alice@example.com"
const hour = 3_600_000

/** A source that received 40 webhooks in each hour of four weeks, and nothing for three hours. */
const silence = (file: string, source: string) =>
  Effect.scoped(
    Effect.map(openDatabase(file), (database) => {
      const insert = database.prepare(
        "INSERT INTO counts (span, at, source, name, writer, count) VALUES ('hour', ?, ?, 'accepted', 'a', 40)"
      )
      const thisHour = Math.floor(Date.now() / hour) * hour
      database.exec("BEGIN")
      for (let back = 3; back < 4 * 168; back++) insert.run(thisHour - back * hour, source)
      database.exec("COMMIT")
    })
  )

const busy = Effect.gen(function* () {
  const home = yield* folder("")
  yield* copyTo(home.database)
  yield* silence(home.database, "hmac")
  const relayed = yield* relay(undefined, {}, { home, lookEvery: "20 millis" })
  const { url, fault, operator, viewer } = relayed
  const settled = (status: "invited" | "rejected" | "pending", live: string, count = 1) =>
    until(
      viewer.invitations.search({ payload: { live, status: [status] } }),
      ({ items }) => items.length === count
    )

  // The CRM sends Alice's sign-up twice.
  for (const id of ["crm-1", "crm-2"]) yield* deliver(url, "standard", { email: alice }, { id })
  yield* settled("invited", "live-standard")
  yield* until(operator.lives.list({ query: {} }), ({ items }) => items.every(({ title }) => title !== null))
  yield* fault(400)
  yield* deliver(url, "svix", { email: alice })
  yield* settled("rejected", "live-svix")
  for (let at = 0; at < 40; at++) yield* deliver(url, "token", { person: `person-${at}@example.com` })
  yield* until(
    viewer.webhooks.search({ payload: { source: "token", status: ["unmappable"] } }),
    ({ items }) => items.length === 40
  )
  for (const id of ["1", "2", "3"])
    yield* deliver(url, "svix", { email: "m@example.com" }, { id, secret: `whsec_${btoa("an old secret")}` })
  // MeltingSpot asks for a pause of ten minutes while Bob waits.
  yield* fault(429, { retryAfter: "600" })
  yield* deliver(url, "standard", { email: "bob@example.com" })
  yield* until(operator.spots.list(), ([spot]) => spot?.state === "cooldown")
  return relayed
})

/** Acts on the page, at most three times for each question. */
const acting = (page: Page) => {
  let left = 3
  const counted = async (act: Promise<void>) => {
    if (left-- === 0) throw new Error("a fourth action")
    await act
  }
  return {
    click: (target: Locator) => counted(target.click()),
    enter: async (text: string) => {
      const box = page.getByRole("searchbox", { name: "Search by address" })
      await box.fill(text)
      await counted(box.press("Enter"))
    }
  }
}

interface Question {
  readonly name: string
  readonly answer: (page: Page, act: ReturnType<typeof acting>) => Promise<unknown>
}

const concern = (page: Page, text: string | RegExp) =>
  page.getByRole("region", { name: "Needs attention" }).getByRole("listitem").filter({ hasText: text })

const questions: ReadonlyArray<Question> = [
  {
    name: "was Alice invited, and why not?",
    answer: async (page, { enter }) => {
      await enter(alice)
      const answers = page.getByRole("list", { name: "Answer" }).getByRole("listitem")
      await answers.filter({ hasText: /^No\. .* was rejected: MeltingSpot says/ }).waitFor()
      await answers.filter({ hasText: /^Yes\. Invited to/ }).waitFor()
    }
  },
  {
    name: "did the form stop, and when?",
    answer: async (page) => {
      const silent = concern(page, "Source hmac is silent.")
      await silent.getByText(/Began [34](?:\.\d)? h ago/).waitFor()
    }
  },
  {
    name: "how much of the budget is left, and is all sent before the Live begins?",
    answer: async (page, { click }) => {
      await page.getByText(/49,99\d left/).waitFor()
      await concern(page, "Spot main is in cooldown.").waitFor()
      await click(page.getByRole("link", { name: "Lives", exact: true }))
      const live = page.getByRole("row").filter({ hasText: "Live live-standard" })
      await live.getByText(/^No, sent in/).waitFor()
    }
  },
  {
    name: "which secret is wrong, since when, and what is lost?",
    answer: async (page, { click }) => {
      await click(concern(page, "3 refused deliveries of source svix"))
      await page.getByRole("columnheader", { name: "First received" }).waitFor()
      expect(await page.getByRole("row").filter({ hasText: "svix" }).count()).toBe(3)
      await click(page.getByRole("button", { name: "Release", exact: true }))
      await page
        .getByRole("dialog")
        .getByText("none of these deliveries verifies with the current secrets")
        .waitFor()
    }
  },
  {
    name: "which webhooks did the mapping miss, and how do they get mapped?",
    answer: async (page, { click }) => {
      await click(concern(page, "Mapping failed for 40 webhooks of source token."))
      await click(page.getByRole("button", { name: "Map again" }))
      await page.getByRole("dialog").getByText("40", { exact: true }).waitFor()
    }
  },
  {
    name: "did the CRM send Alice twice?",
    answer: async (page, { enter }) => {
      await enter(alice)
      await page.getByText("already requested: one invitation per person and Live").waitFor()
    }
  }
]

describe.skipIf(isBrowserMissing)("the page answers after at most three actions:", () => {
  const prepared = shared(busy)

  for (const { name, answer } of questions) {
    it.live(name, () =>
      Effect.gen(function* () {
        const { url } = yield* prepared
        const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
        yield* act((page) => open(page, "/"))
        yield* act((page) => answer(page, acting(page)))
        expect(complaints).toEqual([])
      }).pipe(isolated)
    )
  }
})
