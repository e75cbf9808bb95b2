/** The machine's own Chromium, looking at a relay of this process. */
import { Effect, type Scope } from "effect"
import { mkdirSync, existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type BrowserContextOptions, chromium, type Page } from "playwright-core"

const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]

const executablePath = process.env["CHROMIUM"] ?? candidates.find(existsSync)

/** Tests that need a browser are left out without one, and that is said. */
export const isBrowserMissing = executablePath === undefined

if (isBrowserMissing) {
  process.stderr.write(
    "\n*** THE PAGE IS NOT TESTED: there is no browser. Install Chromium, or name one in CHROMIUM. ***\n\n"
  )
}

/** One for all tests of a worker, each of which has a profile of its own. It ends with the worker. */
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

/** What the browser complained of: a policy that was broken, a script that failed. */
export interface Visit {
  readonly page: Page
  readonly complaints: ReadonlyArray<string>
  /** Where each file of the page and each answer came from. */
  readonly hosts: ReadonlySet<string>
  readonly act: <A>(step: (page: Page) => Promise<A>) => Effect.Effect<A>
}

/** Signed in with a token, as by the address that the demo prints. */
export const visit = Effect.fnUntraced(function* (
  url: string,
  token: string,
  options: BrowserContextOptions = {}
): Effect.fn.Return<Visit, never, Scope.Scope> {
  const viewport = { width: 1360, height: 900 }
  // A page that is opened so has a profile of its own, which is closed with it.
  const page = yield* Effect.acquireRelease(
    Effect.promise(async () =>
      (await launched()).newPage({ viewport, timezoneId: "Europe/Berlin", ...options })
    ),
    (page) => Effect.promise(() => page.close())
  )
  page.setDefaultTimeout(20_000)
  const complaints: Array<string> = []
  const hosts = new Set<string>()
  page.on("pageerror", (error) => complaints.push(String(error)))
  page.on("console", (message) => {
    // Whether somebody is signed in is asked first.
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

export const screenshots = fileURLToPath(new URL("screenshots", import.meta.url))

mkdirSync(screenshots, { recursive: true })

/** By the address after `#`, once what it asks for is there. */
export const open = async (page: Page, path: string) => {
  await page.evaluate((path) => void (window.location.hash = path), path)
  await page.waitForFunction(() => document.querySelector(".waiting") === null)
}
