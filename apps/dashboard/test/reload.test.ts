import { describe, expect, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { admin, tokens } from "../../relay/test/admin/harness.ts"
import { configuration, folder, isolated, sandbox, secrets, serve } from "../../relay/test/harness.ts"
import type { Page } from "playwright-core"
import { isBrowserMissing, open, visit } from "./browser.ts"

/** Milliseconds for a relay in a process of its own, on a busy machine. */
const patience = 180_000

const card = (page: Page, name: string) => page.getByRole("article", { name: `Source ${name}`, exact: true })

describe.skipIf(isBrowserMissing)("Reload configuration", () => {
  it.live(
    "shows by keyboard what changed or why the file was refused, and is hidden from a token that only reads",
    () =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const { url: upstream } = yield* sandbox
        const text = admin + configuration(upstream)
        const home = yield* folder(text)
        const relay = yield* serve(home, { ...secrets, ...tokens })
        const { act, complaints } = yield* visit(relay.url, tokens.OPERATE_TOKEN)
        yield* act((page) => open(page, "/sources"))
        yield* act((page) => card(page, "token").waitFor())
        const shows = (title: string, line: string) =>
          act(async (page) => {
            const button = page.getByRole("button", { name: "Reload configuration" })
            await button.press("Enter")
            const dialog = page.getByRole("dialog", { name: title })
            await dialog.getByText(line).waitFor()
            await page.keyboard.press("Escape")
            await dialog.waitFor({ state: "detached" })
          })

        yield* shows("Configuration reloaded", "The file has not changed.")
        yield* fs.writeFileString(home.file, text.replace(/ {2}token:\n(?: {4}.*\n)+/, ""))
        yield* shows("Configuration reloaded", "sources removed token")
        yield* act((page) => card(page, "token").waitFor({ state: "detached" }))
        yield* fs.writeFileString(home.file, text.replace("live: live-svix", "lvie: live-svix"))
        yield* shows(
          "Configuration not reloaded",
          "sources.svix.invite.lvie: unknown key; did you mean live?"
        )
        // The browser reports an answer that refuses as a console error.
        expect(complaints.filter((line) => !line.includes("422"))).toEqual([])

        const viewer = yield* visit(relay.url, tokens.READ_TOKEN)
        yield* viewer.act(async (page) => {
          await open(page, "/sources")
          await card(page, "svix").waitFor()
          expect(await page.getByRole("button", { name: "Reload configuration" }).count()).toBe(0)
        })
      }).pipe(isolated),
    patience
  )
})
