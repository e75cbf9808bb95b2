/** `usher tokens`: tokens for the admin API, and the sessions of the dashboard. */
import { Console, DateTime, Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Tokens } from "@usher/admin"
import {
  accessFlags,
  act,
  AdminClient,
  type Client,
  query,
  withAccess,
  withNewAccess,
  withReadAccess
} from "../support/access.ts"
import { noQuestionFlag } from "../support/confirm.ts"
import { missing, usage } from "../support/failure.ts"
import { intFlag, switchFlag, textFlag } from "../support/flags.ts"
import { count, listing, print, time } from "../support/print.ts"

const list = query(
  "list",
  {},
  (client) => client.tokens.list(),
  (found) =>
    listing(
      found.map(({ id, name, scope, createdAt, expiresAt, lastUsedAt }) => ({
        Id: id,
        Name: name,
        Scope: scope,
        Created: time(createdAt),
        Expires: expiresAt === null ? "never" : time(expiresAt),
        "Last used": time(lastUsedAt)
      })),
      "No tokens besides those in the configuration file."
    )
).pipe(
  Command.withDescription(
    "List created tokens, without their secrets and without those in the configuration file"
  ),
  Command.withExamples([{ command: "usher tokens list", description: "Who has access, and until when" }])
)

const isName = Schema.is(Tokens.Name)

const create = Command.make(
  "create",
  {
    name: Flag.String("name").pipe(
      Flag.withDescription("The name of the token, shown in the audit log"),
      Flag.filter(
        isName,
        () =>
          "Expected a name of 1 to 64 letters, digits, spaces and . _ -, which begins with a letter or a digit"
      )
    ),
    scope: Flag.Literals("scope", ["read", "operate"]).pipe(
      Flag.withDescription("read: read everything. operate: also make changes. Default: read"),
      Flag.withDefault("read")
    ),
    days: intFlag("days", { minimum: 1, maximum: 36_500 }).pipe(
      Flag.withDescription(`Days until it expires. Default: ${Tokens.defaultDays}`),
      Flag.optional
    ),
    never: switchFlag("never", "Create a token that does not expire"),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ json, name, scope, days, never }) {
    if (never && Option.isSome(days)) {
      return yield* usage("Give --days or --never, not both.")
    }
    const client = yield* AdminClient
    const last = DateTime.add(yield* DateTime.now, { days: Option.getOrElse(days, () => Tokens.defaultDays) })
    const payload = { name, scope, expiresAt: never ? null : last }
    const { secret, token } = yield* client.tokens.create({ payload })
    const { id, expiresAt } = token
    yield* Console.log(json ? JSON.stringify({ secret, id, name, scope, expiresAt }) : secret)
    if (json) return
    const end = expiresAt === null ? "never expires" : `expires at ${time(expiresAt)}`
    yield* Console.error(
      `The token ${name} has the scope ${scope} and ${end}. It is shown only once: store it now.`
    )
  })
).pipe(
  Command.withDescription("Create a token for the admin API and print it. It is shown only once"),
  Command.withExamples([
    { command: "usher tokens create --name laptop --scope operate", description: "Valid for 90 days" },
    { command: "usher tokens create --name dashboards --never", description: "Read-only, never expires" }
  ]),
  withNewAccess
)

const revoke = Command.make(
  "revoke",
  {
    which: Argument.String("token").pipe(Argument.withDescription("The name or id of the token")),
    yes: noQuestionFlag,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ which, json }) {
    const client = yield* AdminClient
    const found = (yield* client.tokens.list()).find(({ id, name }) => id === which || name === which)
    if (found === undefined) {
      return yield* missing(`There is no token ${which}. To list tokens: usher tokens list`)
    }
    yield* client.tokens.revoke({ params: { id: found.id } })
    yield* print(json, { revoked: found.id }, () => `Revoked ${found.name} and ended its sessions.`)
  })
).pipe(
  Command.withDescription("Revoke a token and end its sessions"),
  Command.withExamples([
    { command: "usher tokens revoke laptop", description: "End the token and its sessions at once" }
  ]),
  withAccess
)

const ofFlag = textFlag(
  "of",
  "Only sessions of this token: the name or id of a created token, or the name of one in the configuration file"
)

/** The sessions of one token, or all, and the names of their tokens. Tokens of the configuration file are not in the list. */
const sessionsOf = Effect.fnUntraced(function* (client: Client, which: Option.Option<string>) {
  const names = new Map((yield* client.tokens.list()).map(({ id, name }) => [id, name]))
  const nameOf = ({ token }: Tokens.Session) => names.get(token) ?? token.replace("configured:", "")
  const all = yield* client.tokens.sessions({ query: {} })
  const found = Option.match(which, {
    onNone: () => all,
    onSome: (which) => all.filter((session) => session.token === which || nameOf(session) === which)
  })
  return { found, nameOf }
})

const sessions = Command.make(
  "sessions",
  { which: ofFlag, ...accessFlags },
  Effect.fnUntraced(function* ({ which, json }) {
    const { found, nameOf } = yield* sessionsOf(yield* AdminClient, which)
    yield* print(json, found, () =>
      listing(
        found.map((session) => ({
          Id: session.id,
          Token: nameOf(session),
          Started: time(session.begunAt),
          "Last used": time(session.lastUsedAt),
          Expires: time(session.expiresAt),
          IP: session.ip ?? "-",
          Browser: session.userAgent?.slice(0, 40) ?? "-"
        })),
        "No sessions."
      )
    )
  })
).pipe(
  Command.withDescription("List the sessions of the dashboard, newest first"),
  Command.withExamples([
    { command: "usher tokens sessions --of laptop", description: "Where one token is signed in" }
  ]),
  withReadAccess
)

const end = act(
  "end",
  {
    ids: Argument.String("session").pipe(
      Argument.withDescription("The ids of sessions"),
      Argument.variadic()
    ),
    which: ofFlag,
    all: switchFlag("all", "Select every session"),
    yes: noQuestionFlag
  },
  Effect.fnUntraced(function* (client, { ids, which, all }) {
    const given = [ids.length > 0, Option.isSome(which), all].filter(Boolean)
    if (given.length !== 1) return yield* usage("No sessions selected. Give ids, --of or --all.")
    // A command has no session of its own, which would stay.
    if (all) return yield* client.tokens.endOtherSessions()
    for (const id of ids) yield* client.tokens.endSession({ params: { id } })
    const owners = ids.length > 0 ? [] : (yield* sessionsOf(client, which)).found.map(({ token }) => token)
    let ended = ids.length
    for (const id of new Set(owners)) ended += (yield* client.tokens.endSessions({ params: { id } })).ended
    return { ended }
  }),
  ({ ended }) => `Ended ${count(ended, "session")}.`
).pipe(
  Command.withDescription("End sessions of the dashboard: by id, by token, or all"),
  Command.withExamples([
    { command: "usher tokens end --of laptop", description: "End every session of one token" }
  ])
)

export const tokens = Command.make("tokens").pipe(
  Command.withAlias("token"),
  Command.withDescription("Manage tokens for the admin API and their sessions"),
  Command.withSubcommands([create, list, revoke, sessions, end])
)
