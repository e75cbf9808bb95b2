/** All invariants. */
import type { DatabaseSync } from "node:sqlite"
import { acknowledged } from "./acknowledged.ts"
import { cancellationsHold, claimedByLeader, expiriesHold, leasesHold, nothingLeased } from "./leases.ts"
import { answersWereCalls, ledgerIsStored, storeIsInLedger } from "./ledger.ts"
import type { Invariant, Run, Violation } from "./Run.ts"
import { calledInVain, createdOnce, windows } from "./upstream.ts"

const invariants: ReadonlyArray<Invariant> = [
  acknowledged,
  windows,
  createdOnce,
  calledInVain,
  nothingLeased,
  claimedByLeader,
  leasesHold,
  expiriesHold,
  cancellationsHold,
  ledgerIsStored,
  storeIsInLedger,
  answersWereCalls
]

export const check = (run: Run): ReadonlyArray<Violation> => invariants.flatMap((invariant) => invariant(run))

/** Whether no work is left. */
export const isAtRest = (db: DatabaseSync): boolean => {
  const left = db
    .prepare(
      `SELECT (SELECT count(*) FROM webhooks WHERE status IN ('received', 'held'))
        + (SELECT count(*) FROM invitations WHERE state <> 'finished') AS count`
    )
    .get()
  return left?.["count"] === 0
}
