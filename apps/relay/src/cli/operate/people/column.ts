/** Settles which column names the people, and asks where the file leaves it open. */
import { Effect, Option } from "effect"
import { Prompt } from "effect/cli"
import { Display } from "@usher/admin"
import { asFlags, choose, shortened, type Why } from "./choose.ts"
import type { Found, Shape } from "./find.ts"
import type { Column } from "./layout.ts"
import type { Reading } from "./rows.ts"
import { refused } from "./sample.ts"

export const reading = Effect.fnUntraced(function* (
  file: string,
  layout: Found,
  shape: Shape,
  mayAsk: boolean
) {
  const choice = choose(layout, Option.getOrUndefined(shape.column))
  switch (choice._tag) {
    case "None":
      return yield* refused(file, choice.sentence)
    case "One":
      return readingOf(file, layout, choice.column, choice.why, shape)
    case "Several": {
      const column = yield* ask(file, layout, choice.columns, mayAsk)
      return readingOf(file, layout, column, "named", shape)
    }
  }
})

/** A Spot's own pattern may fit any word: it counts where the heading or the operator says that the column holds member ids. */
const readingOf = (file: string, layout: Found, column: Column, why: Why, shape: Shape): Reading => ({
  file,
  layout,
  column,
  why,
  memberId: why === "named" || column.kind === "memberId" ? shape.memberId : undefined
})

/** The question is shown on standard output. */
const hasTerminal = () => process.stdin.isTTY && process.stdout.isTTY

const ask = Effect.fnUntraced(function* (
  file: string,
  layout: Found,
  columns: ReadonlyArray<Column>,
  mayAsk: boolean
) {
  if (!mayAsk || !hasTerminal()) {
    const why = `${columns.length} columns may hold the addresses or member ids`
    return yield* refused(file, `${why}; ${asFlags(columns, layout.columns)}`, "usage")
  }
  return yield* Prompt.run(
    Prompt.Select({
      message: Display.line(`Which column of ${file} names the people to invite?`),
      choices: columns.map((column) => ({ title: titleOf(column), value: column }))
    })
  )
})

const maxTitle = 70

/** `3 E-Mail: eva@example.com, max@example.com` */
const titleOf = ({ examples, index, name }: Column): string =>
  Display.line(shortened(`${index + 1} ${name}: ${examples.join(", ")}`, maxTitle))
