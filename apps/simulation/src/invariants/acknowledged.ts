/** Every acknowledged person is invited, or the store gives the correct reason why not. */
import { Duration } from "effect"
import {
  type Invariant,
  type Invitation,
  invitationsOf,
  isTerminal,
  keyOf,
  type Run,
  violation
} from "./Run.ts"

export const acknowledged: Invariant = (run) => {
  const invitations = invitationsOf(run)
  const webhooks = new Map<string, string>()
  for (const { what, person, status } of run.story) {
    if (what === "webhook" && status !== "deleted") webhooks.set(person ?? "", status)
  }
  return run.deliveries.flatMap(({ id, live, emails, isAcknowledged, isReadable }) => {
    if (!isAcknowledged) return []
    const status = webhooks.get(id)
    if (status === undefined || status === "received")
      return violation(`${id} was acknowledged, and its webhook is ${status ?? "missing"}`, id, ...emails)
    if (!isReadable) return []
    return emails.flatMap((member) => {
      const found = invitations.get(keyOf(live, member)) ?? []
      if (found.length === 0)
        return violation(`${member} of ${id} was acknowledged, and has no invitation to ${live}`, id, member)
      return found
        .filter((one) => !isExplained(run, one))
        .flatMap((one) =>
          violation(
            `${member} of ${id} was acknowledged, and the invitation ends as ${one.status} without a reason`,
            id,
            member,
            one.id
          )
        )
    })
  })
}

/** A relay uses its own time while the system clock differs by less, in milliseconds. */
const tolerance = 1_000

/** Whether the invitation has ended for a correct reason. */
const isExplained = ({ settings, cancels }: Run, { status, lines }: Invitation) => {
  const [first] = lines
  const last = lines.findLast((line) => line.status === status)
  if (first === undefined || last === undefined || !isTerminal(status)) return false
  if (status === "expired") return last.expires_at !== null && last.time + tolerance >= last.expires_at
  if (status === "cancelled") return cancels > 0
  if (status !== "exhausted") return true
  const { maxAttempts, maxAge } = settings.retry
  return (
    (last.attempts ?? 0) >= maxAttempts ||
    settings.setsClock ||
    last.at - first.at >= Duration.toMillis(maxAge)
  )
}
