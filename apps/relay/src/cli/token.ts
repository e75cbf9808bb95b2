import { Console, DateTime, Effect, Layer, Option, Redacted } from "effect"
import { Command, Flag } from "effect/cli"
import { SecureRandom } from "effect/crypto"
import { Access, Tokens as TokensApi } from "@usher/admin"
import { InboxSql } from "@usher/engine"
import { AuditLog } from "../admin/AuditLog.ts"
import { Tokens } from "../admin/Tokens.ts"
import * as ConfigFile from "../config/ConfigFile.ts"
import * as Database from "../Database.ts"
import { configFlag, jsonFlag, quiet } from "./shared.ts"

/** Who holds the database needs no token. */
const here = { name: "command line", scope: "operate", via: "token", id: "command line" } as const

const create = Command.make(
  "create",
  {
    config: configFlag,
    json: jsonFlag,
    name: Flag.String("name").pipe(
      Flag.withDescription("What the audit log calls whoever uses it"),
      Flag.withSchema(TokensApi.Name)
    ),
    scope: Flag.Literals("scope", ["read", "operate"]).pipe(
      Flag.withDescription("read sees everything, operate changes things as well"),
      Flag.withDefault("read")
    ),
    days: Flag.Int("days").pipe(
      Flag.withDescription("After how many days it expires; without it, it does not"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function* ({ config: file, json, name, scope, days }) {
    const { database, admin } = yield* ConfigFile.load(file)
    const now = yield* DateTime.now
    const expiresAt = Option.map(days, (days) => DateTime.add(now, { days }))
    const { secret, token } = yield* Effect.gen(function* () {
      yield* InboxSql.migrate
      const tokens = yield* Tokens
      const audit = yield* AuditLog
      const options = { name, scope, expiresAt: Option.getOrUndefined(expiresAt) }
      return yield* audit.around("tokens.create", options)(tokens.create(options))
    }).pipe(
      Effect.provideService(Access.Caller, here),
      quiet,
      Effect.provide(
        Layer.mergeAll(Tokens.layer(admin.tokens), AuditLog.layer).pipe(
          Layer.provideMerge(Layer.merge(SecureRandom.layerWebCrypto, Database.layer(database)))
        )
      )
    )
    yield* Console.log(
      json
        ? JSON.stringify({ secret: Redacted.value(secret), id: token.id, name, scope })
        : Redacted.value(secret)
    )
    if (!json) yield* Console.error(`The token ${name} may ${scope}. It is shown this once: keep it.`)
  })
).pipe(Command.withDescription("Make a token for the admin API, and print it this once"))

export const token = Command.make("token").pipe(
  Command.withDescription("Tokens for the admin API"),
  Command.withSubcommands([create])
)
