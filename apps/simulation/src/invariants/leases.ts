/** Only the leader claims, and an invitation changes only by its lease. */
import type { Line } from "../Story.ts"
import {
  type Invariant,
  invitationsOf,
  isSuccess,
  leaseOf,
  type Run,
  violation,
  type Violation
} from "./Run.ts"

const all = (run: Run) => [...invitationsOf(run).values()].flat()

/** No invitation is leased when the run ends. */
export const nothingLeased: Invariant = (run) =>
  all(run).flatMap(({ id, member, lines }) => {
    const last = lines.at(-1)
    return last?.status === "sending" || last?.lease_token != null
      ? violation(`the invitation of ${member} is still leased`, member, id)
      : []
  })

/** Only the relay that acquired leadership last claims. */
export const claimedByLeader: Invariant = ({ story }) => {
  // The leader at the start of the story is unknown until the first change.
  let leader: string | undefined
  const violations: Array<Violation> = []
  for (const { what, process, id, status, person } of story) {
    if (what === "lead" && status !== "0") leader = process
    if (what === "invitation" && status === "sending" && leader !== undefined && process !== leader)
      violations.push(...violation(`${process} claimed while ${leader} led`, id, person ?? id, "lead"))
  }
  return violations
}

/** A leased invitation changes by its holder, after the end of its lease, or by a successful answer. Success is final. */
export const leasesHold: Invariant = (run) =>
  all(run).flatMap(({ id, member, lines }) =>
    lines.flatMap((line, index) => {
      const before = lines[index - 1]
      if (before === undefined) return []
      if (isSuccess(before.status) && !isSuccess(line.status) && line.status !== "deleted")
        return violation(`${member} was ${before.status}, and then ${line.status}`, member, id)
      if (line.status === "deleted" && (before.status === "pending" || before.status === "sending"))
        return violation(`the invitation of ${member} was deleted while ${before.status}`, member, id)
      return before.status === "sending" && !mayFollow(run, before, line)
        ? violation(
            `${line.process} broke the lease of ${before.process} on the invitation of ${member}`,
            member,
            id
          )
        : []
    })
  )

const mayFollow = (run: Run, held: Line, next: Line): boolean => {
  if (next.process === held.process || isSuccess(next.status)) return true
  // A clock change while no relay runs moves the end of a lease.
  return next.status === "pending" && (run.settings.setsClock || next.at - held.at >= leaseOf(run) - 1_000)
}

/** Nobody claims an invitation that an operator cancelled, although later webhooks request it. */
export const cancellationsHold: Invariant = (run) =>
  all(run).flatMap(({ id, member, lines }) =>
    lines.flatMap(({ status, process }, index) =>
      status === "sending" && lines.slice(0, index).some((earlier) => earlier.status === "cancelled")
        ? violation(`${process} claimed the cancelled invitation of ${member}`, member, id)
        : []
    )
  )

/** No relay claims an invitation that has expired by the relay's own time. */
export const expiriesHold: Invariant = (run) =>
  all(run).flatMap(({ id, member, lines }) =>
    lines
      .filter(
        ({ status, due_at, expires_at }) =>
          status === "sending" && (due_at ?? 0) - leaseOf(run) >= (expires_at ?? Infinity)
      )
      .flatMap(({ process }) =>
        violation(`${process} claimed the expired invitation of ${member}`, member, id)
      )
  )
