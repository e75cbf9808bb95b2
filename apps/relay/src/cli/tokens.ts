/** `usher tokens`: who may ask a relay that runs. */
import { Console, DateTime, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Tokens } from "@usher/admin"
import { accessFlags, AdminClient, withAccess, withNewAccess } from "./access.ts"
import { Failed } from "./failure.ts"
import { listing, print, time } from "./print.ts"

const list = Command.make(
  "list",
  accessFlags,
  Effect.fnUntraced(function* ({ json }) {
    const client = yield* AdminClient
    const found = yield* client.tokens.list()
    yield* print(json, found, () =>
      listing(
        ["Id", "Name", "May", "Made", "Expires", "Last used"],
        found.map(({ id, name, scope, createdAt, expiresAt, lastUsedAt }) => [
          id,
          name,
          scope,
          time(createdAt),
          time(expiresAt),
          time(lastUsedAt)
        ]),
        "There is no token but those of the configuration."
      )
    )
  })
).pipe(
  Command.withDescription("Tokens, without themselves; those of the configuration are not among them"),
  withAccess
)

const create = Command.make(
  "create",
  {
    name: Flag.String("name").pipe(
      Flag.withDescription("What the audit log calls whoever uses it"),
      Flag.withSchema(Tokens.Name)
    ),
    scope: Flag.Literals("scope", ["read", "operate"]).pipe(
      Flag.withDescription("read sees everything, operate changes things as well"),
      Flag.withDefault("read")
    ),
    days: Flag.Int("days").pipe(
      Flag.withDescription("After how many days it expires; without it, it does not"),
      Flag.optional
    ),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ json, name, scope, days }) {
    const client = yield* AdminClient
    const now = yield* DateTime.now
    const expires = Option.match(days, {
      onNone: () => ({}),
      onSome: (days) => ({ expiresAt: DateTime.add(now, { days }) })
    })
    const { secret, token } = yield* client.tokens.create({ payload: { name, scope, ...expires } })
    yield* Console.log(json ? JSON.stringify({ secret, id: token.id, name, scope }) : secret)
    if (!json) yield* Console.error(`The token ${name} may ${scope}. It is shown this once: keep it.`)
  })
).pipe(Command.withDescription("Make a token for the admin API, and print it this once"), withNewAccess)

const revoke = Command.make(
  "revoke",
  { which: Argument.String("token").pipe(Argument.withDescription("Its name or its id")), ...accessFlags },
  Effect.fnUntraced(function* ({ which, json }) {
    const client = yield* AdminClient
    const found = (yield* client.tokens.list()).find(({ id, name }) => id === which || name === which)
    if (found === undefined) {
      const message = `There is no token ${which}: usher tokens list shows those that there are.`
      return yield* new Failed({ kind: "missing", message })
    }
    yield* client.tokens.revoke({ params: { id: found.id } })
    yield* print(
      json,
      { revoked: found.id },
      () => `${found.name} is revoked, with the sessions that were begun with it.`
    )
  })
).pipe(Command.withDescription("Revoke a token, and the sessions that were begun with it"), withAccess)

export const tokens = Command.make("tokens").pipe(
  Command.withAlias("token"),
  Command.withDescription("Tokens for the admin API: make, list and revoke them"),
  Command.withSubcommands([create, list, revoke])
)
