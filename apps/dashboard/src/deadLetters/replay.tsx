/** Sends ended invitations again, once it was shown what that means. */
import type { Invitations } from "@usher/admin"
import { useState } from "react"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { AskedDialog } from "../parts/Dialog.tsx"
import { Fact, Facts } from "../parts/Facts.tsx"
import { count } from "../parts/number.ts"
import { ProgressButton } from "../parts/ProgressButton.tsx"
import { Shown } from "../parts/Shown.tsx"
import { duration } from "../parts/time.tsx"

/** The question, and how to ask it. It stays when what was asked about is gone. */
export const useReplay = () => {
  const [asked, ask] = useState<Invitations.Chosen>()
  const close = () => ask(undefined)
  const question = (
    <AskedDialog title="Send again?" isOpen={asked !== undefined} close={close}>
      {asked === undefined ? null : <Replay filter={asked} close={close} />}
    </AskedDialog>
  )
  return { ask, question }
}

const Replay = ({ filter, close }: { readonly filter: Invitations.Chosen; readonly close: () => void }) => {
  const plan = useApi(
    ["deadLetters", "plan", JSON.stringify(filter)],
    api.replays.plan({ payload: filter }),
    {
      fresh: true
    }
  )
  return (
    <>
      <Shown
        query={plan}
        waiting={<div className="plan waiting" role="status" aria-label="Making the plan" />}
      >
        {({ invitations, people, lives, calls, durationMs }) => (
          <div className="plan">
            {invitations === 0 ? (
              <p>Nothing is left to send: somebody may have sent it already.</p>
            ) : (
              <Facts>
                <Fact name="Invitations">{count(invitations)}</Fact>
                <Fact name="People">{count(people)}</Fact>
                <Fact name="Lives">{count(lives)}</Fact>
                <Fact name="Calls to MeltingSpot">{count(calls)}</Fact>
                <Fact name="Takes at least">{durationMs === 0 ? "a moment" : duration(durationMs)}</Fact>
              </Facts>
            )}
            <p className="hint">
              They go after sign-ups that arrive now. Sending twice does no harm: MeltingSpot knows who is
              invited.
            </p>
          </div>
        )}
      </Shown>
      <div className="dialog-buttons">
        <Button onPress={close}>Close</Button>
        <ProgressButton
          label="Send again"
          variant="primary"
          isDisabled={plan.data === undefined || plan.data.invitations === 0}
          start={() => api.replays.invitations({ payload: filter })}
          stale={["deadLetters", "invitations", "people", "stats", "spots", "budget"]}
        />
      </div>
    </>
  )
}
