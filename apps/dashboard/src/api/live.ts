/**
 * Follows the relay's events and refreshes the topics that they touch. Gathers events for a moment, and waits longer
 * between refreshes while the relay answers slowly.
 */
import { Duration, Effect, Schedule, Stream } from "effect"
import { Problem } from "@usher/admin"
import { useEffect, useState } from "react"
import type { Event } from "@usher/model/Event"
import { api } from "./client.ts"
import { eventTopics, refresh, type Topic } from "./queries.ts"

const touched: Readonly<Record<Event["type"], ReadonlyArray<Topic>>> = {
  webhook: ["webhooks", "people", "sources", "stats"],
  invitation: ["invitations", "webhooks", "people", "deadLetters", "spots", "budget", "stats"],
  spot: ["spots", "people", "budget", "stats"],
  source: ["sources", "people", "stats"],
  live: ["lives", "people", "invitations", "stats"],
  quarantine: ["quarantine", "people", "sources", "stats"],
  changed: eventTopics
}

/** The wait after a refresh, as a multiple of the refresh's own time. */
const waitFactor = 20
const maxWait = Duration.seconds(10)

export type Connection = "connecting" | "live" | "lost"

const follow = (tell: (connection: Connection) => void) =>
  Stream.unwrap(
    Effect.tap(api.events.stream(), () =>
      Effect.promise(() => {
        tell("live")
        return refresh(eventTopics)
      })
    )
  ).pipe(
    Stream.groupedWithin(10_000, "700 millis"),
    Stream.runForEach(
      Effect.fnUntraced(function* (events) {
        const topics = [...new Set(events.flatMap(({ type }) => touched[type]))]
        const [took] = yield* Effect.timed(Effect.promise(() => refresh(topics)))
        yield* Effect.sleep(Duration.min(Duration.times(took, waitFactor), maxWait))
      })
    ),
    // The relay closes the stream when the session ends, and rejects the next request.
    Effect.tapError((error) =>
      error instanceof Problem.Unauthorized ? Effect.promise(() => refresh(["session"])) : Effect.void
    ),
    Effect.ignore,
    Effect.andThen(Effect.sync(() => tell("lost"))),
    Effect.repeat(Schedule.spaced("2 seconds"))
  )

/** Follows events while the component is mounted. */
export const useLive = (): Connection => {
  const [connection, tell] = useState<Connection>("connecting")
  useEffect(() => {
    const stop = Effect.runCallback(follow(tell))
    return () => stop()
  }, [])
  return connection
}
