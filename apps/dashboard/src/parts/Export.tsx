/** Saves all rows of a list as a file. */
import { Effect, Option, Stream, Struct } from "effect"
import type { Progress } from "@usher/admin"
import { useState } from "react"
import { csv } from "./csv.ts"
import { Button } from "./Button.tsx"
import { DialogButton } from "./Dialog.tsx"
import type { Page } from "./merge.ts"
import { count, plural } from "./number.ts"
import { ProgressButton, streamed } from "./ProgressButton.tsx"
import { Segments } from "./Segments.tsx"

/** A browser keeps the file in its memory until it is saved. */
const maxRows = 100_000

/** The API's maximum. */
const limit = 500

/** A search for the page of an export after this cursor, in place of the page on the screen. */
export const pageOf = <A extends object>(search: A & { readonly after?: string }, after?: string) => ({
  ...Struct.omit(search, ["after"]),
  limit,
  ...(after === undefined ? {} : { after })
})

/** A list without pages. */
export const wholeOf = <A extends object, E>(list: Effect.Effect<ReadonlyArray<A>, E>) =>
  Effect.map(list, (items): Page<A> => ({ items, next: null }))

interface Props<E> {
  /** The name of the file, without its extension. */
  readonly name: string
  readonly page: (after: string | undefined) => Effect.Effect<Page<object>, E>
}

export const Export = <E,>(props: Props<E>) => (
  <DialogButton label="Export" title="Export">
    {(close) => <Question {...props} close={close} />}
  </DialogButton>
)

const formats = [
  { id: "csv", label: "CSV" },
  { id: "json", label: "JSON" }
]

const Question = <E,>({ name, page, close }: Props<E> & { readonly close: () => void }) => {
  const [format, setFormat] = useState("csv")
  const start = () => {
    const rows: Array<object> = []
    const turn = (after: string | undefined) =>
      Effect.map(page(after), ({ items, next }) => {
        rows.push(...items.slice(0, maxRows - rows.length))
        const isLast = next === null || rows.length >= maxRows
        if (isLast) save(`${name}.${format}`, format === "csv" ? csv(rows) : JSON.stringify(rows, null, 2))
        const progress: Progress.Progress = { done: rows.length, total: null, ended: isLast }
        return [[progress], isLast ? Option.none() : Option.some(next)] as const
      })
    return Effect.succeed(Stream.paginate<string | undefined, Progress.Progress, E>(undefined, turn))
  }
  return (
    <div className="plan">
      <p>
        Saves all rows that match the filters, at most {count(maxRows)}. In CSV, a cell that a spreadsheet
        would run as a formula begins with an apostrophe.
      </p>
      <Segments label="Format" value={format} onChange={setFormat} options={formats} />
      <div className="dialog-buttons">
        <Button onPress={close}>Close</Button>
        <ProgressButton
          label="Save"
          variant="primary"
          start={streamed(start)}
          resultOf={(rows) => `Saved ${plural(rows, "row")}.`}
          stale={[]}
        />
      </div>
    </div>
  )
}

const save = (name: string, text: string) => {
  const url = URL.createObjectURL(new Blob([text]))
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.click()
  // The download has begun by then.
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
