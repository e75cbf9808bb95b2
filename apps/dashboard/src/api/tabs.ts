/**
 * One tab follows the relay's events for all tabs, because HTTP/1.1 allows six connections to a host. The tab that
 * holds the lock leads, and tells the others over a channel. When it closes, the next one leads.
 */
import type { Event } from "@usher/model/Event"

export type Message =
  /** The stream has opened: the relay replays no events, so earlier answers may be stale. */
  | { readonly is: "open" }
  /** The relay sent something. */
  | { readonly is: "alive" }
  | { readonly is: "lost" }
  | { readonly is: "events"; readonly types: ReadonlyArray<Event["type"]> }
  /** Somebody signed in or out, or the session has ended. */
  | { readonly is: "session" }

const name = "usher-events"
const channel = new BroadcastChannel(name)

const listeners = new Set<(message: Message) => void>()

export const listen = (listener: (message: Message) => void) => {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

const hear = (message: Message) => {
  for (const listener of listeners) listener(message)
}

channel.addEventListener("message", ({ data }: MessageEvent<Message>) => hear(data))

export const tellOthers = (message: Message) => channel.postMessage(message)

/** Tells this tab and all others. */
export const tell = (message: Message) => {
  tellOthers(message)
  hear(message)
}

/** The right to lead. */
export interface Turn {
  /** Takes the lead from a leader that says nothing, such as a tab that the browser has frozen. */
  readonly take: () => void
  /** Leaves the lead, or the queue for it. */
  readonly stop: () => void
}

/** Calls `lead` while this tab has the lead. The signal aborts when it loses the lead. */
export const takeTurns = (lead: (signal: AbortSignal) => Promise<unknown>): Turn => {
  let turn = new AbortController()
  let isStopped = false
  const compete = async (options: LockOptions) => {
    const { signal } = turn
    // Rejects when the turn ends or another tab takes the lead, which does not end `lead`.
    await navigator.locks.request(name, options, () => lead(signal)).catch(() => undefined)
    if (isStopped || signal !== turn.signal) return
    turn.abort()
    queue()
  }
  const queue = () => {
    turn = new AbortController()
    void compete({ signal: turn.signal })
  }
  queue()
  return {
    take: () => {
      turn.abort()
      turn = new AbortController()
      void compete({ steal: true })
    },
    stop: () => {
      isStopped = true
      turn.abort()
    }
  }
}
