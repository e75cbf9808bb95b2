import type { Mapping } from "@usher/admin"
import type { InvitationStatus } from "@usher/model/Invitation"
import type { JobState } from "@usher/model/Job"
import type { SpotStatus } from "@usher/model/Spot"
import type { WebhookStatus } from "@usher/model/Webhook"
import type { Connection } from "../api/live.ts"

export interface Named {
  readonly tone: "good" | "wait" | "bad" | "info" | "none"
  readonly word: string
}

/**
 * `budget_spent`: a Spot has made all calls of its longest window.
 * `unverified`: an operator released the webhook without a valid signature.
 */
type Known =
  | InvitationStatus
  | WebhookStatus
  | SpotStatus
  | Mapping.Trial["verdict"]
  | Connection
  | "budget_spent"
  | "other_reason"
  | "unverified"
  | JobState

const known: Readonly<Record<Known, Named>> = {
  received: { tone: "wait", word: "Received" },
  held: { tone: "wait", word: "Held" },
  purged: { tone: "none", word: "Purged" },
  forgotten: { tone: "none", word: "Forgotten" },
  corrupt: { tone: "bad", word: "Corrupt" },
  mapped: { tone: "good", word: "Mapped" },
  ignored: { tone: "none", word: "Ignored" },
  unmappable: { tone: "bad", word: "Unmappable" },
  pending: { tone: "wait", word: "Pending" },
  sending: { tone: "info", word: "Sending" },
  invited: { tone: "good", word: "Invited" },
  already_invited: { tone: "good", word: "Already invited" },
  rejected: { tone: "bad", word: "Rejected" },
  exhausted: { tone: "bad", word: "Exhausted" },
  expired: { tone: "none", word: "Expired" },
  cancelled: { tone: "none", word: "Canceled" },
  active: { tone: "good", word: "Active" },
  budget_spent: { tone: "wait", word: "Budget used up" },
  cooldown: { tone: "wait", word: "Cooldown" },
  circuit_open: { tone: "bad", word: "Circuit open" },
  paused: { tone: "bad", word: "Paused" },
  unverified: { tone: "bad", word: "Unverified" },
  running: { tone: "info", word: "Running" },
  done: { tone: "good", word: "Done" },
  stopped: { tone: "none", word: "Stopped" },
  failed: { tone: "bad", word: "Failed" },
  same: { tone: "none", word: "Unchanged" },
  differs: { tone: "info", word: "Changed" },
  other_reason: { tone: "none", word: "Another reason" },
  fails: { tone: "bad", word: "Failed" },
  connecting: { tone: "none", word: "Connecting…" },
  live: { tone: "good", word: "Live" },
  lost: { tone: "bad", word: "Reconnecting…" }
}

const byName: ReadonlyMap<string, Named> = new Map(Object.entries(known))

export const wordOf = (status: string): string => byName.get(status)?.word ?? status

/** A status as a word with a color. */
export const Status = ({ status }: { readonly status: string }) => (
  <span className={`status tone-${byName.get(status)?.tone ?? "none"}`}>{wordOf(status)}</span>
)
