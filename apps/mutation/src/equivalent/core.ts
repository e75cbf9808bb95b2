import { type Equivalent, of } from "./Equivalent.ts"

export const core: ReadonlyArray<Equivalent> = [
  ...of(
    "packages/core/src/internal/slidingWindows.ts",
    "Only how much of the list is copied at once: a wait begins at `first`, and a test bounds the length of the list.",
    ["if (passed <= ended.length / 2) return", "passed <= ended.length / 2", "false"],
    ["if (passed <= ended.length / 2) return", "(passed <= ended.length", "(passed < ended.length"],
    ["if (passed <= ended.length / 2) return", "/ 2)", "/ 3)"]
  ),
  ...of(
    "packages/core/src/internal/slidingWindows.ts",
    "Past the end of the list, NaN is at most the time as little as Infinity is.",
    [
      "while ((ended[window.first] ?? Infinity) + window.millis <= time) window.first++",
      "ended[window.first] ?? Infinity",
      "ended[window.first]"
    ]
  ),
  ...of(
    "packages/core/src/internal/slidingWindows.ts",
    "It wakes up less than 1 ms early, finds that it has to wait, and waits again.",
    [
      "if (wait > 0) return Effect.andThen(restore(Effect.sleep(Math.ceil(wait))), take)",
      "Effect.andThen(restore(Effect.sleep(Math.ceil(wait))),",
      "Effect.andThen(restore(Effect.sleep(Math.floor(wait))),"
    ]
  )
]
