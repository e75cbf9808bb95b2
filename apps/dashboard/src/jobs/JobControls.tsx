/** Pauses, resumes and stops a job. */
import type { Jobs } from "@usher/admin"
import { api } from "../api/client.ts"
import { useAction } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { Trouble } from "../parts/Shown.tsx"
import { useMayAct } from "../session/session.ts"

type Act = "pause" | "resume" | "stop"

const acts: Readonly<Record<Jobs.Job["state"], ReadonlyArray<Act>>> = {
  running: ["pause", "stop"],
  paused: ["resume", "stop"],
  failed: ["resume", "stop"],
  done: [],
  stopped: []
}

const labels: Readonly<Record<Act, string>> = { pause: "Pause", resume: "Resume", stop: "Stop" }

export const JobControls = ({ job: { id, state } }: { readonly job: Jobs.Job }) => {
  const change = useAction((act: Act) => api.jobs[act]({ params: { id } }), ["jobs"])
  const mayAct = useMayAct()
  if (!mayAct) return null
  return (
    <>
      {change.isError && <Trouble error={change.error} />}
      {acts[state].map((act) => (
        <Button key={act} isPending={change.isPending} onPress={() => change.mutate(act)}>
          {labels[act]}
        </Button>
      ))}
    </>
  )
}
