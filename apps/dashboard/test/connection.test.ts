/** The page while its connection, its session or its chunks fail. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer, connect, type Socket } from "node:net"
import { deliver, isolated, until } from "../../relay/test/harness.ts"
import { relay, tokens } from "../../relay/test/admin/harness.ts"
import { isBrowserMissing, open, visit } from "./browser.ts"

/** A network before the relay, which can stop to carry bytes without closing a connection. */
const network = Effect.fnUntraced(function* (target: string) {
  const sockets = new Set<Socket>()
  let isFrozen = false
  const server = createServer((near) => {
    const far = connect(Number(new URL(target).port), "127.0.0.1")
    for (const [from, to] of [
      [near, far],
      [far, near]
    ] as const) {
      sockets.add(from)
      from.pipe(to)
      from.on("error", () => to.destroy())
      from.on("close", () => (sockets.delete(from), to.destroy()))
      if (isFrozen) from.pause()
    }
  })
  yield* Effect.acquireRelease(
    Effect.promise(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))),
    () =>
      Effect.sync(() => {
        server.close()
        for (const socket of sockets) socket.destroy()
      })
  )
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  const each = (act: (socket: Socket) => void) => {
    for (const socket of sockets) act(socket)
  }
  return {
    url: `http://127.0.0.1:${port}`,
    freeze: () => {
      isFrozen = true
      each((socket) => socket.pause())
    },
    thaw: () => {
      isFrozen = false
      each((socket) => socket.resume())
    }
  }
})

describe.skipIf(isBrowserMissing)("the page", () => {
  it.live(
    "follows events with one connection for seven tabs, and another tab follows them when that one closes",
    () =>
      Effect.gen(function* () {
        const { url } = yield* relay()
        const { act, complaints } = yield* visit(url, tokens.READ_TOKEN)
        const streams = new Set<unknown>()
        yield* act(async (page) => {
          const context = page.context()
          context.on("request", (request) => {
            if (request.url().endsWith("/api/events")) streams.add(request)
          })
          context.on("requestfinished", (request) => streams.delete(request))
          context.on("requestfailed", (request) => streams.delete(request))
          await page.reload()
          await page.getByRole("status").getByText("Live", { exact: true }).waitFor()
          for (let tab = 2; tab <= 7; tab++) {
            const other = await context.newPage()
            await other.goto(`${url}/#/webhooks`)
            await other.getByText("No webhooks yet").waitFor()
            await other.getByRole("status").getByText("Live", { exact: true }).waitFor()
          }
        })
        expect(streams.size).toBe(1)
        yield* act((page) => page.goto("about:blank"))
        yield* deliver(url, "svix", { email: "alice@example.com" }, { id: "msg-1" })
        yield* act(async (page) => {
          for (const tab of page.context().pages()) {
            if (tab !== page) await tab.getByText("msg-1").waitFor()
          }
        })
        expect(streams.size).toBe(1)
        expect(complaints).toEqual([])
      }).pipe(isolated),
    { timeout: 120_000 }
  )

  it.live(
    "says in words that a frozen relay does not answer, also on a screen opened then, and when it is back",
    () =>
      Effect.gen(function* () {
        const { url } = yield* relay()
        const { url: near, freeze, thaw } = yield* network(url)
        const { act } = yield* visit(near, tokens.READ_TOKEN, { viewport: { width: 390, height: 844 } })
        yield* act(async (page) => {
          const sign = page.getByRole("banner").getByRole("status")
          await open(page, "/webhooks")
          await sign.getByText("Live", { exact: true }).waitFor()
          freeze()
          await sign.getByText("Reconnecting…").waitFor({ timeout: 10_000 })
          const banner = page.getByRole("alert").getByText("This screen may show earlier data.")
          await banner.waitFor()
          await page.evaluate(() => void (window.location.hash = "/invitations"))
          await page.getByText("The relay does not answer. This appears when it answers again.").waitFor()
          thaw()
          await sign.getByText("Live", { exact: true }).waitFor()
          await page.getByText("No invitations yet").waitFor()
          await banner.waitFor({ state: "detached" })
        })
      }).pipe(isolated)
  )

  it.live("refuses an act while the device is offline, and does not do it later", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      yield* deliver(url, "svix", { email: "alice@example.com" })
      yield* until(operator.invitations.search({ payload: {} }), ({ items }) => items.length === 1)
      const { act } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/person/alice%40example.com")
        await page.getByRole("button", { name: "Forget this person" }).press("Enter")
        const dialog = page.getByRole("dialog")
        await dialog.getByText("The relay deletes the address").waitFor()
        await page.context().setOffline(true)
        await dialog.getByRole("button", { name: "Forget", exact: true }).press("Enter")
        await dialog.getByText("The relay is unreachable. Check the connection and try again.").waitFor()
        await dialog.getByRole("button", { name: "Cancel" }).press("Enter")
        await dialog.waitFor({ state: "detached" })
        const later: Array<string> = []
        page.on("request", (request) => later.push(new URL(request.url()).pathname))
        await page.context().setOffline(false)
        // A screen that loads shows that requests go out again.
        await open(page, "/settings")
        await page.getByLabel("Settings as YAML").waitFor()
        expect(later).not.toContain("/api/people/forget")
      })
      expect((yield* operator.invitations.search({ payload: {} })).items).toMatchObject([
        { member: "alice@example.com" }
      ])
    }).pipe(isolated)
  )

  it.live("says that an act without an answer may have been done", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const { act } = yield* visit(url, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, "/tokens")
        await page.route(
          (url) => url.pathname.endsWith("/sessions"),
          (route) => (route.request().method() === "GET" ? route.continue() : undefined)
        )
        await page.getByRole("button", { name: "End all other sessions" }).press("Enter")
        await page.clock.install()
        await Promise.all([
          page.waitForRequest((request) => request.method() === "DELETE"),
          page.getByRole("button", { name: "End sessions" }).press("Enter")
        ])
        await page.clock.fastForward(21_000)
        await page
          .getByRole("alert")
          .getByText("The relay did not answer within 20 seconds, but it may have done this.")
          .waitFor()
      })
    }).pipe(isolated)
  )

  it.live("says that a delivery discarded elsewhere is gone, and offers no act on it", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay()
      const { url: near, freeze, thaw } = yield* network(url)
      yield* deliver(url, "svix", { email: "alice@example.com" }, { secret: `whsec_${btoa("another")}` })
      const [delivery] = (yield* operator.quarantine.list({ query: {} })).items
      const id = delivery?.id ?? ""
      const { act, complaints } = yield* visit(near, tokens.OPERATE_TOKEN)
      yield* act(async (page) => {
        await open(page, `/quarantine/${id}`)
        await page.getByRole("button", { name: "Discard" }).waitFor()
      })
      yield* operator.quarantine.discard({ payload: { ids: [id] } })
      const gone = `There is no delivery ${id} in quarantine.`
      yield* act(async (page) => {
        const sign = page.getByRole("banner").getByRole("status")
        await page.getByText(gone).waitFor()
        expect(await page.getByRole("button", { name: /Discard|Release/ }).count()).toBe(0)
        freeze()
        await sign.getByText("Reconnecting…").waitFor()
        thaw()
        await sign.getByText("Live", { exact: true }).waitFor()
        await page.getByText(gone).waitFor()
      })
      expect(complaints.filter((complaint) => complaint.includes(id))).toEqual([])
    }).pipe(isolated)
  )

  it.live("asks every tab to sign in when the session ends, and returns each to its screen", () =>
    Effect.gen(function* () {
      const { url, operator } = yield* relay(undefined, {}, { heartbeat: "200 millis" })
      const { act } = yield* visit(url, tokens.READ_TOKEN)
      const second = yield* act(async (page) => {
        await open(page, "/webhooks")
        const second = await page.context().newPage()
        await second.goto(`${url}/#/quarantine`)
        await second.getByRole("heading", { name: "Quarantine" }).waitFor()
        return second
      })
      for (const { id } of yield* operator.tokens.sessions({ query: {} })) {
        yield* operator.tokens.endSession({ params: { id } })
      }
      yield* act(async (page) => {
        await second.getByRole("heading", { name: "Sign in" }).waitFor()
        await page.getByRole("heading", { name: "Sign in" }).waitFor()
        expect(await page.title()).toBe("Sign in · Usher")
        await page.getByLabel("Token").fill(tokens.READ_TOKEN)
        await page.keyboard.press("Enter")
        await page.getByRole("heading", { name: "Webhooks" }).waitFor()
        await second.getByRole("heading", { name: "Quarantine" }).waitFor()
      })
    }).pipe(isolated)
  )

  it.live("takes a token from the address while somebody is signed in", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const { act } = yield* visit(url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await page.getByText("read-only access").waitFor()
        await page.evaluate((token) => void (window.location.hash = `token=${token}`), tokens.OPERATE_TOKEN)
        await page.getByText("operator access").waitFor()
        expect(page.url()).toBe(`${url}/#/`)
        await page.evaluate(() => void (window.location.hash = "token=usher_nobody"))
        await page.getByText("The token is unknown, expired or revoked.").waitFor()
        expect(page.url()).not.toContain("token")
        await page.getByRole("button", { name: "Keep the current session" }).click()
        await page.getByText("operator access").waitFor()
      })
    }).pipe(isolated)
  )

  it.live("loads screens again after their chunk failed", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const { act } = yield* visit(url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await page.route("**/assets/screens-*.js", (route) => route.abort())
        await page.goto(`${url}/?again#/webhooks`)
        await page.getByText("This screen could not be loaded").waitFor()
        // The page reloads itself once.
        await page.waitForFunction(() => window.sessionStorage.getItem("usher-reloaded-at") !== null)
        await page.getByText("This screen could not be loaded").waitFor()
        await page.unroute("**/assets/screens-*.js")
        await page.getByRole("button", { name: "Try again" }).click()
        await page.getByRole("heading", { name: "Webhooks" }).waitFor()
      })
    }).pipe(isolated)
  )

  it.live("says once that the relay fails, however many boxes it fills", () =>
    Effect.gen(function* () {
      const { url } = yield* relay()
      const { act } = yield* visit(url, tokens.READ_TOKEN)
      yield* act(async (page) => {
        await page.route("**/api/{stats,sources,spots,budget,lives}*", (route) =>
          route.fulfill({ status: 500, body: "no" })
        )
        await page.reload()
        await page.getByText(/error \(500\).*This screen may show earlier data/).waitFor()
        // While some questions are still open, their boxes come and go.
        await page.waitForFunction(() => document.querySelectorAll("[role=alert]").length === 1)
        await page.unroute("**/api/{stats,sources,spots,budget,lives}*")
        await page.getByRole("button", { name: "Try again" }).click()
        await page.getByText("Estimated completion").or(page.getByText("No invitations pending.")).waitFor()
        await page.waitForFunction(() => document.querySelector("[role=alert]") === null)
      })
    }).pipe(isolated)
  )
})
