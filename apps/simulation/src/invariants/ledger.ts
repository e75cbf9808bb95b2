/** The store and the upstream's ledger agree on every person. */
import { type Invariant, invitationsOf, isSuccess, keyOf, violation } from "./Run.ts"

/** The store holds every person in the ledger, as invited if an answer said so. */
export const ledgerIsStored: Invariant = (run) => {
  const invitations = invitationsOf(run)
  return run.state.participants.flatMap(({ liveId, member }) => {
    const found = invitations.get(keyOf(liveId, member))
    if (found === undefined)
      return violation(`${member} is invited to ${liveId}, and has no invitation in the store`, member)
    if (found.some(({ status }) => isSuccess(status))) return []
    const ids = new Set(found.map(({ id }) => id))
    const isAnswered = run.story.some(
      ({ what, id, status }) => what === "answer" && ids.has(id) && status === "Participant"
    )
    // The answer to a bulk call may have been cut off before it named this person.
    const isReported = run.calls.some(
      (call) =>
        call.live === liveId &&
        call.members.length === 1 &&
        call.members[0] === member &&
        call.answeredAt !== undefined &&
        (call.status === 200 || call.status === 201) &&
        run.alive.has(call.caller)
    )
    const statuses = found.map(({ status }) => status).join(", ")
    return isAnswered || isReported
      ? violation(`${member} is invited to ${liveId}, and the store says ${statuses}`, member, ...ids)
      : []
  })
}

/** The ledger holds every person that the store calls invited. */
export const storeIsInLedger: Invariant = (run) => {
  const ledger = new Set(run.state.participants.map(({ liveId, member }) => keyOf(liveId, member)))
  return [...invitationsOf(run)].flatMap(([key, all]) => {
    const invited = all.find(({ status }) => isSuccess(status))
    if (invited === undefined || ledger.has(key)) return []
    const { id, member, status } = invited
    return violation(
      `the store says that ${member} is ${status}, and the ledger does not know it`,
      member,
      id
    )
  })
}

/** The store holds no more answers than there were calls. */
export const answersWereCalls: Invariant = (run) =>
  [...invitationsOf(run)].flatMap(([key, all]) => {
    const ids = new Set(all.map(({ id }) => id))
    const answers = run.story.filter(({ what, id }) => what === "answer" && ids.has(id)).length
    const calls = run.calls.filter(({ live, members }) =>
      members.some((member) => keyOf(live, member) === key)
    ).length
    return answers <= calls
      ? []
      : violation(`the store holds ${answers} answers for ${key}, and there were ${calls} calls`, key, ...ids)
  })
