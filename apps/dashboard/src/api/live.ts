/**
 * Tells when something on the screen has changed. Events are gathered for a moment, and the next ones wait, the
 * longer the busier the relay is: it has better to do.
 */
import { type QueryClient, useQueryClient } from "@tanstack/react-query"
import { Duration, Effect, Schedule, Stream } from "effect"
import { Problem } from "@usher/admin"
import { useEffect, useState } from "react"
import type { Event } from "@usher/model/Event"
import { api } from "./client.ts"
import { refresh, type Topic } from "./queries.ts"

const everything: ReadonlyArray<Topic> = [
  "webhooks",
  "invitations",
  "people",
  "deadLetters",
  "sources",
  "spots",
  "lives",
  "budget",
  "stats",
  "quarantine"
]

const touched: Readonly<Record<Event["type"], ReadonlyArray<Topic>>> = {
  webhook: ["webhooks", "sources", "stats"],
  invitation: ["invitations", "webhooks", "people", "deadLetters", "spots", "budget", "stats"],
  spot: ["spots", "budget"],
  source: ["sources"],
  live: ["lives", "invitations"],
  quarantine: ["quarantine", "sources", "stats"],
  changed: everything
}

/** For each moment that the relay takes to answer, the page lets it be for so many. */
const rest = 20
const longest = Duration.seconds(10)

export type Connection = "connecting" | "live" | "lost"

const follow = (client: QueryClient, tell: (connection: Connection) => void) =>
  Stream.unwrap(
    Effect.tap(api.events.stream(), () =>
      Effect.promise(() => {
        tell("live")
        return refresh(client, everything)
      })
    )
  ).pipe(
    Stream.groupedWithin(10_000, "700 millis"),
    Stream.runForEach(
      Effect.fnUntraced(function* (events) {
        const topics = [...new Set(events.flatMap(({ type }) => touched[type]))]
        const [took] = yield* Effect.timed(Effect.promise(() => refresh(client, topics)))
        yield* Effect.sleep(Duration.min(Duration.times(took, rest), longest))
      })
    ),
    // The relay ends the stream of a session that has ended, and refuses the next one.
    Effect.tapError((error) =>
      error instanceof Problem.Unauthorized ? Effect.promise(() => refresh(client, ["session"])) : Effect.void
    ),
    Effect.ignore,
    Effect.andThen(Effect.sync(() => tell("lost"))),
    Effect.repeat(Schedule.spaced("2 seconds"))
  )

/** Listens for as long as the component is there. */
export const useLive = (): Connection => {
  const client = useQueryClient()
  const [connection, tell] = useState<Connection>("connecting")
  useEffect(() => {
    const stop = Effect.runCallback(follow(client, tell))
    return () => stop()
  }, [client])
  return connection
}
