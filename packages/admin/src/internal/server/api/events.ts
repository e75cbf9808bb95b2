import { Context, type Duration, Effect, Schedule, Schema, Stream } from "effect"
import { Sse } from "effect/encoding"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import * as Access from "../../../Access.ts"
import * as Api from "../../../Api.ts"
import { Events, Reporting } from "@usher/engine"
import { Event } from "@usher/model/Event"

/** The interval of heartbeats, which check that the caller still has access. */
export const Heartbeat = Context.Reference<Duration.Input>("@usher/admin/Heartbeat", {
  defaultValue: () => "15 seconds"
})

/** The interval of comments. A reader without them knows that the connection is lost, and no proxy closes the stream. */
export const pulse: Duration.Input = "1 second"

/** The stream collects events for this time. Above `most`, it sends one event that everything changed. */
const gathering = "200 millis"
const most = 100

const everything: Event = { type: "changed", what: "everything" }

/** The interval at which the stream checks for changes by other relays. */
export const glance: Duration.Input = "3 seconds"

export const events = HttpApiBuilder.group(
  Api.AdminApi,
  "events",
  Effect.fnUntraced(function* (handlers) {
    const events = yield* Events.Events
    const insight = yield* Reporting.Reporting
    const heartbeat = yield* Heartbeat

    /** Changes by other processes. */
    const elsewhere = Stream.fromEffectSchedule(insight.elsewhere, Schedule.spaced(glance)).pipe(
      Stream.changes,
      Stream.drop(1),
      Stream.filter((version) => version !== undefined),
      Stream.map(() => everything),
      // After a database error, the page learns of changes when it reconnects.
      Stream.catchCause(() => Stream.never)
    )

    return handlers.handle(
      "stream",
      Effect.fnUntraced(function* () {
        const { isStillAllowed } = yield* Access.Caller
        const stream = Stream.merge(events.all, elsewhere).pipe(
          Stream.groupedWithin(10_000, gathering),
          Stream.map((events) => (events.length > most ? [everything] : events).map(written).join(""))
        )
        // The heartbeats end when the token or session ends, and end the stream with them.
        const beats = Stream.fromSchedule(Schedule.spaced(heartbeat)).pipe(
          Stream.mapEffect(() => isStillAllowed),
          Stream.takeWhile((isAllowed) => isAllowed),
          Stream.drain
        )
        const pulses = Stream.map(Stream.fromSchedule(Schedule.spaced(pulse)), () => ": still here\n\n")
        return HttpServerResponse.stream(
          Stream.concat(
            Stream.make(": listening\n\n"),
            Stream.merge(Stream.merge(stream, pulses), beats, { haltStrategy: "right" })
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
