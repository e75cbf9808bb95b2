/** Invites the people of a CSV file or a workbook: shows first what the file says, and then the progress. */
import { useQuery } from "@tanstack/react-query"
import { Imports, type Spots as Wire } from "@usher/admin"
import { Schema } from "effect"
import { useRef, useState } from "react"
import { api, run } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Choice } from "../parts/Choice.tsx"
import { Field } from "../parts/Field.tsx"
import { useLives } from "../parts/LiveName.tsx"
import { count } from "../parts/number.ts"
import { Page, Section } from "../parts/Page.tsx"
import { Loading, Shown, Trouble } from "../parts/Shown.tsx"
import { type Known, livesOf } from "./live.ts"
import { Preview } from "./Preview.tsx"
import type { Choices, Invitation } from "./worker.ts"
import { read } from "./working.ts"

export const Import = () => {
  const spots = useApi(["spots"], api.spots.list())
  return (
    <Page
      title="Import"
      lead="Invites everybody in a CSV file or an Excel workbook to a Live, with a lower priority than new webhooks. The file is read in this browser; only the people in it are sent to the relay."
    >
      <Shown query={spots} waiting="rows">
        {(spots) => <Form spots={spots} />}
      </Shown>
    </Page>
  )
}

/** A file, with a number that no other choice has: the same file may be chosen again after a change. */
interface Chosen {
  readonly file: File
  readonly number: number
}

/** The number of files chosen since the page was loaded: the cache outlives the screen. */
let files = 0

const asFound: Choices = { column: undefined, sheet: "", noHeader: false }

const Form = ({ spots }: { readonly spots: ReadonlyArray<Wire.Spot> }) => {
  const [invitation, setInvitation] = useState({
    spot: spots[0]?.name ?? "",
    liveId: "",
    notify: "",
    invitedBy: ""
  })
  const [chosen, setChosen] = useState<Chosen>()
  const [choices, setChoices] = useState(asFound)
  const spot = spots.find(({ name }) => name === invitation.spot)
  const lives = useLives().filter((live) => live.spot === invitation.spot)
  const found = livesOf(invitation.liveId, lives)
  const live = found.length === 1 ? found[0] : undefined
  return (
    <>
      <div className="dialog-form">
        <div className="filters">
          {spots.length > 1 && (
            <Choice
              label="Spot"
              value={invitation.spot}
              onChange={(spot) => setInvitation({ ...invitation, spot })}
              options={spots.map(({ name }) => ({ id: name, label: name }))}
            />
          )}
          <Field
            label="Live"
            hint={live?.title ?? "The id of the Live to invite them to. Type a part of its title to find it."}
            error={problemOf(invitation.liveId, found.length)}
            list="known-lives"
            value={invitation.liveId}
            onChange={(liveId) => setInvitation({ ...invitation, liveId })}
          />
          <datalist id="known-lives">
            {lives.map(({ liveId, title }) => (
              <option key={liveId} value={liveId} label={title ?? liveId} />
            ))}
          </datalist>
          <Choice
            label="Email from MeltingSpot"
            value={invitation.notify}
            onChange={(notify) => setInvitation({ ...invitation, notify })}
            options={emails}
          />
          <Field
            label="Invited by"
            hint="The id of a Spot member. Default: nobody."
            value={invitation.invitedBy}
            onChange={(invitedBy) => setInvitation({ ...invitation, invitedBy })}
          />
        </div>
        <div className="field">
          <label htmlFor="import-file">File</label>
          <input
            id="import-file"
            type="file"
            accept=".csv,.tsv,.txt,.xlsx"
            onChange={({ currentTarget: { files: list } }) => {
              const [file] = list ?? []
              setChoices(asFound)
              setChosen(file && { file, number: ++files })
            }}
          />
          <span className="hint">
            A CSV file of any size, or an Excel workbook (.xlsx) of at most 32 MiB.
          </span>
        </div>
      </div>
      {chosen && (
        <Contents
          key={chosen.number}
          chosen={chosen}
          spot={spot}
          invitation={{ ...invitation, liveId: live?.liveId ?? idOf(invitation.liveId, found.length) }}
          live={live}
          choices={choices}
          onChoose={setChoices}
        />
      )}
    </>
  )
}

const isLiveId = Schema.is(Imports.Piece.fields.liveId)

/** Why the text names no Live. */
const problemOf = (typed: string, found: number): string | undefined => {
  if (found > 1) return `${count(found)} Lives have this in their title. Give the id of one.`
  if (found === 1 || typed.trim() === "" || isLiveId(typed.trim())) return undefined
  return "No known Live has this in its title, and it can’t be the id of one, which has no spaces and no “@”."
}

/** The id that was typed. Empty if it is none, or part of the titles of several Lives. */
const idOf = (typed: string, found: number): string =>
  problemOf(typed, found) === undefined ? typed.trim() : ""

const emails = [
  { id: "", label: "As MeltingSpot decides" },
  { id: "yes", label: "Yes" },
  { id: "no", label: "No" }
]

interface ContentsProps {
  readonly chosen: Chosen
  readonly spot: Wire.Spot | undefined
  readonly invitation: Invitation
  readonly live: Known | undefined
  readonly choices: Choices
  readonly onChoose: (choices: Choices) => void
}

const Contents = ({ chosen: { file, number }, spot, invitation, live, choices, onChoose }: ContentsProps) => {
  const memberId = spot?.memberId
  const query = useQuery({
    queryKey: ["import", number, choices, memberId],
    queryFn: ({ signal }) => run(read({ file, choices, memberId }), signal),
    staleTime: Infinity,
    retry: false
  })
  const { data, error, isPlaceholderData } = query
  // After another choice its fields stay, also where the file can't be read like that.
  const last = useRef(data)
  last.current = data ?? last.current
  const isCurrent = data !== undefined && !isPlaceholderData
  return (
    <Section title="The file">
      {error && <Trouble error={error} />}
      {last.current && (
        <Preview
          contents={last.current}
          isCurrent={isCurrent}
          live={live}
          task={{ file, choices, memberId, invitation }}
          onChoose={onChoose}
        />
      )}
      {!isCurrent && !error && <Loading className="plan" />}
    </Section>
  )
}
