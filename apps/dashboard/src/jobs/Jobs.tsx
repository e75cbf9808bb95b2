/** The jobs of the relay: replays, mappings and cancellations, with their progress. */
import type { Jobs as Wire } from "@usher/admin"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { useGiven } from "../parts/Filters.tsx"
import { count } from "../parts/number.ts"
import { Page } from "../parts/Page.tsx"
import { Pages } from "../parts/Pages.tsx"
import { Raw } from "../parts/Raw.tsx"
import { Empty } from "../parts/Shown.tsx"
import { Status } from "../parts/Status.tsx"
import { Ago } from "../parts/time.tsx"
import { JobControls } from "./JobControls.tsx"

const works: Readonly<Record<Wire.Job["kind"], string>> = {
  replay: "Replay invitations",
  remap: "Map webhooks again",
  cancel: "Cancel invitations"
}

export const Jobs = () => {
  const given = useGiven("after")
  const query = useApi(["jobs", "list", JSON.stringify(given)], api.jobs.list({ query: given }), {
    everyMs: 5_000
  })
  return (
    <Page
      title="Jobs"
      lead="Replays, mappings and cancellations. A job goes on when this page is closed, and after a restart of the relay."
    >
      <Pages
        label="Jobs"
        query={query}
        idOf={({ id }) => id}
        empty={<Empty title="No jobs">A replay, a new mapping or a cancellation appears here.</Empty>}
        columns={[
          {
            title: "Work",
            className: "wide",
            cell: (job) => (
              <>
                <div className="strong">{works[job.kind]}</div>
                <Raw className="muted" text={selectionText(job)} />
              </>
            )
          },
          {
            title: "State",
            cell: ({ reason, state }) => (
              <>
                <Status status={state} />
                {reason !== null && <div className="muted">{reason}</div>}
              </>
            )
          },
          {
            title: "Done",
            className: "number",
            cell: ({ done, total }) => (total === null ? count(done) : `${count(done)} of ${count(total)}`)
          },
          {
            title: "Begun",
            cell: ({ by, createdAt }) => (
              <>
                <Ago at={createdAt} /> by <bdi>{by}</bdi>
              </>
            )
          },
          { title: "Ended", cell: ({ endedAt }) => (endedAt === null ? "" : <Ago at={endedAt} />) },
          { title: "Change", className: "actions", cell: (job) => <JobControls job={job} /> }
        ]}
      />
    </Page>
  )
}

const selectionText = ({ selection: { conditions, ids, person } }: Wire.Job): string =>
  [
    ...(ids === undefined ? [] : [`${count(ids)} selected`]),
    ...(person === undefined ? [] : ["one person"]),
    ...Object.entries(conditions)
      .filter(([name]) => name !== "asOf")
      .map(([name, value]) => (value === true ? name : `${name}: ${value ?? "none"}`))
  ].join("; ")
