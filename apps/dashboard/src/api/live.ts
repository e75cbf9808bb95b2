/**
 * Tells when something on the screen has changed. Events are gathered for a moment, and the next ones wait until the
 * last are answered: a busy relay is asked no faster than it answers.
 */
import { type QueryClient, useQueryClient } from "@tanstack/react-query"
import { Effect, Schedule, Stream } from "effect"
import type { Events } from "@usher/admin"
import { useEffect, useState } from "react"
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

const touched: Readonly<Record<Events.Event["type"], ReadonlyArray<Topic>>> = {
  webhook: ["webhooks", "sources", "stats"],
  invitation: ["invitations", "webhooks", "people", "deadLetters", "spots", "budget", "stats"],
  spot: ["spots", "budget"],
  source: ["sources"],
  live: ["lives", "invitations"],
  quarantine: ["quarantine", "sources", "stats"],
  changed: everything
}

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
    Stream.runForEach((events) =>
      Effect.promise(() => refresh(client, [...new Set(events.flatMap(({ type }) => touched[type]))]))
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
