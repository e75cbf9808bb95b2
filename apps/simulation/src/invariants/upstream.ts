/** What the upstream saw: no window is broken, nobody is created twice, and nobody is called whose end is known. */
import {
  type Invariant,
  invitationsOf,
  isSuccess,
  keyOf,
  leaseOf,
  type Run,
  type Violation,
  wasFrozen
} from "./Run.ts"

/**
 * The sandbox refuses what is beyond a window of the key. A relay that is frozen between its last look at the clock and the call
 * makes it when it wakes up, however late: nothing can stop that call, so it may take the place of another one.
 */
export const windows: Invariant = (run) => {
  const { refused } = run.state
  if (refused <= strays(run)) return []
  const about = run.calls.filter(({ status }) => status === 429).flatMap(({ members }) => members)
  return [{ what: `${refused} calls were beyond a window of the key`, about: ["main", ...about] }]
}

/** Calls that were made after the leases of their claims had ended. */
const strays = (run: Run): number => {
  const invitations = invitationsOf(run)
  return run.calls.filter(({ caller, live, members: [member = ""], sentAt }) => {
    const lines = (invitations.get(keyOf(live, member)) ?? []).flatMap(({ lines }) => lines)
    const claim = lines.findLast(
      ({ at, process, status }) => at <= sentAt && process === caller && status === "sending"
    )
    return claim !== undefined && sentAt - claim.at > leaseOf(run) && wasFrozen(run, caller, claim.at, sentAt)
  }).length
}

export const createdOnce: Invariant = ({ state }) =>
  state.participants
    .filter(({ created }) => created !== 1)
    .map(({ liveId, member, created }) => ({
      what: `${member} was created ${created} times at ${liveId}`,
      about: [member]
    }))

/** A relay calls this soon after its claim, in milliseconds. */
const claimToCall = 1_000

/**
 * A call for a person whom the store already calls invited. A relay may make one if it was frozen after its claim, or if
 * another relay stored its late answer in the moment between that claim and the call.
 */
export const calledInVain: Invariant = (run) => {
  const invitations = invitationsOf(run)
  return run.calls.flatMap(({ caller, live, members, sentAt }) =>
    members.flatMap((member): ReadonlyArray<Violation> => {
      const lines = (invitations.get(keyOf(live, member)) ?? []).flatMap(({ lines }) => lines)
      const now = lines.findLast(({ at }) => at <= sentAt)
      const claim = lines.findLast(
        ({ at, process, status }) => at <= sentAt && process === caller && status === "sending"
      )
      if (claim === undefined)
        return [{ what: `${caller} called for ${member} without a claim`, about: [member] }]
      const isTooLate =
        now !== undefined && now.process !== caller && now.at >= claim.at && sentAt - claim.at <= claimToCall
      return isSuccess(now?.status) && !isTooLate && !wasFrozen(run, caller, claim.at, sentAt)
        ? [{ what: `${caller} called for ${member}, who was known to be invited`, about: [member, claim.id] }]
        : []
    })
  )
}
