/** `usher reload`: a running relay reloads its configuration file, as on SIGHUP. */
import { Effect, Option } from "effect"
import { Command } from "effect/cli"
import { accessFlags, AdminClient, placeOf } from "../support/access.ts"
import { usage } from "../support/failure.ts"
import { print } from "../support/print.ts"

export const reload = Command.make(
  "reload",
  accessFlags,
  Effect.fnUntraced(function* (access) {
    // Only a running relay has a configuration to reload.
    if (Option.isNone((yield* placeOf(access)).relay)) {
      return yield* usage(
        "Give the URL of the running relay with --url or USHER_URL, or send SIGHUP to its process."
      )
    }
    const answer = yield* AdminClient.use((client) => client.upkeep.reload()).pipe(
      Effect.provide(AdminClient.layer(access, "write"))
    )
    yield* print(access.json, answer, () => answer.changes.join("\n") || "no changes")
  })
).pipe(
  Command.withDescription(
    "Reload the configuration file of the relay at --url. The relay applies the complete file, or nothing if it is invalid"
  ),
  Command.withExamples([
    { command: "usher reload --url https://hooks.example.com", description: "With the token in USHER_TOKEN" }
  ])
)
