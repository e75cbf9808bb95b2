/** Every acknowledged person is invited, or the store says why not. */
import { Duration } from "effect"
import {
  type Invariant,
  type Invitation,
  invitationsOf,
  isTerminal,
  keyOf,
  type Run,
  type Violation
} from "./Run.ts"

export const acknowledged: Invariant = (run) => {
  const invitations = invitationsOf(run)
  const webhooks = new Map<string, string>()
  for (const { what, person, status } of run.story) {
    if (what === "webhook" && status !== "deleted") webhooks.set(person ?? "", status)
  }
  return run.deliveries.flatMap((delivery): ReadonlyArray<Violation> => {
    const { id, live, emails, isAcknowledged, isReadable } = delivery
    if (!isAcknowledged) return []
    const status = webhooks.get(id)
    if (status === undefined || status === "received")
      return [
        {
          what: `${id} was acknowledged, and its webhook is ${status ?? "not there"}`,
          about: [id, ...emails]
        }
      ]
    if (!isReadable) return []
    return emails.flatMap((member) => {
      const found = invitations.get(keyOf(live, member)) ?? []
      if (found.length === 0)
        return [
          { what: `${member} of ${id} was acknowledged, and never asked for at ${live}`, about: [id, member] }
        ]
      return found
        .filter((one) => !isExplained(run, one))
        .map(({ id: invitation, status }): Violation => ({
          what: `${member} of ${id} was acknowledged, and their invitation ends as ${status} without a reason`,
          about: [id, member, invitation]
        }))
    })
  })
}

/** In milliseconds: a relay goes by its own time as long as the system clock differs by less. */
const tolerance = 1_000

/** Whether the invitation has ended, and the relay was right to give it up where it did. */
const isExplained = ({ settings }: Run, { status, lines }: Invitation) => {
  const [first] = lines
  const last = lines.findLast((line) => line.status === status)
  if (first === undefined || last === undefined || !isTerminal(status)) return false
  if (status === "expired") return last.expires_at !== null && last.time + tolerance >= last.expires_at
  if (status !== "exhausted") return true
  const { maxAttempts, maxAge } = settings.retry
  return (
    (last.attempts ?? 0) >= maxAttempts ||
    settings.setsClock ||
    last.at - first.at >= Duration.toMillis(maxAge)
  )
}
