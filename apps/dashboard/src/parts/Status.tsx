/** Where something stands, in color and in word. */
export type Tone = "good" | "wait" | "bad" | "info" | "none"

interface Named {
  readonly tone: Tone
  readonly word: string
}

const known: Readonly<Record<string, Named>> = {
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

export const wordOf = (status: string): string => known[status]?.word ?? status

export const Status = ({ status }: { readonly status: string }) => {
  const { tone, word } = known[status] ?? { tone: "none", word: status }
  return <span className={`status tone-${tone}`}>{word}</span>
}
