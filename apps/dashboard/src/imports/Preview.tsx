/** What a file says: how it is read, its first rows, the people in it and the rows that can't be imported. */
import { estimate } from "@usher/people/estimate"
import { DateTime, Duration, Effect } from "effect"
import { useState } from "react"
import { api } from "../api/client.ts"
import type { Explained } from "../api/problem.ts"
import { useApi } from "../api/queries.ts"
import { Delays, isDelayed } from "../overview/Budgets.tsx"
import { Choice } from "../parts/Choice.tsx"
import { DataTable } from "../parts/DataTable.tsx"
import { Facts } from "../parts/Facts.tsx"
import { Field } from "../parts/Field.tsx"
import { count, plural } from "../parts/number.ts"
import { ProgressButton, type Work } from "../parts/ProgressButton.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Dated } from "../parts/time.tsx"
import { useMayAct } from "../session/session.ts"
import type { Known } from "./live.ts"
import type { Choices, Contents, Invitation, Task } from "./worker.ts"
import { send } from "./working.ts"

interface Props {
  readonly contents: Contents
  /** Whether the contents are those of the present choices. Nobody is invited otherwise. */
  readonly isCurrent: boolean
  readonly task: Invited
  /** The Live of the invitation, if the relay knows it. */
  readonly live: Known | undefined
  readonly onChoose: (choices: Choices) => void
}

type Invited = Task & { readonly invitation: Invitation }

export const Preview = ({ contents: { layout, found }, isCurrent, task, live, onChoose }: Props) => {
  const { choices } = task
  return (
    <>
      <div className="filters">
        <Choice
          label="Column with the people"
          value={String(choices.column ?? found?.column.index ?? "")}
          onChange={(index) => onChoose({ ...choices, column: index === "" ? undefined : Number(index) })}
          options={[
            ...(found === undefined ? [{ id: "", label: "Choose a column" }] : []),
            ...layout.columns.map(({ index, name, examples }) => ({
              id: String(index),
              label: `${index + 1} ${name === "" ? "" : `${short(name)}: `}${short(examples.join(", "))}`
            }))
          ]}
        />
        {layout.delimiter === "" && (
          <Sheet
            sheet={choices.sheet}
            onChoose={(sheet) => onChoose({ ...choices, sheet, column: undefined })}
          />
        )}
        <label className="check">
          <input
            type="checkbox"
            checked={choices.noHeader}
            onChange={({ currentTarget }) => onChoose({ ...choices, noHeader: currentTarget.checked })}
          />
          The first row is a person, not a heading
        </label>
      </div>
      {isCurrent && found === undefined && (
        <p className="note" role="status">
          Several columns may name the people, or none does. Choose one.
        </p>
      )}
      {isCurrent && found && <People layout={layout} found={found} task={task} live={live} />}
    </>
  )
}

/** The sheet is read once the field is left. */
const Sheet = ({
  sheet,
  onChoose
}: {
  readonly sheet: string
  readonly onChoose: (sheet: string) => void
}) => {
  const [text, setText] = useState(sheet)
  return (
    <Field
      label="Sheet"
      hint="Its name, or its number. Default: the first."
      value={text}
      onChange={setText}
      onBlur={() => text !== sheet && onChoose(text)}
    />
  )
}

const maxText = 60

const short = (text: string) => (text.length <= maxText ? text : `${text.slice(0, maxText - 1)}…`)

const delimiters: Readonly<Record<string, string>> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "tabs",
  "|": "vertical bars"
}

interface PeopleProps extends Pick<Props, "live"> {
  readonly layout: Contents["layout"]
  readonly found: NonNullable<Contents["found"]>
  readonly task: Invited
}

const People = ({ layout, found: { column, counts, problems, cleaned }, task, live }: PeopleProps) => {
  const { invitation } = task
  const mayAct = useMayAct()
  const budgets = useApi(["budget"], api.budget.get())
  const [before, setBefore] = useState(0)
  // The id that the operator confirmed although the relay does not know it.
  const [confirmed, confirm] = useState("")
  const { liveId } = invitation
  const isSure = live !== undefined || confirmed === liveId
  const people = counts.byAddress + counts.byMemberId
  const budget = budgets.data?.find(({ spot }) => spot === invitation.spot)
  const plan = estimate(people, budget, DateTime.nowUnsafe())
  return (
    <div className="plan">
      <Facts
        of={{
          Live: live && (
            <>
              {live.title !== null && <Raw className="clip" text={live.title} />}{" "}
              <Raw className="mono" text={live.liveId} />
            </>
          ),
          Begins: live && (live.startsAt === null ? "unknown" : <Dated at={live.startsAt} />),
          Format:
            layout.delimiter === ""
              ? layout.encoding
              : `${layout.encoding}, separated by ${delimiters[layout.delimiter] ?? layout.delimiter}`,
          Heading: layout.heading === undefined ? "none" : `line ${layout.heading}`,
          People: `${count(people)} (${count(counts.byAddress)} by address, ${count(counts.byMemberId)} by member id)`,
          "Duplicates, skipped": counts.repeated > 0 ? count(counts.repeated) : null,
          "Rows that can’t be imported": count(counts.bad),
          "Calls to MeltingSpot": count(plan.calls),
          "Minimum duration": durationOf(plan),
          "Sent after": plan.backlog > 0 ? `${count(plan.backlog)} pending` : null
        }}
      />
      <Rows
        label="First rows"
        rows={layout.first.map(({ line, cells }) => ({
          line,
          text: cells[column.index] ?? "",
          more: cells.filter((cell, index) => index !== column.index && cell.trim() !== "").join(" | ")
        }))}
        titles={["Person", "Other cells"]}
      />
      {problems.length > 0 && (
        <Rows
          label={`Rows that can’t be imported${more(counts.bad, problems.length)}`}
          rows={problems.map(({ line, problem }) => ({ line, text: problem }))}
          titles={["Problem"]}
        />
      )}
      {cleaned.length > 0 && (
        <Rows
          label={`Normalized rows${more(counts.altered, cleaned.length)}`}
          rows={cleaned.map(({ line, cleaned }) => ({ line, text: cleaned }))}
          titles={["Change"]}
        />
      )}
      {live && <Lateness live={live} />}
      {budget && isDelayed(budget) && (
        <p className="note" role="status">
          <Delays budgets={[budget]} />
        </p>
      )}
      {mayAct && live === undefined && liveId !== "" && (
        <div className="note tone-wait">
          <p role="status">
            The relay does not know a Live with this id: <Raw className="mono" text={liveId} />. It knows a
            Live from its first invitation on.
          </p>
          <label className="check">
            <input
              type="checkbox"
              checked={isSure}
              onChange={({ currentTarget }) => confirm(currentTarget.checked ? liveId : "")}
            />
            The id is right
          </label>
        </div>
      )}
      {mayAct && (
        <ProgressButton
          label={`Invite ${peopleText(people)}`}
          variant="primary"
          isDisabled={people === 0 || liveId === "" || !isSure}
          start={importing(task, people, setBefore)}
          resultOf={(done) => resultText(done - before, before)}
          stale={["webhooks", "invitations", "people", "lives", "budget", "stats", "audit"]}
        />
      )}
      {mayAct && liveId === "" && <p className="hint">Name the Live first.</p>}
    </div>
  )
}

/** Warns of a Live that has begun or ended. */
const Lateness = ({ live: { endsAt, startsAt } }: { readonly live: Known }) => {
  const now = DateTime.nowUnsafe()
  const isOver = (at: DateTime.Utc | null) => at !== null && DateTime.isLessThan(at, now)
  const [verb, at] = isOver(endsAt) ? ["Ended", endsAt] : ["Began", isOver(startsAt) ? startsAt : null]
  return (
    at && (
      <p className="note tone-wait" role="status">
        {verb} on <Dated at={at} />. Check that this is the right Live.
      </p>
    )
  )
}

const importing =
  (task: Invited, total: number, onBefore: (people: number) => void): Work<Explained> =>
  (onProgress) => {
    let last = 0
    return Effect.map(
      send(task, ({ done, before }) => {
        last = done
        onBefore(before)
        onProgress({ done, total, ended: false })
      }),
      () => onProgress({ done: last, total, ended: true })
    )
  }

const durationOf = ({ durationMs }: ReturnType<typeof estimate>) =>
  durationMs < 1000 ? "less than a second" : Duration.format(Duration.seconds(Math.ceil(durationMs / 1000)))

const peopleText = (people: number) => plural(people, "person", "people")

const resultText = (imported: number, skipped: number) =>
  `Imported ${peopleText(imported)}.` +
  (skipped === 0 ? "" : ` Skipped ${peopleText(skipped)} imported in the last 24 hours.`)

const more = (all: number, shown: number) =>
  all > shown ? `, the first ${count(shown)} of ${count(all)}` : ""

interface RowsProps {
  readonly label: string
  readonly rows: ReadonlyArray<{ readonly line: number; readonly text: string; readonly more?: string }>
  readonly titles: readonly [string, string?]
}

const Rows = ({ label, rows, titles: [title, other] }: RowsProps) => (
  <>
    <h3>{label}</h3>
    <DataTable
      label={label}
      items={rows}
      idOf={({ line }) => String(line)}
      columns={[
        { title: "Line", cell: ({ line }) => count(line) },
        { title, className: "wide", cell: ({ text }) => <Raw text={short(text)} /> },
        ...(other === undefined
          ? []
          : [
              { title: other, cell: ({ more = "" }: RowsProps["rows"][number]) => <Raw text={short(more)} /> }
            ])
      ]}
    />
  </>
)
