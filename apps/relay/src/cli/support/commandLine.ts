/** The caller in the audit log for commands with direct access to the database: an operator, by the local user name. */
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
