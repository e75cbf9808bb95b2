/** No window of the key is exceeded, nobody is created twice, and no relay calls for a person who is known to be invited. */
import {
  type Invariant,
  invitationsOf,
  isSuccess,
  keyOf,
  leaseOf,
  type Run,
  violation,
  wasFrozen
} from "./Run.ts"

/**
 * The sandbox refuses calls beyond a window of the key. A relay that is frozen between its last check of the clock and the call
 * makes the call when it resumes. Nothing can stop it, so it may take the place of another call.
 */
export const windows: Invariant = (run) => {
  const { refused } = run.state
  if (refused <= strays(run)) return []
  const refusedMembers = run.calls.filter(({ status }) => status === 429).flatMap(({ members }) => members)
  return violation(`${refused} calls were beyond a window of the key`, "main", ...refusedMembers)
}

/** The lines of a person up to a time, and the last claim of the caller among them. */
const historyOf = (run: Run) => {
  const invitations = invitationsOf(run)
  return (caller: string, live: string, member: string, until: number) => {
    const lines = (invitations.get(keyOf(live, member)) ?? [])
      .flatMap(({ lines }) => lines)
      .filter(({ at }) => at <= until)
    const claim = lines.findLast(({ process, status }) => process === caller && status === "sending")
    return { last: lines.at(-1), claim }
  }
}

/** The number of calls that were made after the leases of their claims had ended. */
const strays = (run: Run): number => {
  const history = historyOf(run)
  return run.calls.filter(({ caller, live, members: [member = ""], sentAt }) => {
    const { claim } = history(caller, live, member, sentAt)
    return claim !== undefined && sentAt - claim.at > leaseOf(run) && wasFrozen(run, caller, claim.at, sentAt)
  }).length
}

export const createdOnce: Invariant = ({ state }) =>
  state.participants
    .filter(({ created }) => created !== 1)
    .flatMap(({ liveId, member, created }) =>
      violation(`${member} was created ${created} times at ${liveId}`, member)
    )

/** A relay calls this soon after its claim, in milliseconds. */
const claimToCall = 1_000

/**
 * A relay calls for a person that the store calls invited only if it was frozen after its claim, or if another relay stored
 * a late answer between that claim and the call.
 */
export const calledInVain: Invariant = (run) => {
  const history = historyOf(run)
  return run.calls.flatMap(({ caller, live, members, sentAt }) =>
    members.flatMap((member) => {
      const { last, claim } = history(caller, live, member, sentAt)
      if (claim === undefined) return violation(`${caller} called for ${member} without a claim`, member)
      const isCrossed =
        last !== undefined &&
        last.process !== caller &&
        last.at >= claim.at &&
        sentAt - claim.at <= claimToCall
      return isSuccess(last?.status) && !isCrossed && !wasFrozen(run, caller, claim.at, sentAt)
        ? violation(`${caller} called for ${member}, who was known to be invited`, member, claim.id)
        : []
    })
  )
}
