import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { deliver, isolated, until } from "../../relay/test/harness.ts"
import { relay, tokens } from "../../relay/test/admin/harness.ts"
import { shared } from "../../relay/test/shared.ts"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { Page } from "playwright-core"
import { isBrowserMissing, open, picture, press, visit } from "./browser.ts"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** A relay with content for each screen. */
const eventful = Effect.gen(function* () {
  const relayed = yield* relay()
  const { url, fault, operator } = relayed
  yield* fault(400)
  yield* deliver(url, "svix", { email: "dead@example.com" }, { id: "dead" })
  yield* until(operator.deadLetters.list(), (groups) => groups.length === 1)
  yield* deliver(url, "svix", { email: "alice@example.com" }, { id: "good" })
  yield* deliver(url, "token", "no JSON")
  yield* deliver(url, "svix", { email: "m@example.com" }, { id: "bad", secret: `whsec_${btoa("another")}` })
  yield* fault(404)
  yield* deliver(url, "standard", { email: "gone@example.com" })
  yield* until(operator.lives.parked(), (lives) => lives.length === 1)
  yield* operator.tokens.create({ payload: { name: "a colleague", scope: "read" } })
  yield* operator.sources.pause({
    params: { name: "typeform" },
    payload: { reason: "fixing the form" }
  })
  const { items } = yield* operator.webhooks.search({ payload: { source: "svix" } })
  const quarantined = yield* operator.quarantine.list({ query: {} })
  const dead = yield* operator.invitations.search({ payload: { status: ["rejected"] } })
  yield* operator.jobs.begin({ payload: { kind: "replay", selection: { status: ["expired"] } } })
  const screens = {
    overview: "/",
    webhooks: "/webhooks",
    webhook: `/webhooks/${items[0]?.id}`,
    invitations: "/invitations",
    invitation: `/invitations/${dead.items[0]?.id}`,
    lives: "/lives",
    person: "/person/alice%40example.com",
    search: "/search/alice",
    "dead-letters": "/dead-letters",
    quarantine: "/quarantine",
    delivery: `/quarantine/${quarantined.items[0]?.id}`,
    sources: "/sources",
    spots: "/spots",
    mapping: "/mapping?source=svix",
    jobs: "/jobs",
    import: "/import",
    tokens: "/tokens",
    audit: "/audit",
    purge: "/purge",
    settings: "/settings",
    nowhere: "/nowhere"
  }
  return { url, screens }
})

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }

/** The looks of one visit, which have the same elements in other colors. */
const visits = [["light", "dark", "forced"], ["phone"]] as const

type Look = (typeof visits)[number][number]

const paint = (page: Page, look: Look) =>
  page.emulateMedia({
    colorScheme: look === "dark" ? "dark" : "light",
    forcedColors: look === "forced" ? "active" : "none"
  })

/** Loads axe as a console command because the page's policy forbids scripts. It stays until a reload. */
const loadAxe = (page: Page) => page.evaluate(axe)

/** The rules of axe that can find something else where only the colors differ. */
const ofColors = { runOnly: ["color-contrast", "link-in-text-block"] }

/** Shows what a file with a row that can't be imported says. */
const preview = async (page: Page) => {
  const buffer = Buffer.from("Name,E-Mail\nAda,ada@example.com\nBob,Bob <bob@example.com>\nEva,nobody\n")
  const file = { name: "guests.csv", mimeType: "text/csv", buffer }
  await page.getByLabel("File", { exact: true }).setInputFiles(file)
  await page.getByRole("button", { name: "Invite 2 people" }).waitFor()
}

/** Findings of axe. */
const faults = async (page: Page, rules: "all" | "colors" = "all") => {
  const options = JSON.stringify(rules === "all" ? {} : ofColors)
  const { violations } = await page.evaluate<Found>(`axe.run(document, ${options})`)
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 150)).join(" | ")}`
  )
}

interface Found {
  readonly violations: ReadonlyArray<Violation>
}

interface Violation {
  readonly id: string
  readonly nodes: ReadonlyArray<{ readonly html: string }>
}

describe.skipIf(isBrowserMissing)("each screen", () => {
  // One relay serves all looks, because they only read.
  const watched = shared(eventful)

  for (const looks of visits) {
    it.live(
      `is accessible, fits, and breaks no policy, ${looks.join(", ")}`,
      () =>
        Effect.gen(function* () {
          const { url, screens } = yield* watched
          const { act, complaints } = yield* visit(
            url,
            tokens.OPERATE_TOKEN,
            looks[0] === "phone" ? phone : {}
          )
          yield* act(loadAxe)
          for (const [name, path] of Object.entries(screens)) {
            yield* act(async (page) => {
              await open(page, path)
              await page.getByRole("heading", { level: 1 }).waitFor()
              if (name === "import") await preview(page)
            })
            for (const look of looks) {
              const seen = yield* act(async (page) => {
                await paint(page, look)
                await picture(page, `${name}-${look}`)
                return {
                  name,
                  look,
                  faults: await faults(page, look === looks[0] ? "all" : "colors"),
                  overflow: await page.evaluate(
                    () => document.documentElement.scrollWidth > window.innerWidth
                  )
                }
              })
              expect.soft(seen).toEqual({ name, look, faults: [], overflow: false })
            }
          }
          expect(complaints).toEqual([])
        }).pipe(isolated),
      // On a busy machine, each of more than twenty screens takes some seconds.
      { timeout: 360_000 }
    )
  }

  it.live("opens its dialogs by keyboard alone, accessible, light and dark", () =>
    Effect.gen(function* () {
      const { url, screens } = yield* watched
      const { act, complaints } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(loadAxe)
      const dialogs = [
        [screens.webhooks, "Export"],
        [screens.webhooks, "Shortcuts"],
        ["/webhooks?status=unmappable", "Save these filters"],
        [screens.webhook, "Map again"],
        [screens.invitations, "Cancel"],
        ["/mapping?source=token", "Map again"],
        [screens["dead-letters"], "Replay all"],
        [screens.quarantine, "Release"],
        [screens.delivery, "Discard"],
        [screens.person, "Forget this person"],
        [screens.sources, "Pause"],
        [screens.spots, "Pause"],
        [screens.tokens, "Create token"],
        [screens.tokens, "Revoke"],
        [screens.tokens, "End all other sessions"],
        [screens.purge, "Count"]
      ] as const
      for (const [path, name] of dialogs) {
        const seen = yield* act(async (page) => {
          await open(page, path)
          await press(page.getByRole("button", { name, exact: true }).first())
          await page.getByRole("dialog").waitFor()
          await page.waitForFunction(() => document.querySelector(".dialog .waiting") === null)
          await paint(page, "light")
          const light = await faults(page)
          await paint(page, "dark")
          const dark = await faults(page, "colors")
          await page.keyboard.press("Escape")
          await page.getByRole("dialog").waitFor({ state: "hidden" })
          return { name, light, dark }
        })
        expect.soft(seen).toEqual({ name, light: [], dark: [] })
      }
      expect(complaints).toEqual([])
    }).pipe(isolated)
  )

  it.live("gives dialogs an edge in forced colors, which show no shadow", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const { act } = yield* visit(url, tokens.OPERATE_TOKEN, { forcedColors: "active" })
      yield* act(async (page) => {
        await open(page, "/spots")
        await page.getByRole("button", { name: "Pause" }).press("Enter")
        await page.getByRole("dialog").waitFor()
        const edge = await page
          .locator(".modal")
          .evaluate((modal) => window.getComputedStyle(modal).borderWidth)
        expect(edge).toBe("2px")
      })
    }).pipe(isolated)
  )

  it.live("is accessible while signed out", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const { act } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await page.getByRole("button", { name: "Sign out" }).click()
        await page.getByRole("heading", { name: "Sign in" }).waitFor()
        await picture(page, "sign-in")
        await loadAxe(page)
        expect(await faults(page)).toEqual([])
      })
    }).pipe(isolated)
  )
})
