/** What the upstream saw: no window is broken, nobody is created twice, and nobody is called whose end is known. */
import { type Invariant, invitationsOf, isSuccess, keyOf, type Violation, wasFrozen } from "./Run.ts"

/** The sandbox refuses what is beyond a window of the key. */
export const windows: Invariant = ({ state, calls }) =>
  state.refused === 0
    ? []
    : [
        {
          what: `${state.refused} calls were beyond a window of the key`,
          about: ["main", ...calls.filter(({ status }) => status === 429).flatMap(({ members }) => members)]
        }
      ]

export const createdOnce: Invariant = ({ state }) =>
  state.participants
    .filter(({ created }) => created !== 1)
    .map(({ liveId, member, created }) => ({
      what: `${member} was created ${created} times at ${liveId}`,
      about: [member]
    }))

/** A call for somebody whom the store knows to be invited. Only a relay that stood still after its claim can't know better. */
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
      return isSuccess(now?.status) && !wasFrozen(run, caller, claim.at, sentAt)
        ? [{ what: `${caller} called for ${member}, who was known to be invited`, about: [member, claim.id] }]
        : []
    })
  )
}
