/** Who may change an invitation, and when: leases, and the term of the relay that leads. */
import type { Line } from "../Story.ts"
import {
  type Invariant,
  type Invitation,
  invitationsOf,
  isSuccess,
  leaseOf,
  type Run,
  type Violation
} from "./Run.ts"

const all = (run: Run): ReadonlyArray<Invitation> => [...invitationsOf(run).values()].flat()

/** At rest nobody holds anything. */
export const nothingLeased: Invariant = (run) =>
  all(run).flatMap(({ id, member, lines }): ReadonlyArray<Violation> => {
    const last = lines.at(-1)
    return last?.status === "sending" || last?.lease != null
      ? [{ what: `the invitation of ${member} is still leased`, about: [member, id] }]
      : []
  })

/** The relay that took the lead last claims, and no other. */
export const claimedByLeader: Invariant = ({ story }) => {
  /** The relay that led when the story began leads until the story's first line about a lead. */
  let leader: string | undefined
  const violations: Array<Violation> = []
  for (const { what, process, id, status, person } of story) {
    if (what === "lead" && status !== "0") leader = process
    if (what === "invitation" && status === "sending" && leader !== undefined && process !== leader)
      violations.push({ what: `${process} claimed while ${leader} led`, about: [id, person ?? id, "lead"] })
  }
  return violations
}

/** What is leased changes by its holder, by the end of the lease, or by an answer of success. What is known stays known. */
export const leasesHold: Invariant = (run) =>
  all(run).flatMap(({ id, member, lines }) =>
    lines.flatMap((line, index): ReadonlyArray<Violation> => {
      const before = lines[index - 1]
      if (before === undefined) return []
      const about = [member, id]
      if (isSuccess(before.status) && !isSuccess(line.status) && line.status !== "deleted")
        return [{ what: `${member} was ${before.status}, and then ${line.status}`, about }]
      if (
        line.status === "deleted" &&
        before.status !== "deleted" &&
        (before.status === "pending" || before.status === "sending")
      )
        return [{ what: `the invitation of ${member} was deleted while it was ${before.status}`, about }]
      return before.status === "sending" && !mayFollow(run, before, line)
        ? [
            {
              what: `${line.process} broke the lease of ${before.process} on the invitation of ${member}`,
              about
            }
          ]
        : []
    })
  )

const mayFollow = (run: Run, held: Line, next: Line): boolean => {
  if (next.process === held.process || isSuccess(next.status)) return true
  // A clock that was set while no relay ran moves the end of a lease.
  return next.status === "pending" && (run.settings.setsClock || next.at - held.at >= leaseOf(run) - 1_000)
}

/** What has expired is not claimed, by the time of the relay that claims. */
export const expiriesHold: Invariant = (run) =>
  all(run).flatMap(({ id, member, lines }) =>
    lines
      .filter(
        ({ status, due_at, expires_at }) =>
          status === "sending" && (due_at ?? 0) - leaseOf(run) >= (expires_at ?? Infinity)
      )
      .map(({ process }) => ({
        what: `${process} claimed the expired invitation of ${member}`,
        about: [member, id]
      }))
  )
