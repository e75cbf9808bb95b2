/** The machine's Chromium, with a page of a relay in this process. */
import { Effect, type Scope } from "effect"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type BrowserContextOptions, chromium, type Locator, type Page } from "playwright-core"

/** The first one takes 40 % less processor time for the same pages. */
const candidates = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome"
]

const executablePath = process.env["CHROMIUM"] ?? candidates.find(existsSync)

/** Tests that need a browser are skipped without one, with a warning. */
export const isBrowserMissing = executablePath === undefined

if (isBrowserMissing) {
  process.stderr.write(
    "\n*** THE PAGE IS NOT TESTED: no browser found. Install Chromium, or set CHROMIUM to its path. ***\n\n"
  )
}

/** One browser per worker. Each test has its own profile. */
let browser: ReturnType<typeof chromium.launch> | undefined

const launched = () =>
  (browser ??= chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync"
    ]
  }))

/** Errors in the console, such as policy violations and failed scripts. */
export interface Visit {
  readonly page: Page
  readonly complaints: ReadonlyArray<string>
  /** The hosts of all requests. */
  readonly hosts: ReadonlySet<string>
  readonly act: <A>(step: (page: Page) => Promise<A>) => Effect.Effect<A>
}

/** Signs in by an address with a token, as the demo prints it. */
export const visit = Effect.fnUntraced(function* (
  url: string,
  token: string,
  options: BrowserContextOptions = {}
): Effect.fn.Return<Visit, never, Scope.Scope> {
  const viewport = { width: 1360, height: 900 }
  // A profile of its own, which closes with all its tabs.
  const context = yield* Effect.acquireRelease(
    Effect.promise(async () =>
      (await launched()).newContext({ viewport, timezoneId: "Europe/Berlin", ...options })
    ),
    (context) => Effect.promise(() => context.close())
  )
  const page = yield* Effect.promise(() => context.newPage())
  page.setDefaultTimeout(40_000)
  const complaints: Array<string> = []
  const hosts = new Set<string>()
  page.on("pageerror", (error) => complaints.push(String(error)))
  page.on("console", (message) => {
    // The first request of a signed-out page fails with 401.
    if (message.type() === "error" && !message.text().includes("401")) complaints.push(message.text())
  })
  page.on("request", (request) => hosts.add(new URL(request.url()).host))
  const act = <A>(step: (page: Page) => Promise<A>) => Effect.promise(() => step(page))
  yield* act(async () => {
    await page.goto(`${url}/#token=${token}`)
    await page.getByRole("heading", { name: "Overview" }).waitFor()
  })
  return { page, complaints, hosts, act }
})

const screenshots = fileURLToPath(new URL("screenshots", import.meta.url))

/** Writes a picture of the page to `test/screenshots`, if `SCREENSHOTS` is set. */
export const picture = async (page: Page, name: string) => {
  if (process.env["SCREENSHOTS"] === undefined) return
  await page.screenshot({ path: `${screenshots}/${name}.png`, fullPage: true })
}

/** Opens an address after `#` and waits until it has loaded. */
export const open = async (page: Page, path: string) => {
  await page.evaluate((path) => void (window.location.hash = path), path)
  await page.waitForFunction(() => document.querySelector(".waiting") === null)
}

/** Where the focus is, as seen from an element. */
const focusFrom = (element: Element) => {
  const { activeElement } = document
  if (activeElement === element) return "here"
  const row = activeElement?.closest("[role=row]")
  if (row?.contains(element)) return "in its row"
  return activeElement?.closest("[role=grid]")?.contains(element) ? "in its table" : "elsewhere"
}

const keyTo = { "in its row": "ArrowLeft", "in its table": "ArrowDown", elsewhere: "Tab" }

/** Goes to an element by keyboard alone: Tab from part to part, and the arrow keys in a table. */
export const reach = async (element: Locator) => {
  await element.waitFor()
  for (let presses = 0; presses < 150; presses++) {
    const focus = await element.evaluate(focusFrom)
    if (focus === "here") return
    await element.page().keyboard.press(keyTo[focus])
  }
  throw new Error(`150 keys do not reach ${String(element)}`)
}

/** Presses a button by keyboard alone. */
export const press = async (button: Locator) => {
  await reach(button)
  await button.page().keyboard.press("Enter")
}
