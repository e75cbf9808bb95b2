/** `usher audit`: who did what, and whether the log of it was changed. */
import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { Failed } from "../support/failure.ts"
import { pageFlags, present } from "../support/filters.ts"
import { count, listing, more, print, time } from "../support/print.ts"

const verify = Command.make(
  "verify",
  accessFlags,
  Effect.fnUntraced(function* ({ json }) {
    const client = yield* AdminClient
    const found = yield* client.audit.verify()
    const { entries, fault, from, head } = found
    yield* print(json, found, () => {
      if (head === null && fault === null) return "The audit log is empty."
      const which = `${count(entries, "entry", "entries")}, the first with number ${from ?? "-"}`
      return fault === null
        ? `The audit log is intact: ${which}. Entry ${head?.number} has the hash ${head?.hash}.`
        : `Checked ${which}. Entry ${fault.number} is the first that does not fit.`
    })
    if (fault !== null) return yield* new Failed({ kind: "failed", message: fault.detail })
  })
).pipe(
  Command.withDescription(
    "Check the audit log's chain of hashes: exit code 1, and the first entry that does not fit, if an entry was edited, removed or moved"
  ),
  Command.withShortDescription("Check that no entry was edited, removed or moved"),
  withAccess
)

const list = Command.make(
  "audit",
  {
    what: Flag.String("what").pipe(Flag.optional, Flag.withDescription("Such as spots.pause")),
    ...pageFlags,
    ...accessFlags
  },
  Effect.fnUntraced(function* ({ what, limit, after, json }) {
    const client = yield* AdminClient
    const query = { limit, ...present({ what, after }) }
    const found = yield* client.audit.list({ query })
    yield* print(
      json,
      found,
      () =>
        listing(
          ["When", "Who", "Via", "IP", "What", "About", "Result"],
          found.items.map(({ at, who, via, ip, what, parameters, result }) => [
            time(at),
            who,
            via,
            ip ?? "-",
            what,
            about(parameters),
            result
          ]),
          "The audit log has no such entries."
        ) + more(found.next)
    )
  })
)

const about = (parameters: Readonly<Record<string, unknown>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n")

export const audit = list.pipe(
  Command.withDescription("Who did what, newest first. Digests stand for e-mail addresses and member ids"),
  Command.withExamples([
    { command: "usher audit --what people.forget", description: "Who had people forgotten" },
    { command: "usher audit verify", description: "Check that no entry was edited, removed or moved" }
  ]),
  withAccess,
  Command.withSubcommands([verify])
)
