/** Whether a person was invited, in a sentence. */
import type { Invitations, Story } from "@usher/admin"
import { type InvitationStatus, OpenStatus } from "@usher/model/Invitation"
import type { ReactNode } from "react"
import { plural } from "../parts/number.ts"
import { Ago } from "../parts/time.tsx"
import { Raw } from "../parts/Raw.tsx"

const good: ReadonlySet<InvitationStatus> = new Set(["invited", "already_invited"])
const open: ReadonlySet<InvitationStatus> = new Set(OpenStatus.literals)

export const verdict = (
  invitations: ReadonlyArray<Invitations.Invitation>,
  story: ReadonlyArray<Story.StoryEntry>
): ReactNode => {
  const [newest] = invitations
  if (newest === undefined) {
    return (
      <>
        <strong>No.</strong> <Raw text={story.at(-1)?.text ?? ""} />
      </>
    )
  }
  const invited = invitations.filter(({ status }) => good.has(status))
  const waiting = invitations.filter(({ status }) => open.has(status))
  const failed = invitations.length - invited.length - waiting.length
  const rest = [
    ...(waiting.length > 0 ? [`${plural(waiting.length, "invitation")} pending`] : []),
    ...(failed > 0 ? [`${plural(failed, "invitation")} failed`] : [])
  ].join(", ")
  if (invited[0] !== undefined) {
    const { settledAt } = invited[0]
    return (
      <>
        <strong>Yes.</strong> Invited to {plural(invited.length, "Live")}
        {settledAt && (
          <>
            , most recently <Ago at={settledAt} />
          </>
        )}
        {rest === "" ? "." : `; ${rest}.`}
      </>
    )
  }
  if (waiting[0] !== undefined) {
    return (
      <>
        <strong>Not yet.</strong> {rest}; next due <Ago at={waiting[0].dueAt} />.
      </>
    )
  }
  return (
    <>
      <strong>No.</strong> {rest}
      {newest.lastError && (
        <>
          ; last error: <code>{newest.lastError}</code>
        </>
      )}
      .
    </>
  )
}
