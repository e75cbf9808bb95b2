/** The command and the commit that produced the figures. */
import { Effect } from "effect"
import { output } from "../Process.ts"

const folder = new URL("../../../..", import.meta.url).pathname

const git = (...args: ReadonlyArray<string>) => output("git", "-C", folder, ...args)

export const of = Effect.fnUntraced(function* (script: string, args: ReadonlyArray<string> = []) {
  const commit = yield* git("rev-parse", "--short", "HEAD")
  // The run itself writes to docs.
  const changes = yield* git("status", "--porcelain", "--", ".", ":!docs")
  const state =
    commit === undefined ? "" : `, commit ${commit}${changes === "" ? "" : " with uncommitted changes"}`
  return `Taken by \`pnpm ${[script, ...args].join(" ")}\`, ${new Date().toISOString().slice(0, 10)}${state}.`
})
