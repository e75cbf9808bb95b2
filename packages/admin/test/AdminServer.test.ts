/** The admin API over a relay that a program has in itself. */
import { describe, expect, it } from "@effect/vitest"
import { Cause, Effect, Exit, Layer, Redacted } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { HttpApiClient } from "effect/http-api"
import { Api } from "../src/index.ts"
import * as AdminServer from "../src/AdminServer.ts"
import * as Reload from "../src/Reload.ts"
import * as Settings from "../src/Settings.ts"
import { operate, options, program, publicUrl, read, relay } from "./program.ts"

const deliver = (ask: Effect.Success<typeof program>["ask"], email: string) =>
  ask("/webhooks/form?token=the-token-of-the-form", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email })
  })

const person = { person: "alice@example.com" }

describe("the admin API of an embedded relay", () => {
  it.live("tells why a person was invited, and forgets them", () =>
    Effect.gen(function* () {
      const { ask, operator, viewer } = yield* program
      expect((yield* deliver(ask, person.person)).status).toBe(200)
      const why = yield* Effect.repeat(Effect.delay(viewer.people.why({ payload: person }), "10 millis"), {
        until: ({ invitations: [first] }) => first?.status === "already_invited"
      })
      expect(why.story.map(({ kind }) => kind)).toEqual(["received", "requested", "attempt", "settled"])
      const { items } = yield* viewer.webhooks.search({ payload: {} })
      expect(items).toMatchObject([{ source: "form", status: "mapped" }])
      expect(yield* Effect.flip(viewer.people.forget({ payload: person }))).toMatchObject({
        _tag: "Forbidden"
      })
      expect(yield* operator.people.forget({ payload: person })).toMatchObject({
        invitations: 1,
        webhooks: 1
      })
      expect((yield* viewer.people.why({ payload: person })).invitations).toMatchObject([{ member: null }])
      const { items: entries } = yield* operator.audit.list({ query: { what: "people.forget" } })
      expect(entries).toMatchObject([{ who: "ops", result: "done: 1 invitation, 1 attempt, 1 webhook" }])
      expect(JSON.stringify(entries)).not.toContain("alice")
    }).pipe(Effect.scoped)
  )

  it.live(
    "answers a reload with 409, and the settings with 404, where the program has no configuration file",
    () =>
      Effect.gen(function* () {
        const { operator } = yield* program
        expect(yield* Effect.flip(operator.upkeep.reload())).toMatchObject({ _tag: "Conflict" })
        expect(yield* Effect.flip(operator.settings.get())).toMatchObject({ _tag: "NotFound" })
      }).pipe(Effect.scoped)
  )

  it.live("answers the program itself without a token or a network", () =>
    Effect.gen(function* () {
      const { ask, services } = yield* program
      yield* deliver(ask, person.person)
      const httpClient = yield* Effect.provide(
        AdminServer.httpClient(options, {
          id: "program",
          name: "program",
          scope: "operate",
          via: "cli",
          ip: null,
          isStillAllowed: Effect.succeed(true)
        }).pipe(Effect.provide([Reload.layerNone, Settings.layerNone])),
        services
      )
      const admin = yield* HttpApiClient.makeWith(Api.AdminApi, { httpClient, baseUrl: publicUrl })
      expect(
        yield* admin.spots.pause({ params: { name: "main" }, payload: { reason: "test" } })
      ).toMatchObject({ name: "main", state: "paused" })
      const told = yield* Effect.provide(AdminServer.why(person.person), services)
      expect(told.truncated).toBe(false)
    }).pipe(Effect.scoped)
  )

  it.live("lets nobody in without a token, bounds bodies and describes itself", () =>
    Effect.gen(function* () {
      const { ask } = yield* program
      expect((yield* ask("/api/spots")).status).toBe(401)
      const wrong = yield* ask("/api/spots", { headers: { authorization: `Bearer ${operate}x` } })
      expect(wrong.status).toBe(401)
      const large = yield* ask("/api/webhooks/search", {
        method: "POST",
        headers: { authorization: `Bearer ${read}`, "content-type": "application/json" },
        body: JSON.stringify({ text: "x".repeat(2 ** 20) })
      })
      expect(large.status).toBe(413)
      const openapi = yield* ask("/api/openapi.json")
      expect(openapi.status).toBe(200)
      expect(yield* Effect.promise(() => openapi.json())).toHaveProperty("openapi")
      expect((yield* ask("/api/openapi.json", { method: "POST" })).status).toBe(405)
      expect((yield* ask("/api/docs")).status).toBe(404)
    }).pipe(Effect.scoped)
  )

  it.effect.each([
    ["a token that can be guessed", [{ name: "ops", secret: "short" }], 'the secret of "ops" can be guessed'],
    [
      "two tokens of one name",
      [
        { name: "ops", secret: operate },
        { name: "ops", secret: read }
      ],
      'two are named "ops"'
    ]
  ] as const)("refuses %s", ([, tokens, sentence]) =>
    Effect.gen(function* () {
      const given = tokens.map(({ name, secret }) => ({
        name,
        secret: Redacted.make(secret as string),
        scope: "read" as const
      }))
      const exit = yield* Effect.exit(
        Layer.build(
          AdminServer.layer({ publicUrl, tokens: given }).pipe(
            Layer.provide([relay, Reload.layerNone, Settings.layerNone, HttpServer.layerServices]),
            Layer.provide(HttpRouter.layer)
          )
        )
      )
      expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toContain(sentence)
    }).pipe(Effect.scoped)
  )
})
