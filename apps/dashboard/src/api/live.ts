/**
 * Follows the relay's events and refreshes the topics that they touch. Gathers events for a moment, and waits longer
 * between refreshes while the relay answers slowly.
 */
import { Effect, Schedule, Stream } from "effect"
import { Sse } from "effect/encoding"
import { useEffect, useLayoutEffect, useSyncExternalStore } from "react"
import { Event } from "@usher/model/Event"
import { api, NoAnswer, run } from "./client.ts"
import { askAgain } from "./outage.ts"
import { eventTopics, refresh, type Topic } from "./queries.ts"
import { listen, takeTurns, tell, tellOthers } from "./tabs.ts"

const touched: Readonly<Record<Event["type"], ReadonlyArray<Topic>>> = {
  webhook: ["webhooks", "people", "sources", "stats"],
  invitation: ["invitations", "webhooks", "people", "deadLetters", "spots", "budget", "stats"],
  spot: ["spots", "people", "budget", "stats"],
  source: ["sources", "people", "stats"],
  live: ["lives", "people", "invitations", "stats"],
  quarantine: ["quarantine", "people", "sources", "stats"],
  job: ["jobs"],
  changed: eventTopics
}

export type Connection = "connecting" | "live" | "lost"

/** The relay sends a comment every second. After this silence, the connection is lost. */
const maxSilence = 3_500

/** A frozen relay accepts the request and does not answer. */
const maxOpening = 8_000

/** A leading tab speaks at least this often, unless the browser has slowed it down or frozen it. */
const maxLeaderSilence = 10_000

const follow = Effect.gen(function* () {
  const response = yield* Effect.timeout(api.events.stream({ responseMode: "response-only" }), maxOpening)
  // The relay closes the stream when the session ends, and rejects the next request.
  if (response.status === 401) return tell({ is: "session" })
  if (response.status !== 200) return
  tell({ is: "open" })
  yield* response.stream.pipe(
    Stream.timeoutOrElse({ duration: maxSilence, orElse: () => Stream.fail(new NoAnswer()) }),
    Stream.tap(() => Effect.sync(() => tell({ is: "alive" }))),
    Stream.decodeText,
    Stream.pipeThroughChannel(Sse.decodeDataSchema(Event)),
    Stream.runForEachArray((events) =>
      Effect.sync(() => tell({ is: "events", types: [...new Set(events.map(({ data }) => data.type))] }))
    )
  )
}).pipe(
  Effect.ignore,
  Effect.andThen(Effect.sync(() => tell({ is: "lost" }))),
  Effect.repeat(Schedule.spaced("2 seconds"))
)

let connection: Connection = "connecting"
let heardAt = 0
const watchers = new Set<() => void>()

const change = (next: Connection) => {
  if (connection === next) return
  // A tab that slept has missed events, and questions without an answer have failed.
  if (connection === "lost") {
    refreshSoon(eventTopics)
    askAgain()
  }
  connection = next
  for (const watcher of watchers) watcher()
}

listen((message) => {
  heardAt = performance.now()
  if (message.is === "session") return void refresh(["session"])
  change(message.is === "lost" ? "lost" : "live")
  if (message.is === "open") refreshSoon(eventTopics)
  if (message.is === "events") refreshSoon(message.types.flatMap((type) => touched[type]))
})

/** Gathers events for this time. */
const gathering = 700
/** The wait after a refresh, as a multiple of the refresh's own time. */
const waitFactor = 20
const maxWait = 10_000

const stale = new Set<Topic>()
let isRefreshing = false

/** A hidden tab waits until it is visible. */
const refreshSoon = (topics: ReadonlyArray<Topic>) => {
  for (const topic of topics) stale.add(topic)
  if (isRefreshing || stale.size === 0 || document.hidden) return
  isRefreshing = true
  void refreshStale().finally(() => {
    isRefreshing = false
    refreshSoon([])
  })
}

const refreshStale = async () => {
  await sleep(gathering)
  const topics = [...stale]
  stale.clear()
  const start = performance.now()
  await refresh(topics)
  await sleep(Math.min(waitFactor * (performance.now() - start), maxWait))
}

const sleep = (millis: number) => new Promise((resolve) => window.setTimeout(resolve, millis))

document.addEventListener("visibilitychange", () => refreshSoon([]))

/** Follows events while the component is mounted. */
export const useFollow = () => {
  // Before the queries, so that the stream is not last in the browser's queue of requests.
  useLayoutEffect(() => {
    heardAt = performance.now()
    change("connecting")
    const turn = takeTurns((signal) => run(follow, signal))
    const timer = window.setInterval(() => {
      const silence = performance.now() - heardAt
      if (silence > maxSilence) change("lost")
      if (silence > maxLeaderSilence && !document.hidden) {
        heardAt = performance.now()
        turn.take()
      }
    }, 500)
    return () => {
      turn.stop()
      window.clearInterval(timer)
    }
  }, [])
}

const watch = (watcher: () => void) => {
  watchers.add(watcher)
  return () => void watchers.delete(watcher)
}

export const useConnection = (): Connection => useSyncExternalStore(watch, () => connection)

/** Tells other tabs when somebody signs in or out here. */
export const useTellSession = (isSignedIn: boolean | undefined) => {
  useEffect(() => {
    if (isSignedIn !== undefined) tellOthers({ is: "session" })
  }, [isSignedIn])
}
