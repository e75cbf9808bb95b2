/** `usher reload`: a relay that runs takes up its changed configuration file, as it does on SIGHUP. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { accessFlags, AdminClient, withAccess } from "../support/access.ts"
import { print } from "../support/print.ts"

export const reload = Command.make(
  "reload",
  accessFlags,
  Effect.fnUntraced(function* ({ json }) {
    const client = yield* AdminClient
    const { changes } = yield* client.upkeep.reload()
    yield* print(json, { changes }, () => changes.join("\n") || "no changes")
  })
).pipe(
  Command.withDescription(
    "Reload the configuration file of the relay at --url. The relay applies the complete file, or nothing if it is invalid"
  ),
  withAccess
)
