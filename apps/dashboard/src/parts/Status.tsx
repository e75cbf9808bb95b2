/** A status, in color and in word. */
import type { InvitationStatus } from "@usher/model/Invitation"
import type { SpotStatus } from "@usher/model/Spot"
import type { WebhookStatus } from "@usher/model/Webhook"

export type Tone = "good" | "wait" | "bad" | "info" | "none"

interface Named {
  readonly tone: Tone
  readonly word: string
}

/** `unverified`: an operator released the webhook without a valid signature. */
type Known = InvitationStatus | WebhookStatus | SpotStatus | "parked" | "unverified"

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
  cancelled: { tone: "none", word: "Cancelled" },
  active: { tone: "good", word: "Active" },
  cooldown: { tone: "wait", word: "Cooldown" },
  circuit_open: { tone: "bad", word: "Circuit open" },
  paused: { tone: "bad", word: "Paused" },
  parked: { tone: "bad", word: "Parked" },
  unverified: { tone: "bad", word: "Unverified" }
}

const isKnown = (status: string): status is Known => Object.hasOwn(known, status)

const named = (status: string): Named => (isKnown(status) ? known[status] : { tone: "none", word: status })

export const wordOf = (status: string): string => named(status).word

export const Status = ({ status }: { readonly status: string }) => {
  const { tone, word } = named(status)
  return <span className={`status tone-${tone}`}>{word}</span>
}
