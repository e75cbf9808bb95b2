/** The help of every command. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { usher } from "../../src/cli/usher.ts"
import { type Known, known } from "../handbook/commands.ts"

/** Every command that can be run, by its words. */
const runnable = (
  command: Known,
  path: ReadonlyArray<string> = []
): ReadonlyArray<readonly [string, Known]> => [
  ...(command.below.size === 0 ? [[path.join(" "), command] as const] : []),
  ...[...command.below].flatMap(([name, below]) => runnable(below, [...path, name]))
]

describe("the help", () => {
  it.effect("of every command has an example of that command", () =>
    Effect.gen(function* () {
      const root = yield* known(usher)
      const commands = runnable(root)
      expect(commands.length).toBeGreaterThan(40)
      const without = commands
        .filter(([, { doc }]) => (doc.examples ?? []).length === 0)
        .map(([path]) => path)
      expect(without).toEqual([])
      for (const [path, { doc }] of commands) {
        for (const { command } of doc.examples ?? [])
          expect(command).toMatch(new RegExp(`^usher ${path}(?: |$)`))
      }
    })
  )
})
