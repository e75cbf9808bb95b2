import { Context, type Duration, Effect, Schedule, Schema, Stream } from "effect"
import { Sse } from "effect/encoding"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import * as Access from "../../../Access.ts"
import * as Api from "../../../Api.ts"
import { Events, Insight } from "@usher/engine"
import { Event } from "@usher/model/Event"

/** How often the stream shows that it is alive, for proxies close what is silent for longer, and checks its caller. */
export const Heartbeat = Context.Reference<Duration.Input>("@usher/admin/Heartbeat", {
  defaultValue: () => "15 seconds"
})

/** A busy relay tells once of what happens within this time, and of no more than this one by one. */
const gathering = "200 millis"
const most = 100

const everything: Event = { type: "changed", what: "everything" }

/** How soon a page hears of what another relay does. */
export const glance: Duration.Input = "3 seconds"

export const events = HttpApiBuilder.group(
  Api.AdminApi,
  "events",
  Effect.fnUntraced(function* (handlers) {
    const events = yield* Events.Events
    const insight = yield* Insight.Insight
    const heartbeat = yield* Heartbeat

    /** Something has changed that no event of this process tells of. */
    const elsewhere = Stream.fromEffectSchedule(insight.elsewhere, Schedule.spaced(glance)).pipe(
      Stream.changes,
      Stream.drop(1),
      Stream.filter((version) => version !== undefined),
      Stream.map(() => everything),
      // A database that can't be asked now is asked again when the page is there again.
      Stream.catchCause(() => Stream.never)
    )

    return handlers.handle(
      "stream",
      Effect.fnUntraced(function* () {
        const { isStillAllowed } = yield* Access.Caller
        const told = Stream.merge(events.all, elsewhere).pipe(
          Stream.groupedWithin(10_000, gathering),
          Stream.map((events) => (events.length > most ? [everything] : events).map(written).join(""))
        )
        // The end of the heartbeats ends the stream: of a token or a session that ended meanwhile.
        const beats = Stream.fromSchedule(Schedule.spaced(heartbeat)).pipe(
          Stream.mapEffect(() => isStillAllowed),
          Stream.takeWhile((isAllowed) => isAllowed),
          Stream.map(() => ": still here\n\n")
        )
        return HttpServerResponse.stream(
          Stream.concat(
            Stream.make(": listening\n\n"),
            Stream.merge(told, beats, { haltStrategy: "right" })
          ).pipe(Stream.encodeText),
          { contentType: "text/event-stream", headers: { "x-accel-buffering": "no" } }
        )
      })
    )
  })
)

const written = (event: Event) =>
  Sse.encoder.write({ _tag: "Event", event: "message", id: undefined, data: encode(event) })

const encode = Schema.encodeSync(Schema.fromJsonString(Event))
