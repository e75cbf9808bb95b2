/** The headers that a configuration names for its webhooks to keep. */
import { expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestConsole } from "effect/testing"
import { droppedHeaders } from "../../src/check/droppedHeaders.ts"
import { format } from "../../src/config/Problem.ts"
import { configuration, folder, isolated, load, secrets, until } from "../harness.ts"
import { ask, relay } from "../admin/harness.ts"
import { usher } from "../usher.ts"

const withKeys = (keys: string) =>
  configuration("http://127.0.0.1:9").replace("sender: svix\n", `sender: svix\n    ${keys}\n`)

it.effect("lists of headers are taken, and names of credentials are refused", () =>
  Effect.gen(function* () {
    const good = yield* load((yield* folder(withKeys("keepHeaders: [X-Shop-Domain, x-topic]"))).file)
    const source = good.relay.sources.get("svix")
    expect(source?.keptHeaders).toEqual(expect.arrayContaining(["x-shop-domain", "x-topic", "content-type"]))

    const bad = "keepHeaders: [x-topic, Authorization, X-Api-Key, svix-signature, cookie, x-session-id]"
    const { problems } = yield* Effect.flip(load((yield* folder(withKeys(bad))).file))
    expect(problems.map(({ path, reason }) => format({ path, reason }))).toEqual(
      [1, 2, 3, 4, 5].map((index) =>
        expect.stringMatching(
          new RegExp(`^sources\\.svix\\.keepHeaders\\.${index}: this header is a credential or a signature`)
        )
      )
    )
    const { problems: unnamed } = yield* Effect.flip(
      load((yield* folder(withKeys('keepHeaders: ["x y"]'))).file)
    )
    expect(unnamed[0]?.reason).toBe("Expected the name of a header")
  }).pipe(isolated)
)

it.live("check warns of expressions that read headers which are not kept", () =>
  Effect.gen(function* () {
    const rules = (live: string, keep: string) =>
      withKeys(`when: { expr: "$headers.authorization != ''" }${keep}`).replace(
        /live: live-svix/,
        `live: { expr: "${live}" }`
      )
    const dropped =
      "sources.svix.when: it reads a header that the relay never stores, because it is a credential or a signature. The expression finds nothing"
    const computed =
      "sources.svix.invite.live: it computes the name of a header, or reads all headers. The relay stores few headers: list those that it may read under sources.svix.keepHeaders"
    const warned = Effect.fnUntraced(function* (text: string) {
      const { file } = yield* folder(text)
      return droppedHeaders((yield* load(file)).relay.sources.values()).map(format)
    })
    expect(yield* warned(rules("$lookup($headers, kind)", ""))).toEqual([dropped, computed])
    expect(yield* warned(rules("$lookup($headers, kind)", "\n    keepHeaders: [x-a]"))).toEqual([dropped])
    expect(yield* warned(rules("$headers.live", ""))).toEqual([dropped])
    expect(yield* warned(configuration("http://127.0.0.1:9"))).toEqual([])

    const { file } = yield* folder(rules("$lookup($headers, kind)", ""))
    const told = yield* usher(["check", "--config", file], secrets)
    expect(told.stdout).toContain(computed)
  }).pipe(Effect.provide(TestConsole.layer), isolated)
)

it.live("an accepted webhook keeps no header of a proxy or a stranger, and a refused one shows no key", () =>
  Effect.gen(function* () {
    const { url, viewer, sql } = yield* relay()
    const strange = {
      "cf-access-jwt-assertion": "kept-by-nobody",
      "x-amzn-oidc-data": "kept-by-nobody",
      "x-forwarded-client-cert": "kept-by-nobody",
      "x-access-key": "kept-by-nobody",
      "x-webhook-key": "kept-by-nobody",
      "x-session-id": "kept-by-nobody",
      authorization: "Bearer kept-by-nobody",
      cookie: "a=kept-by-nobody"
    }
    const post = (token: string) =>
      ask(`${url}/webhooks/token`, {
        method: "POST",
        body: '{"people":{"email":"alice@example.com"}}',
        headers: {
          ...strange,
          "x-other": "1",
          "x-relay-secret": token,
          "user-agent": "Acme",
          "content-type": "application/json"
        }
      })
    expect((yield* post(secrets.TOKEN_SECRET)).status).toBe(200)
    const { items } = yield* until(
      viewer.webhooks.search({ payload: { status: ["mapped"] } }),
      ({ items }) => items.length === 1
    )
    const { headers } = yield* viewer.webhooks.get({ params: { id: items[0]?.id ?? "" } })
    expect(Object.keys(headers).toSorted()).toEqual(["content-type", "traceparent", "user-agent"])
    expect((yield* post("wrong")).status).toBe(401)
    const [refused] = yield* sql<{ headers: string }>`SELECT headers FROM quarantined`
    expect(refused?.headers).toContain("x-other")
    const { items: shown } = yield* viewer.quarantine.list({ query: {} })
    const { headers: masked } = yield* viewer.quarantine.get({ params: { id: shown[0]?.id ?? "" } })
    expect(JSON.stringify(masked)).not.toContain("kept-by-nobody")
    expect(masked["x-relay-secret"]).toBe("•••")
  }).pipe(isolated)
)
