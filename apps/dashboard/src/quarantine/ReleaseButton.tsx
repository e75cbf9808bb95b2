import type { Released } from "@usher/model/Quarantined"
import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { DialogButton } from "../parts/Dialog.tsx"
import { Outcome } from "./Outcome.tsx"

/** Everything has to be said explicitly. */
type Which = { readonly ids: ReadonlyArray<string> } | { readonly source: string } | { readonly all: true }

interface Props {
  readonly label: string
  readonly which: Which
  /** Accepts deliveries that do not verify, too. */
  readonly unverified?: boolean
  readonly isDisabled?: boolean
  /** Instead of the outcome, where every delivery was released and none had been accepted before. */
  readonly then?: () => void
}

const stale = ["quarantine", "webhooks", "sources", "stats"] as const

export const ReleaseButton = ({ label, which, unverified = false, isDisabled = false, then }: Props) => {
  const release = useAction(
    () => api.quarantine.release({ payload: { ...which, ...(unverified ? { unverified } : {}) } }),
    stale
  )
  const onSuccess = ({ refused, duplicates, unknown }: Released) => {
    if (refused + duplicates + unknown.length === 0) then?.()
  }
  return (
    <DialogButton
      label={label}
      title={`${label}?`}
      variant={unverified ? "danger" : "plain"}
      isDisabled={isDisabled}
    >
      {(close) => (
        <>
          <p>
            {unverified
              ? "Nothing proves who sent it: you answer for it. The audit log and the webhook say so."
              : "Each delivery is verified again with the present secrets. Those that verify are accepted; the others stay here."}
          </p>
          {release.isError ? <p className="field-error">{sentence(release.error)}</p> : null}
          {release.isSuccess ? <Outcome released={release.data} /> : null}
          <div className="dialog-buttons">
            <Button onPress={close}>{release.isSuccess ? "Close" : "Cancel"}</Button>
            {release.isSuccess ? null : (
              <Button
                variant={unverified ? "danger" : "primary"}
                isPending={release.isPending}
                onPress={() => release.mutate(undefined, { onSuccess })}
              >
                Release
              </Button>
            )}
          </div>
        </>
      )}
    </DialogButton>
  )
}

export const DiscardButton = ({ which, then }: { readonly which: Which; readonly then: () => void }) => {
  const discard = useAction(() => api.quarantine.discard({ payload: which }), stale)
  return (
    <DialogButton label="Discard" title="Discard?" variant="danger">
      {(close) => (
        <>
          <p>The delivery is deleted for good and invites nobody.</p>
          {discard.isError ? <p className="field-error">{sentence(discard.error)}</p> : null}
          <div className="dialog-buttons">
            <Button onPress={close}>Cancel</Button>
            <Button
              variant="danger"
              isPending={discard.isPending}
              onPress={() => discard.mutate(undefined, { onSuccess: then })}
            >
              Discard
            </Button>
          </div>
        </>
      )}
    </DialogButton>
  )
}
