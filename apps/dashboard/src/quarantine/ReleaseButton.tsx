import { api } from "../api/client.ts"
import { sentence } from "../api/problem.ts"
import { useAction } from "../api/queries.ts"
import { Button } from "../parts/Button.tsx"
import { DialogButton } from "../parts/Dialog.tsx"
import { plural } from "../parts/number.ts"

interface Which {
  readonly ids?: ReadonlyArray<string>
  readonly source?: string
}

interface Props {
  readonly label: string
  readonly which: Which
  /** They are accepted as they are. */
  readonly unverified?: boolean
  readonly isDisabled?: boolean
  /** Instead of telling what came of it. */
  readonly then?: () => void
}

const stale = ["quarantine", "webhooks", "sources", "stats"] as const

export const ReleaseButton = ({ label, which, unverified = false, isDisabled = false, then }: Props) => {
  const release = useAction(
    () => api.quarantine.release({ payload: { ...which, ...(unverified ? { unverified } : {}) } }),
    stale
  )
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
              ? "It is accepted although nothing proves who sent it: you answer for it, and the audit log says so."
              : "Each is verified again with the secrets that are configured now. What verifies is accepted as if it had just come; the rest stays here."}
          </p>
          {release.isError ? <p className="field-error">{sentence(release.error)}</p> : null}
          {release.isSuccess ? (
            <p className="done" role="status">
              {plural(release.data.released, "delivery", "deliveries")} released
              {release.data.refused === 0 ? "." : `, ${release.data.refused} still refused.`}
            </p>
          ) : null}
          <div className="dialog-buttons">
            <Button onPress={close}>{release.isSuccess ? "Close" : "Leave it"}</Button>
            {release.isSuccess ? null : (
              <Button
                variant={unverified ? "danger" : "primary"}
                isPending={release.isPending}
                onPress={() => release.mutate(undefined, then === undefined ? {} : { onSuccess: then })}
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
          <p>It goes for good. Whoever it named is not invited by it.</p>
          {discard.isError ? <p className="field-error">{sentence(discard.error)}</p> : null}
          <div className="dialog-buttons">
            <Button onPress={close}>Keep it</Button>
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
