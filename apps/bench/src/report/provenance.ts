/** Where figures come from: the command that takes them again, and the state of the code that they were taken in. */
import { Effect } from "effect"
import { output } from "../Process.ts"

const folder = new URL("../../../..", import.meta.url).pathname

const git = (...args: ReadonlyArray<string>) => output("git", "-C", folder, ...args)

/** One sentence. A commit with changes that are not committed says so. */
export const of = Effect.fnUntraced(function* (script: string, args: ReadonlyArray<string> = []) {
  const commit = yield* git("rev-parse", "--short", "HEAD")
  // What the run itself writes is no change of the code.
  const changes = yield* git("status", "--porcelain", "--", ".", ":!docs")
  const state =
    commit === undefined ? "" : `, commit ${commit}${changes === "" ? "" : " with uncommitted changes"}`
  return `Taken by \`pnpm ${[script, ...args].join(" ")}\`, ${new Date().toISOString().slice(0, 10)}${state}.`
})
