/** `usher audit`: who did what, and whether the audit log was changed. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { accessFlags, AdminClient, query, withReadAccess } from "../support/access.ts"
import { failed } from "../support/failure.ts"
import { pageFlags, present } from "../support/filters.ts"
import { textFlag } from "../support/flags.ts"
import { count, page, print, time } from "../support/print.ts"

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
    if (fault !== null) return yield* failed(fault.detail)
  })
).pipe(
  Command.withDescription(
    "Check the hash chain of the audit log. If an entry was edited, removed or moved, print the first entry that does not match and exit with 1"
  ),
  Command.withExamples([
    { command: "usher audit verify", description: "From a script: exit code 1 if an entry was changed" }
  ]),
  Command.withShortDescription("Check the audit log for edited, removed or moved entries"),
  withReadAccess
)

export const audit = query(
  "audit",
  { what: textFlag("what", "Such as spots.pause"), ...pageFlags },
  (client, { limit, what, after }) => client.audit.list({ query: { limit, ...present({ what, after }) } }),
  (found) =>
    page(
      found,
      ({ at, who, via, ip, what, parameters, result }) => ({
        When: time(at),
        Who: who,
        Via: via,
        IP: ip ?? "-",
        What: what,
        About: about(parameters),
        Result: result
      }),
      "No matching audit log entries."
    )
).pipe(
  Command.withDescription(
    "Show who did what, newest first. Email addresses and member ids appear as digests"
  ),
  Command.withExamples([
    { command: "usher audit --what people.forget", description: "Who forgot people" },
    { command: "usher audit verify", description: "Check the audit log for edited, removed or moved entries" }
  ]),
  Command.withSubcommands([verify])
)

const about = (parameters: Readonly<Record<string, unknown>>): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n")
