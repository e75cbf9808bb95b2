/** Reads the chosen file, and sends its people to the relay, beside the page, which answers meanwhile. */
import { Effect, Option, Stream } from "effect"
import { examine, type People } from "@usher/people/examine"
import { layoutOf } from "@usher/people/find"
import { type Column, fitting, type Layout } from "@usher/people/layout"
import { concurrency, pieces } from "@usher/people/pieces"
import { readingOf } from "@usher/people/rows"
import { Unreadable } from "@usher/people/sample"
import { api, run } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { layerFile } from "./fileSystem.ts"

export interface Choices {
  /** The position of the column, from 0. Undefined: the one that fits. */
  readonly column: number | undefined
  /** The sheet of a workbook: its name, or its number from 1. */
  readonly sheet: string
  /** Whether the first row is data. */
  readonly noHeader: boolean
}

export interface Invitation {
  readonly spot: string
  readonly liveId: string
  /** `yes`, `no`, or empty: MeltingSpot decides. */
  readonly notify: string
  readonly invitedBy: string
}

export interface Task {
  readonly file: File
  readonly choices: Choices
  /** The pattern of the Spot's member ids, besides UUIDs. */
  readonly memberId: string | undefined
  /** Where the people are sent. Undefined: the file is only read. */
  readonly invitation: Invitation | undefined
}

/** What the file says. */
export interface Contents {
  readonly layout: Omit<Layout, "sheet">
  /** The people in the column. Undefined where several columns fit, until somebody chooses one. */
  readonly found: (People & { readonly column: Column }) | undefined
}

/** How far the import is, in people. */
export interface Step {
  readonly done: number
  /** Those who were imported in the last 24 hours, and are skipped. */
  readonly before: number
}

export type Answer =
  | { readonly kind: "contents"; readonly contents: Contents }
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "ended" }
  | { readonly kind: "failed"; readonly reason: string }

const open = Effect.fnUntraced(function* ({ file, choices, memberId }: Task) {
  const { column: chosen, sheet, noHeader } = choices
  const pattern = memberId === undefined ? undefined : new RegExp(memberId, "u")
  const layout = yield* layoutOf(file.name, {
    column: Option.map(Option.fromUndefinedOr(chosen), (index) => String(index + 1)),
    delimiter: Option.none(),
    noHeader,
    sheet: Option.some(sheet.trim() === "" ? "1" : sheet.trim()),
    memberId: pattern
  })
  const [first, ...others] = fitting(layout.columns)
  const column = chosen === undefined ? (others.length === 0 ? first : undefined) : layout.columns[chosen]
  const reading = column && readingOf(file.name, layout, column, chosen !== undefined, pattern)
  return { layout, reading }
})

const read = Effect.fnUntraced(function* (task: Task) {
  const { layout: whole, reading } = yield* open(task)
  const { sheet: _, ...layout } = whole
  const found = reading && { column: reading.column, ...(yield* examine(reading)) }
  answer({ kind: "contents", contents: { layout, found } })
})

const send = Effect.fnUntraced(function* (task: Task, { spot, liveId, notify, invitedBy }: Invitation) {
  const { reading } = yield* open(task)
  if (reading === undefined) return
  const invitation = {
    spot,
    liveId: liveId.trim(),
    ...(notify === "" ? {} : { notify: notify === "yes" }),
    ...(invitedBy.trim() === "" ? {} : { invitedBy: invitedBy.trim() })
  }
  let [done, before] = [0, 0]
  yield* pieces(reading).pipe(
    Stream.mapEffect(
      (members) =>
        Effect.map(api.imports.add({ payload: { ...invitation, members } }), ({ duplicate }) => {
          done += members.length
          if (duplicate) before += members.length
          answer({ kind: "step", step: { done, before } })
        }),
      { concurrency }
    ),
    Stream.runDrain
  )
})

const answer = (answer: Answer) => postMessage(answer)

addEventListener("message", ({ data: task }: MessageEvent<Task>) => {
  const work = task.invitation === undefined ? read(task) : send(task, task.invitation)
  run(Effect.provide(work, layerFile(task.file))).then(
    () => answer({ kind: "ended" }),
    (error: unknown) =>
      answer({ kind: "failed", reason: error instanceof Unreadable ? error.message : sentence(error) })
  )
})
