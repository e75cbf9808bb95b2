/** A button that begins a job, and then shows its progress. The job goes on when this goes away. */
import type { Jobs } from "@usher/admin"
import { isEnded } from "@usher/model/Job"
import { useEffect } from "react"
import { api } from "../api/client.ts"
import { refresh, type Topic, useAction, useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { count, plural } from "../parts/number.ts"
import { Trouble } from "../parts/Shown.tsx"
import { wordOf } from "../parts/Status.tsx"
import { JobControls } from "./JobControls.tsx"

interface Props {
  readonly label: string
  /** Undefined until there is a plan with items. */
  readonly work: Jobs.Work | undefined
  readonly stale: ReadonlyArray<Topic>
  readonly variant: "primary" | "danger"
  readonly onStart: () => void
}

export const JobButton = ({ label, work, stale, variant, onStart }: Props) => {
  const begin = useAction((work: Jobs.Work) => api.jobs.begin({ payload: work }), ["jobs"])
  if (begin.data !== undefined) return <Progress begun={begin.data} label={label} stale={stale} />
  return (
    <div className="progress-button">
      {begin.isError && <Trouble error={begin.error} />}
      <Button
        variant={variant}
        isDisabled={work === undefined}
        isPending={begin.isPending}
        onPress={() => {
          if (work === undefined) return
          onStart()
          begin.mutate(work)
        }}
      >
        {label}
      </Button>
    </div>
  )
}

const resultOf: Readonly<Record<Jobs.Job["kind"], (done: number) => string>> = {
  replay: (done) => `Queued ${plural(done, "invitation")}.`,
  cancel: (done) => `Canceled ${plural(done, "invitation")}.`,
  remap: (done) => `Mapped ${plural(done, "webhook")} again.`
}

interface ProgressProps {
  readonly begun: Jobs.Job
  readonly label: string
  readonly stale: ReadonlyArray<Topic>
}

const Progress = ({ begun, label, stale }: ProgressProps) => {
  const { id } = begun
  const query = useApi(["jobs", id], api.jobs.get({ params: { id } }), { fresh: true, everyMs: 1_000 })
  const job = query.data ?? begun
  const { done, kind, reason, state, total } = job
  const hasEnded = isEnded(state)
  // Once, when the job ends: `stale` is a new list in each render.
  useEffect(() => {
    if (hasEnded) void refresh(stale)
  }, [hasEnded])
  if (hasEnded) {
    return (
      <span className="done" role="status">
        {state === "done" ? "" : `${wordOf(state)}. `}
        {resultOf[kind](done)}
        {reason !== null && ` ${reason}`}
      </span>
    )
  }
  return (
    <div className="progress-button">
      <progress aria-label={label} {...(total !== null && { value: done, max: Math.max(1, total) })} />
      <span role="status">
        {count(done)}
        {total !== null && ` of ${count(total)}`}. It goes on if you close this: <a href="#/jobs">Jobs</a>.
      </span>
      <JobControls job={job} />
    </div>
  )
}
