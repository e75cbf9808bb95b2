/** The help of every command. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { usher } from "../../src/cli/usher.ts"
import { type Known, known, unknownIn } from "../handbook/commands.ts"

/** Every command that can be run, by its words. */
const runnable = (command: Known, path: ReadonlyArray<string> = []): ReadonlyArray<readonly [string, Known]> =>
  [
    ...(command.below.size === 0 ? [[path.join(" "), command] as const] : []),
    ...[...command.below].flatMap(([name, below]) => runnable(below, [...path, name]))
  ]

describe("the help", () => {
  it.effect("of every command has an example of that command, with flags that exist", () =>
    Effect.gen(function* () {
      const root = yield* known(usher)
      const commands = runnable(root)
      expect(commands.length).toBeGreaterThan(40)
      for (const [path, { doc }] of commands) {
        const examples = doc.examples ?? []
        expect({ path, examples: examples.length }).not.toEqual({ path, examples: 0 })
        for (const { command } of examples) {
          expect(command).toMatch(new RegExp(`^usher ${path}(?: |$)`))
          const words = command.replaceAll(/'[^']*'/g, "text").split(" ").slice(1)
          expect({ command, unknown: unknownIn(words, root) }).toEqual({ command, unknown: undefined })
        }
      }
    })
  )
})
