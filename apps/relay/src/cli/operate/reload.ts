/** `usher reload`: a running relay reloads its configuration file, as on SIGHUP. */
import { Command } from "effect/cli"
import { query } from "../support/access.ts"

export const reload = query(
  "reload",
  {},
  (client) => client.upkeep.reload(),
  ({ changes }) => changes.join("\n") || "no changes"
).pipe(
  Command.withDescription(
    "Reload the configuration file of the relay at --url. The relay applies the complete file, or nothing if it is invalid"
  )
)
