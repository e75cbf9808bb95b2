/** Tokens and the sessions begun with them, until they end. */
import { describe, expect, it } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import * as Migrations from "../src/Migrations.ts"
import { SqliteClient } from "@usher/sqlite"
import { Sessions } from "../src/internal/server/Sessions.ts"
import { Tokens } from "../src/internal/server/Tokens.ts"

const layer = Sessions.layer.pipe(
  Layer.provideMerge(
    Tokens.layer([{ name: "ops", scope: "operate", secret: Redacted.make("operate-0123456789abcdef") }])
  ),
  Layer.provide(Migrations.layer),
  Layer.provideMerge(SqliteClient.layer({ filename: ":memory:" })),
  Layer.provide(SecureRandom.layerWebCrypto)
)

const from = { ip: null, userAgent: null }

const day = Duration.days(1)
const justBefore = (length: Duration.Duration) => Duration.subtract(length, Duration.millis(1))

describe("a token", () => {
  it.effect("is accepted until it expires, and refused from then on", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const expiresAt = DateTime.addDuration(yield* DateTime.now, day)
      const { secret } = yield* tokens.create({ name: "bot", scope: "read", expiresAt })
      yield* TestClock.adjust(justBefore(day))
      expect(yield* tokens.authenticate(secret)).toMatchObject({ name: "bot", scope: "read" })
      yield* TestClock.adjust("1 milli")
      expect(yield* Effect.flip(tokens.authenticate(secret))).toMatchObject({ reason: "expired" })
    }).pipe(Effect.provide(layer))
  )

  it.effect("expires after 90 days by default, and never if it is created so", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { secret } = yield* tokens.create({ name: "bot", scope: "read" })
      const forever = yield* tokens.create({ name: "forever", scope: "operate", expiresAt: null })
      yield* TestClock.adjust(justBefore(Duration.days(90)))
      expect(yield* tokens.authenticate(secret)).toMatchObject({ name: "bot" })
      yield* TestClock.adjust("1 milli")
      expect(yield* Effect.flip(tokens.authenticate(secret))).toMatchObject({ reason: "expired" })
      yield* TestClock.adjust(Duration.days(36_500))
      expect(yield* tokens.authenticate(forever.secret)).toMatchObject({ name: "forever", scope: "operate" })
    }).pipe(Effect.provide(layer))
  )

  it.effect("has a name that no other has, be it created or configured", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { token } = yield* tokens.create({ name: "bot", scope: "read" })
      for (const name of ["bot", "ops"]) {
        const refused = yield* Effect.flip(tokens.create({ name, scope: "read" }))
        expect(refused).toMatchObject({ _tag: "NameTaken", name })
      }
      expect((yield* tokens.list).map(({ id }) => id)).toEqual([token.id])
    }).pipe(Effect.provide(layer))
  )

  it.effect("tells to the minute when it was last used", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { secret } = yield* tokens.create({ name: "bot", scope: "read" })
      const lastUsed = Effect.map(tokens.list, (all) => all.map(({ lastUsedAt }) => lastUsedAt))
      expect(yield* lastUsed).toEqual([null])
      const seen: Array<unknown> = []
      for (const wait of ["0 millis", "59999 millis", "1 milli"] as const) {
        yield* TestClock.adjust(wait)
        yield* tokens.authenticate(secret)
        seen.push(...(yield* lastUsed))
      }
      expect(seen).toEqual([0, 0, 60_000].map((millis) => DateTime.makeUnsafe(millis)))
    }).pipe(Effect.provide(layer))
  )
})

describe("a created token", () => {
  it.effect("is accepted with its whole secret alone", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { secret } = yield* tokens.create({ name: "bot", scope: "operate" })
      const almost = Redacted.make(Redacted.value(secret).replace(/.$/, (last) => (last === "x" ? "y" : "x")))
      for (const wrong of [almost, Redacted.make("bot"), Redacted.make("")]) {
        expect(yield* Effect.flip(tokens.authenticate(wrong))).toMatchObject({ reason: "unknown" })
      }
    }).pipe(Effect.provide(layer))
  )

  it.effect("has a name of its own, also beside those of the configuration", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      for (const name of ["zoe", "bot"]) yield* tokens.create({ name, scope: "read" })
      for (const name of ["bot", "ops"]) {
        const { message } = yield* Effect.flip(tokens.create({ name, scope: "read" }))
        expect(message).toContain(`A token named ${name} exists`)
      }
      expect((yield* tokens.list).map(({ name }) => name)).toEqual(["bot", "zoe"])
    }).pipe(Effect.provide(layer))
  )

  it.effect("shows when it was last used, to the minute", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { secret } = yield* tokens.create({ name: "bot", scope: "read" })
      yield* tokens.create({ name: "other", scope: "read" })
      const used = Effect.map(tokens.list, (all) => all.map(({ lastUsedAt }) => lastUsedAt))
      expect(yield* used).toEqual([null, null])
      const first = yield* DateTime.now
      yield* tokens.authenticate(secret)
      yield* TestClock.adjust("59 seconds")
      yield* tokens.authenticate(secret)
      expect(yield* used).toEqual([first, null])
      yield* TestClock.adjust("1 second")
      yield* tokens.authenticate(secret)
      expect(yield* used).toEqual([DateTime.add(first, { minutes: 1 }), null])
    }).pipe(Effect.provide(layer))
  )

  it.effect("ends with its own sessions when it is revoked, and no other does", () =>
    Effect.gen(function* () {
      const [tokens, sessions] = [yield* Tokens, yield* Sessions]
      const { token } = yield* tokens.create({ name: "bot", scope: "read" })
      const other = yield* tokens.create({ name: "other", scope: "read" })
      for (const one of [token.id, "configured:ops"]) yield* sessions.begin({ token: one, ...from })
      const owners = SqlClient.SqlClient.use((sql) => sql`SELECT token FROM sessions`)
      expect(yield* tokens.revoke("configured:ops")).toBe(false)
      expect(yield* owners).toHaveLength(2)
      expect(yield* tokens.revoke(token.id)).toBe(true)
      expect(yield* tokens.revoke(token.id)).toBe(false)
      expect(yield* owners).toEqual([{ token: "configured:ops" }])
      expect(yield* tokens.authenticate(other.secret)).toMatchObject({ name: "other" })
    }).pipe(Effect.provide(layer))
  )

  it.effect("stays where its sessions can't be ended", () =>
    Effect.gen(function* () {
      const tokens = yield* Tokens
      const { token, secret } = yield* tokens.create({ name: "bot", scope: "read" })
      yield* SqlClient.SqlClient.use((sql) => sql`DROP TABLE sessions`)
      yield* Effect.flip(tokens.revoke(token.id))
      expect(yield* tokens.authenticate(secret)).toMatchObject({ name: "bot" })
    }).pipe(Effect.provide(layer))
  )
})

describe("a session", () => {
  it.effect("ends after 12 hours", () =>
    Effect.gen(function* () {
      const sessions = yield* Sessions
      const { secret } = yield* sessions.begin({ token: "configured:ops", ...from })
      yield* TestClock.adjust(justBefore(Duration.hours(12)))
      expect(yield* sessions.authenticate(secret)).toMatchObject({ name: "ops", scope: "operate" })
      expect(yield* sessions.list()).toHaveLength(1)
      yield* TestClock.adjust("1 milli")
      expect(yield* Effect.flip(sessions.authenticate(secret))).toMatchObject({ reason: "expired" })
      expect(yield* sessions.list()).toEqual([])
      // The next one deletes what has ended.
      yield* sessions.begin({ token: "configured:ops", ...from })
      const sql = yield* SqlClient.SqlClient
      expect(yield* sql`SELECT id FROM sessions`).toHaveLength(1)
    }).pipe(Effect.provide(layer))
  )

  it.effect("ends when its token expires, and none begins with a token that is gone", () =>
    Effect.gen(function* () {
      const [tokens, sessions] = [yield* Tokens, yield* Sessions]
      const expiresAt = DateTime.addDuration(yield* DateTime.now, Duration.hours(1))
      const { token } = yield* tokens.create({ name: "bot", scope: "read", expiresAt })
      const session = yield* sessions.begin({ token: token.id, ...from })
      expect(session.expiresAt).toEqual(expiresAt)
      yield* TestClock.adjust(justBefore(Duration.hours(1)))
      expect(yield* sessions.authenticate(session.secret)).toMatchObject({ name: "bot", scope: "read" })
      yield* TestClock.adjust("1 milli")
      expect(yield* Effect.flip(sessions.authenticate(session.secret))).toMatchObject({ reason: "expired" })
      expect(yield* tokens.revoke(token.id)).toBe(true)
      expect(yield* tokens.revoke(token.id)).toBe(false)
      expect(yield* sessions.endAll(token.id)).toBe(0)
      expect(yield* Effect.flip(sessions.begin({ token: token.id, ...from }))).toMatchObject({
        reason: "revoked"
      })
    }).pipe(Effect.provide(layer))
  )
})
