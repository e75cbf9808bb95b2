/** The store and the upstream's ledger tell the same of everybody. */
import { type Invariant, invitationsOf, isSuccess, keyOf, type Violation } from "./Run.ts"

/** The store holds every person that the upstream invited, as invited where an answer said so. */
export const ledgerIsStored: Invariant = (run) => {
  const invitations = invitationsOf(run)
  return run.state.participants.flatMap(({ liveId, member }): ReadonlyArray<Violation> => {
    const found = invitations.get(keyOf(liveId, member))
    if (found === undefined)
      return [{ what: `${member} is invited to ${liveId}, and nobody asked for it`, about: [member] }]
    if (found.some(({ status }) => isSuccess(status))) return []
    const ids = new Set(found.map(({ id }) => id))
    const isAnswered = run.story.some(
      ({ what, id, status }) => what === "answer" && ids.has(id) && status === "Participant"
    )
    // Of a call for many, the answer may have been cut off before it named them.
    const isTold = run.calls.some(
      (call) =>
        call.live === liveId &&
        call.members.length === 1 &&
        call.members[0] === member &&
        call.answeredAt !== undefined &&
        (call.status === 200 || call.status === 201) &&
        run.alive.has(call.caller)
    )
    return isAnswered || isTold
      ? [
          {
            what: `${member} is invited to ${liveId}, and the store says ${found.map(({ status }) => status).join(", ")}`,
            about: [member, ...ids]
          }
        ]
      : []
  })
}

/** The ledger holds every person that the store calls invited. */
export const storeIsInLedger: Invariant = (run) => {
  const ledger = new Set(run.state.participants.map(({ liveId, member }) => keyOf(liveId, member)))
  return [...invitationsOf(run)].flatMap(([key, all]): ReadonlyArray<Violation> => {
    const invited = all.find(({ status }) => isSuccess(status))
    return invited === undefined || ledger.has(key)
      ? []
      : [
          {
            what: `the store says that ${invited.member} is ${invited.status}, and the upstream knows nothing of it`,
            about: [invited.member, invited.id]
          }
        ]
  })
}

/** No answer is stored that no call was made for. */
export const answersWereCalls: Invariant = (run) =>
  [...invitationsOf(run)].flatMap(([key, all]): ReadonlyArray<Violation> => {
    const ids = new Set(all.map(({ id }) => id))
    const answers = run.story.filter(({ what, id }) => what === "answer" && ids.has(id)).length
    const calls = run.calls.filter(({ live, members }) =>
      members.some((member) => keyOf(live, member) === key)
    ).length
    return answers <= calls
      ? []
      : [
          {
            what: `${answers} answers are stored for ${key}, and ${calls} calls were made`,
            about: [key, ...ids]
          }
        ]
  })
