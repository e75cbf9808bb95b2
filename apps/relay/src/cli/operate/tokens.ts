/** `usher tokens`: who may use the admin API, and which pages are signed in. */
import { Console, DateTime, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Tokens } from "@usher/admin"
import { accessFlags, AdminClient, withAccess, withNewAccess } from "../support/access.ts"
import { Failed } from "../support/failure.ts"
import { count, listing, print, time } from "../support/print.ts"

const list = Command.make(
  "list",
  accessFlags,
  Effect.fnUntraced(function* ({ json }) {
    const client = yield* AdminClient
    const found = yield* client.tokens.list()
    yield* print(json, found, () =>
      listing(
        ["Id", "Name", "Scope", "Created", "Expires", "Last used"],
        found.map(({ id, name, scope, createdAt, expiresAt, lastUsedAt }) => [
          id,
          name,
          scope,
          time(createdAt),
          expiresAt === null ? "never" : time(expiresAt),
          time(lastUsedAt)
        ]),
        "No tokens besides those in the configuration file."
      )
    )
  })
).pipe(
  Command.withDescription(
    "List created tokens, without their secrets and without those in the configuration file"
  ),
  withAccess
)

const create = Command.make(
  "create",
  {
    name: Flag.String("name").pipe(
      Flag.withDescription("The name of the token, shown in the audit log"),
      Flag.withSchema(Tokens.Name)
    ),
    scope: Flag.Literals("scope", ["read", "operate"]).pipe(
      Flag.withDescription("read: read everything. operate: also make changes. Default: read"),
      Flag.withDefault("read")
    ),
    days: Flag.Int("days").pipe(
      Flag.withDescription(`Days until it expires. Default: ${Tokens.defaultDays}`),
      Flag.filter(
        (days) => days >= 1 && days <= 36_500,
        (days) => `Expected 1 to 36,500 days, got ${days}`
      ),
      Flag.optional
    ),
    never: Flag.Boolean("never").pipe(
      Flag.withDefault(false),
      Flag.withDescription("Create a token that does not expire")
    ),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ json, name, scope, days, never }) {
    if (never && Option.isSome(days)) {
      return yield* new Failed({ kind: "usage", message: "Give --days or --never, not both." })
    }
    const client = yield* AdminClient
    const now = yield* DateTime.now
    const expiry = never ? { expiresAt: null } : { expiresAt: DateTime.add(now, { days: daysOf(days) }) }
    const { secret, token } = yield* client.tokens.create({ payload: { name, scope, ...expiry } })
    const { id, expiresAt } = token
    yield* Console.log(
      json ? JSON.stringify({ secret, id, name, scope, expiresAt: isoOf(expiresAt) }) : secret
    )
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

const daysOf = Option.getOrElse(() => Tokens.defaultDays)

const isoOf = (at: DateTime.Utc | null) => (at === null ? null : DateTime.formatIso(at))

const whichFlag = Argument.String("token").pipe(Argument.withDescription("The name or id of the token"))

/** By name or id. Tokens of the configuration file are not in the list, and have sessions all the same. */
const named = Effect.fnUntraced(function* (which: string) {
  const client = yield* AdminClient
  const found = (yield* client.tokens.list()).find(({ id, name }) => id === which || name === which)
  if (found !== undefined) return found
  const message = `There is no token ${which}. To list tokens: usher tokens list`
  return yield* new Failed({ kind: "missing", message })
})

const revoke = Command.make(
  "revoke",
  { which: whichFlag, ...accessFlags },
  Effect.fnUntraced(function* ({ which, json }) {
    const client = yield* AdminClient
    const found = yield* named(which)
    yield* client.tokens.revoke({ params: { id: found.id } })
    yield* print(json, { revoked: found.id }, () => `Revoked ${found.name} and ended its sessions.`)
  })
).pipe(Command.withDescription("Revoke a token and end its sessions"), withAccess)

const ofFlag = Flag.String("of").pipe(
  Flag.optional,
  Flag.withDescription(
    "Only sessions of this token: the name or id of a created token, or the name of one in the configuration file"
  )
)

/** Sessions of one token, or all. */
const sessionsOf = Effect.fnUntraced(function* (which: Option.Option<string>) {
  const client = yield* AdminClient
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
    const { found, nameOf } = yield* sessionsOf(which)
    yield* print(json, found, () =>
      listing(
        ["Id", "Token", "Started", "Last used", "Expires", "IP", "Browser"],
        found.map((session) => [
          session.id,
          nameOf(session),
          time(session.begunAt),
          time(session.lastUsedAt),
          time(session.expiresAt),
          session.ip ?? "-",
          session.userAgent?.slice(0, 40) ?? "-"
        ]),
        "No sessions."
      )
    )
  })
).pipe(Command.withDescription("List the sessions of the dashboard, newest first"), withAccess)

const end = Command.make(
  "end",
  {
    ids: Argument.String("session").pipe(
      Argument.withDescription("The ids of sessions"),
      Argument.variadic()
    ),
    which: ofFlag,
    all: Flag.Boolean("all").pipe(Flag.withDefault(false), Flag.withDescription("Select every session")),
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ ids, which, all, json }) {
    const given = [ids.length > 0, Option.isSome(which), all].filter(Boolean)
    if (given.length !== 1) {
      const message = "No sessions selected. Give ids, --of or --all."
      return yield* new Failed({ kind: "usage", message })
    }
    const client = yield* AdminClient
    for (const id of ids) yield* client.tokens.endSession({ params: { id } })
    const owners = ids.length > 0 ? [] : (yield* sessionsOf(which)).found.map(({ token }) => token)
    let ended = ids.length
    for (const id of new Set(owners)) ended += (yield* client.tokens.endSessions({ params: { id } })).ended
    yield* print(json, { ended }, () => `Ended ${count(ended, "session")}.`)
  })
).pipe(
  Command.withDescription("End sessions of the dashboard: by id, by token, or all"),
  Command.withExamples([
    { command: "usher tokens end --of laptop", description: "End every session of one token" }
  ]),
  withAccess
)

export const tokens = Command.make("tokens").pipe(
  Command.withAlias("token"),
  Command.withDescription("Manage tokens for the admin API and their sessions"),
  Command.withSubcommands([create, list, revoke, sessions, end])
)
