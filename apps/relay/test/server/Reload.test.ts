import { describe, expect, it } from "@effect/vitest"
import { Effect, Fiber, FileSystem, Ref } from "effect"
import { admin, client, tokens } from "../admin/harness.ts"
import { configuration, deliver, folder, isolated, sandbox, secrets, serve, until } from "../harness.ts"
import { spawned } from "../usher.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

/** A relay that runs, and whose file can be changed. */
const running = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { url, ledger } = yield* sandbox
  const text = admin + configuration(url)
  const home = yield* folder(text)
  const relay = yield* serve(home, { ...secrets, ...tokens })
  const write = (next: string) => fs.writeFileString(home.file, next)
  /** Rewrites the file and sends SIGHUP; the line in which the relay says what came of it. */
  const change = Effect.fnUntraced(function* (next: string) {
    const before = relay.output.stderr.length
    yield* write(next)
    yield* relay.kill("SIGHUP")
    const said = yield* until(
      Effect.sync(() => /configuration (?:not )?reloaded[^"\n]*/.exec(relay.output.stderr.slice(before))),
      (found) => found !== null
    )
    return said?.[0]
  })
  return { text, relay, ledger, change, write }
})

const another = `  another:
    sender: standard-webhooks
    secrets: [{ env: STANDARD_SECRET }]
    spot: main
    invite: { live: live-another, member: { expr: email } }
`

const statusOf = (url: string, source: Parameters<typeof deliver>[1]) =>
  Effect.map(deliver(url, source, { email: "a@example.com" }), ({ status }) => status)

describe("SIGHUP", () => {
  it.live(
    "applies what the file says now, and says what that is",
    () =>
      Effect.gen(function* () {
        const { text, relay, ledger, change } = yield* running
        expect(yield* change(text)).toBe("configuration reloaded: no changes")
        const next = text
          .replace("live: live-svix", "live: live-next")
          .replace(/ {2}token:\n(?: {4}.*\n)+/, another)
          .replace("secretKey: { env: SPOT_KEY }", "secretKey: { env: SPOT_KEY }, concurrency: 2")
        expect(yield* change(next)).toBe(
          "configuration reloaded: sources added another, removed token, changed svix; spots changed main"
        )
        expect(yield* statusOf(relay.url, "token")).toBe(404)
        expect(yield* statusOf(relay.url, "svix")).toBe(202)
        yield* until(ledger.state, ({ participants }) =>
          participants.some(({ liveId }) => liveId === "live-next")
        )
      }).pipe(isolated),
    patience
  )

  it.live(
    "refuses a file with a mistake whole, and keeps the one that runs",
    () =>
      Effect.gen(function* () {
        const { text, relay, change } = yield* running
        const wrong = text.replace("live: live-svix", "lvie: live-svix") + another
        expect(yield* change(wrong)).toMatch(
          /^configuration not reloaded: .* has a problem: line \d+, sources\.svix\.invite\.lvie: unknown key; did you mean live\?$/
        )
        expect(yield* statusOf(relay.url, "svix")).toBe(202)
        expect(yield* change(text)).toBe("configuration reloaded: no changes")
      }).pipe(isolated),
    patience
  )

  it.live(
    "refuses whole what takes a restart, and names it",
    () =>
      Effect.gen(function* () {
        const { text, relay, change } = yield* running
        const next = text
          .replace(
            "server: { port: 0 }",
            "server: { port: 1, host: localhost, publicUrl: https://hooks.example.com }"
          )
          .replace("sqlite:./usher.db", "sqlite:./another.db")
          .replace("live: live-svix", "live: live-next")
        expect(yield* change(next)).toMatch(
          /changes server\.host, server\.port, server\.publicUrl, database, which requires a restart\. No change was applied$/
        )
        expect(yield* statusOf(relay.url, "svix")).toBe(202)
      }).pipe(isolated),
    patience
  )

  it.live(
    "loses no request, however often it comes",
    () =>
      Effect.gen(function* () {
        const { text, relay, change } = yield* running
        const statuses = yield* Ref.make<ReadonlyArray<number>>([])
        const sending = yield* Effect.forEach(
          Array.from({ length: 300 }, (_, index) => index),
          (index) =>
            deliver(relay.url, "svix", { email: `p${index}@example.com` }, { id: `msg_${index}` }).pipe(
              Effect.flatMap(({ status }) => Ref.update(statuses, (all) => [...all, status]))
            ),
          { concurrency: 8, discard: true }
        ).pipe(Effect.forkChild)
        for (const live of ["one", "two", "three", "four"]) {
          expect(yield* change(text.replace("live-svix", `live-${live}`))).toContain("changed svix")
        }
        yield* Fiber.join(sending)
        expect(yield* Ref.get(statuses)).toEqual(Array.from({ length: 300 }, () => 202))
      }).pipe(isolated),
    patience
  )
})

describe("POST /api/reload", () => {
  it.live(
    "applies the file as a signal does, answers with what has changed or why it is refused, and is written down",
    () =>
      Effect.gen(function* () {
        const { text, relay, write } = yield* running
        const operator = yield* client(relay.url, tokens.OPERATE_TOKEN)
        const { reload } = operator.upkeep
        expect(yield* reload()).toEqual({ changes: [] })

        yield* write(text.replace(/ {2}token:\n(?: {4}.*\n)+/, another))
        expect(yield* reload()).toEqual({ changes: ["sources added another, removed token"] })
        const { settings } = yield* operator.settings.get()
        expect(settings["sources"]).toHaveProperty("another")
        expect(settings["sources"]).not.toHaveProperty("token")
        expect(yield* statusOf(relay.url, "token")).toBe(404)

        yield* write(text.replace("live: live-svix", "lvie: live-svix"))
        expect(yield* Effect.flip(reload())).toMatchObject({
          _tag: "Invalid",
          problems: [
            expect.stringMatching(/^line \d+, sources\.svix\.invite\.lvie: unknown key; did you mean live\?$/)
          ]
        })
        yield* write(text.replace("port: 0", "port: 1"))
        expect(yield* Effect.flip(reload())).toMatchObject({
          _tag: "Conflict",
          detail: expect.stringContaining("server.port, server.publicUrl, which requires a restart")
        })
        const usher = yield* spawned(["reload", "--url", relay.url], "", {
          USHER_TOKEN: tokens.OPERATE_TOKEN
        })
        expect(usher).toMatchObject({
          code: 4,
          stdout: "",
          stderr: expect.stringContaining("requires a restart")
        })
        yield* write(text)
        const applied = yield* spawned(["reload", "--url", relay.url], "", {
          USHER_TOKEN: tokens.OPERATE_TOKEN
        })
        expect(applied).toEqual({ code: 0, stdout: "sources added token, removed another\n", stderr: "" })

        const viewer = yield* client(relay.url, tokens.READ_TOKEN)
        expect(yield* Effect.flip(viewer.upkeep.reload())).toMatchObject({ _tag: "Forbidden" })

        const { items } = yield* operator.audit.list({ query: { what: "upkeep.reload" } })
        expect(items.map(({ who, result }) => `${who} ${result}`)).toEqual([
          "ops done: sources added token, removed another",
          expect.stringContaining("ops failed: "),
          expect.stringContaining("ops failed: "),
          expect.stringMatching(/^ops failed: .*usher\.yaml has problems\. No change was applied\.$/),
          "ops done: sources added another, removed token",
          "ops done: no changes"
        ])
      }).pipe(isolated),
    patience
  )
})
