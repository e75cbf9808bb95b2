/** `usher reload`: a running relay reloads its configuration file, as on SIGHUP. */
import { Command } from "effect/cli"
import { act } from "../support/access.ts"

export const reload = act(
  "reload",
  {},
  (client) => client.upkeep.reload(),
  ({ changes }) => changes.join("\n") || "no changes"
).pipe(
  Command.withDescription(
    "Reload the configuration file of the relay at --url. The relay applies the complete file, or nothing if it is invalid"
  ),
  Command.withExamples([
    { command: "usher reload --url https://hooks.example.com", description: "With the token in USHER_TOKEN" }
  ])
)
