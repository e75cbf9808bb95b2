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
        : `Checked ${which}. Entry ${fault.number} is the first that does not match.`
    })
    if (fault !== null) return yield* new Failed({ kind: "failed", message: fault.detail })
  })
).pipe(
  Command.withDescription(
    "Check the hash chain of the audit log. If an entry was edited, removed or moved, print the first entry that does not match and exit with 1"
  ),
  Command.withShortDescription("Check the audit log for edited, removed or moved entries"),
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
          "No matching audit log entries."
        ) + more(found.next)
    )
  })
)

const about = (parameters: Readonly<Record<string, unknown>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n")

export const audit = list.pipe(
  Command.withDescription(
    "Show who did what, newest first. Email addresses and member ids appear as digests"
  ),
  Command.withExamples([
    { command: "usher audit --what people.forget", description: "Who forgot people" },
    { command: "usher audit verify", description: "Check the audit log for edited, removed or moved entries" }
  ]),
  withAccess,
  Command.withSubcommands([verify])
)
