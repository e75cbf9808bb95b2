/** The Jobs screen: the progress of each job, and how to pause, resume and stop it by keyboard. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { relay, tokens } from "../../relay/test/admin/harness.ts"
import { isolated, until } from "../../relay/test/harness.ts"
import { isBrowserMissing, open, press, visit } from "./browser.ts"

describe.skipIf(isBrowserMissing)("the page", () => {
  it.live("shows a job with its progress, and resumes and stops it by keyboard", () =>
    Effect.gen(function* () {
      const { url, operator, sql } = yield* relay()
      const { id } = yield* operator.jobs.begin({
        payload: { kind: "cancel", selection: { source: "svix", status: ["pending"] }, total: 2_500 }
      })
      const state = Effect.map(operator.jobs.get({ params: { id } }), (job) => job.state)
      yield* until(state, (state) => state === "done")
      const paused = sql`UPDATE jobs SET state = 'paused', done = 1000, ended_at = NULL`
      yield* paused
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await page.keyboard.press("g")
        await page.keyboard.press("j")
        await page.getByRole("heading", { level: 1, name: "Jobs" }).waitFor()
        const row = page.getByRole("row").nth(1)
        await row.getByText("Cancel invitations").waitFor()
        await row.getByText("source: svix; status: pending").waitFor()
        await row.getByText("1,000 of 2,500").waitFor()
        await row.getByText("Paused").waitFor()
        await press(row.getByRole("button", { name: "Resume" }))
        await row.getByText("Done", { exact: true }).waitFor()
      })
      yield* paused
      yield* act(async (page) => {
        await open(page, "/jobs")
        await page.reload()
        const row = page.getByRole("row").nth(1)
        await press(row.getByRole("button", { name: "Stop" }))
        await row.getByText("Stopped").waitFor()
      })
      expect(yield* state).toBe("stopped")
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("shows the newest job when the screen is opened again", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const begin = (source: string) =>
        operator.jobs.begin({ payload: { kind: "cancel", selection: { source, status: ["pending"] } } })
      yield* begin("svix")
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/jobs")
        await page.getByText("source: svix").waitFor()
        await open(page, "/spots")
        await page.getByRole("heading", { level: 1, name: "Spots" }).waitFor()
      })
      yield* begin("hmac")
      yield* act(async (page) => {
        await page.getByRole("link", { name: "Jobs" }).press("Enter")
        await page.getByRole("row").nth(1).getByText("source: hmac").waitFor()
        expect(await page.getByRole("button", { name: "new. Show" }).count()).toBe(0)
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("offers no change to a reader", () =>
    Effect.gen(function* () {
      const { url, operator, sql } = yield* relay()
      yield* operator.jobs.begin({ payload: { kind: "replay", selection: { all: true } } })
      yield* until(operator.jobs.list({ query: {} }), ({ items }) => items[0]?.state === "done")
      yield* sql`UPDATE jobs SET state = 'paused', ended_at = NULL`
      const { act, complaints } = yield* visit(url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await open(page, "/jobs")
        await page.getByRole("row").nth(1).getByText("Paused").waitFor()
        expect(await page.getByRole("button", { name: "Resume" }).count()).toBe(0)
      })
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )
})
