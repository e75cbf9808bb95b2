/** What `usher check --online` asks MeltingSpot, and what it says of the answers. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { createServer } from "node:http"
import { folder, isolated, secrets } from "../harness.ts"
import { usher } from "../inProcess.ts"

/** Far more than a test needs, in milliseconds: starting a process is slow on a machine that is busy. */
const patience = 180_000

const ids = {
  planned: "11111111-1111-4111-8111-111111111111",
  ended: "22222222-2222-4222-8222-222222222222",
  unknown: "33333333-3333-4333-8333-333333333333",
  lost: "44444444-4444-4444-8444-444444444444"
}

/** Knows two Lives, one of which has ended. */
const upstream = Effect.gen(function* () {
  const asked: Array<string> = []
  const server = yield* Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer((request, response) => {
        const [, , , id = "", list] = (request.url ?? "").split(/[/?]/)
        asked.push(`${request.method} ${id}${list === undefined ? "" : ` ${list}`}`)
        const isKnown = id === ids.planned || id === ids.ended
        response.statusCode = request.headers.authorization !== secrets.SPOT_KEY ? 401 : isKnown ? 200 : 404
        response.setHeader("content-type", "application/json")
        const body =
          list === "participants"
            ? { items: [], total: 0 }
            : { id, status: "Planned", computedStatus: id === ids.ended ? "Ended" : "Planned" }
        response.end(isKnown ? JSON.stringify(body) : "")
      })
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
    }),
    (server) => Effect.sync(() => server.close())
  )
  const address = server.address()
  const port = typeof address === "object" ? address?.port : undefined
  return { url: `http://127.0.0.1:${port}`, asked }
})

const lives = (url: string) => `
spots: { main: { secretKey: { env: SPOT_KEY }, baseUrl: "${url}" } }
sources:
  planned: { sender: none, spot: main, invite: { live: ${ids.planned}, member: { expr: email } } }
  ended: { sender: none, spot: main, invite: { live: ${ids.ended}, member: { expr: email } } }
  unknown: { sender: none, spot: main, invite: { live: ${ids.unknown}, member: { expr: email } } }
  again: { sender: none, spot: main, invite: { live: ${ids.unknown}, member: { expr: email } } }
  chosen:
    sender: none
    spot: main
    invite: { live: { expr: "room = 'a' ? '${ids.planned}' : '${ids.lost}'" }, member: { expr: email } }
`

const check = Effect.fnUntraced(function* (text: string, env: Readonly<Record<string, string>> = secrets) {
  const home = yield* folder(text)
  const { code, stdout } = yield* usher(["check", "--json", "--online"], { cwd: home.path, env })
  return { code, stdout, ...JSON.parse(stdout) }
})

describe("usher check --online", () => {
  it.live(
    "asks for every Live that the sources and their expressions name, each once, and changes nothing",
    () =>
      Effect.gen(function* () {
        const { url, asked } = yield* upstream
        const { code, errors, warnings, spots } = yield* check(lives(url))
        const reason = expect.stringContaining("does not know this Live")
        expect({ code, errors }).toEqual({
          code: 1,
          errors: [
            { line: 6, path: "sources.unknown.invite.live", reason },
            { line: 7, path: "sources.again.invite.live", reason },
            { line: 11, path: "sources.chosen.invite.live", reason }
          ]
        })
        expect(warnings).toContainEqual({
          rule: "live-ended",
          line: 5,
          path: "sources.ended.invite.live",
          reason: expect.stringContaining("has ended")
        })
        expect(spots).toMatchObject([
          {
            name: "main",
            upstream: {
              ok: true,
              status: "key accepted",
              detail: "accepts the key, and knows 2 of the 4 Lives named",
              lives: [
                { status: "found" },
                { status: "ended" },
                { status: "not found" },
                { status: "not found", paths: ["sources.chosen.invite.live"] }
              ]
            }
          }
        ])
        expect(asked).toEqual([
          `GET ${ids.planned} participants`,
          `GET ${ids.planned}`,
          `GET ${ids.ended} participants`,
          `GET ${ids.ended}`,
          `GET ${ids.unknown} participants`,
          `GET ${ids.lost} participants`
        ])
      }).pipe(isolated),
    patience
  )

  it.live(
    "asks once where the key is refused, and shows neither the key nor a Live",
    () =>
      Effect.gen(function* () {
        const { url, asked } = yield* upstream
        const { code, errors, stdout } = yield* check(lives(url), { SPOT_KEY: "another-key" })
        expect({ code, errors }).toMatchObject({
          code: 1,
          errors: [{ line: 2, path: "spots.main", reason: expect.stringContaining("(401)") }]
        })
        expect(asked).toHaveLength(1)
        expect(stdout).not.toMatch(/another-key|11111111/)
      }).pipe(isolated),
    patience
  )

  it.live(
    "looks at the Lives of a Spot whatever is wrong elsewhere",
    () =>
      Effect.gen(function* () {
        const { url } = yield* upstream
        const { errors } = yield* check(
          lives(url).replace("planned: { sender: none", "planned: { sender: noen")
        )
        expect(errors.map(({ line }: { line: number }) => line)).toEqual([4, 6, 7, 11])
      }).pipe(isolated),
    patience
  )
})
