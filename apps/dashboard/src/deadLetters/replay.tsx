/** Replays ended invitations after a confirmation that shows the plan. */
import type { Invitations } from "@usher/admin"
import { useState } from "react"
import { api } from "../api/client.ts"
import { useApi } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { DialogFrame } from "../parts/Dialog.tsx"
import { Facts } from "../parts/Facts.tsx"
import { count } from "../parts/number.ts"
import { ProgressButton } from "../parts/ProgressButton.tsx"
import { Shown } from "../parts/Shown.tsx"
import { duration } from "../parts/time.tsx"

/** The dialog, and a function that opens it. The dialog stays open when the row that opened it disappears. */
export const useReplay = () => {
  const [asked, ask] = useState<Invitations.Chosen>()
  const question = (
    <DialogFrame
      title="Replay invitations?"
      isOpen={asked !== undefined}
      onOpenChange={(isOpen) => isOpen || ask(undefined)}
    >
      {(close) => asked && <Replay filter={asked} close={close} />}
    </DialogFrame>
  )
  return { ask, question }
}

const Replay = ({ filter, close }: { readonly filter: Invitations.Chosen; readonly close: () => void }) => {
  const key = ["deadLetters", "plan", JSON.stringify(filter)] as const
  const plan = useApi(key, api.replays.plan({ payload: filter }), { fresh: true })
  return (
    <>
      <Shown query={plan} waiting="plan">
        {({ invitations, people, lives, calls, durationMs }) => (
          <div className="plan">
            {invitations === 0 ? (
              <p>Nothing to replay. Another operator may have replayed these invitations.</p>
            ) : (
              <Facts
                of={{
                  Invitations: count(invitations),
                  People: count(people),
                  Lives: count(lives),
                  "Calls to MeltingSpot": count(calls),
                  "Minimum duration": durationMs === 0 ? "a moment" : duration(durationMs)
                }}
              />
            )}
            <p className="hint">
              The relay sends new sign-ups first. Repeated invitations are harmless: MeltingSpot recognizes
              people who are already invited.
            </p>
          </div>
        )}
      </Shown>
      <div className="dialog-buttons">
        <Button onPress={close}>Close</Button>
        <ProgressButton
          label="Replay"
          variant="primary"
          isDisabled={plan.data === undefined || plan.data.invitations === 0}
          start={() => api.replays.invitations({ payload: filter })}
          stale={["deadLetters", "invitations", "people", "stats", "spots", "budget"]}
        />
      </div>
    </>
  )
}
