/** Judges the outcome of every delivery by the store and the ledger of the upstream: each must make one invitation. */
import type { State } from "@usher/sandbox"
import type { SignedDelivery } from "./SignedDelivery.ts"
import type { Kept } from "./Stored.ts"

export const isGood = ({ sent, acknowledged, lost, duplicated, doublyInvited, astray }: Verdict): boolean =>
  acknowledged === sent &&
  lost === 0 &&
  duplicated === 0 &&
  doublyInvited === 0 &&
  Object.keys(astray).length === 0

/** The state of the senders, the store and the upstream. */
export interface Evidence {
  readonly sent: ReadonlyArray<SignedDelivery>
  readonly isAcknowledged: (signed: SignedDelivery) => boolean
  readonly stored: ReadonlyArray<Kept>
  readonly participants: State.State["participants"]
}

export const judge = ({ sent, isAcknowledged, stored, participants }: Evidence) => {
  const kept = Map.groupBy(stored, keyOf)
  const known = Map.groupBy(participants, ({ member }) => member)
  const created = (member: string) => sum(known.get(member), ({ created }) => created)
  const acknowledged = sent.filter(isAcknowledged)
  const astray = sent.flatMap((signed) => {
    const [webhook, second] = kept.get(keyOf(signed)) ?? []
    return webhook === undefined || second !== undefined || hasEnded(webhook) ? [] : [standingOf(webhook)]
  })
  return {
    sent: sent.length,
    acknowledged: acknowledged.length,
    /** Acknowledged, but missing in the store or in the ledger. */
    lost: acknowledged.filter((signed) => !kept.has(keyOf(signed)) || created(signed.member) === 0).length,
    /** Stored more than once. */
    duplicated: sent.filter((signed) => (kept.get(keyOf(signed))?.length ?? 0) > 1).length,
    /** People that the upstream created more than once (201). */
    doublyInvited: sent.filter(({ member }) => created(member) > 1).length,
    /** Stored once, but without exactly one sent invitation: counts by state. */
    astray: tally(astray),
    /** People requested again after a call with a lost response, which the upstream answers with 200. */
    askedAgain: sent.filter(({ member }) => sum(known.get(member), ({ repeated }) => repeated) > 0).length
  }
}

export type Verdict = ReturnType<typeof judge>

/** Counts each word. */
export const tally = (words: ReadonlyArray<string>): Readonly<Record<string, number>> =>
  Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, { length }]) => [word, length]))

/** The key of a delivery: each body has its own person. */
export const keyOf = ({ source, body }: { readonly source: string; readonly body: string }): string =>
  `${source} ${body}`

const hasEnded = ({ status, invitations }: Kept): boolean =>
  status === "mapped" &&
  invitations.length === 1 &&
  invitations.every((status) => status === "invited" || status === "already_invited")

const standingOf = ({ status, invitations }: Kept): string =>
  status === "mapped"
    ? [`${invitations.length} invitation${invitations.length === 1 ? "" : "s"}`, invitations.join(", ")]
        .filter((part) => part !== "")
        .join(": ")
    : `webhook ${status}`

const sum = <A>(all: ReadonlyArray<A> = [], of: (one: A) => number): number =>
  all.reduce((total, one) => total + of(one), 0)
