/** Who holds the database and uses the command line: an operator, by the name that this machine knows. */
import { Effect } from "effect"
import type { Access } from "@usher/admin"
import { userInfo } from "node:os"

export const commandLine = (): Access.Caller["Service"] => ({
  name: `${userInfo().username} (command line)`,
  scope: "operate",
  via: "cli",
  id: "command line",
  ip: null,
  isStillAllowed: Effect.succeed(true)
})
