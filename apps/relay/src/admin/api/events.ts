import { Effect, Ref, Schedule, Schema, Stream } from "effect"
import { Sse } from "effect/encoding"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Api, Events as Wire } from "@usher/admin"
import { Events, Insight } from "@usher/engine"

/** Proxies close what is silent for longer. */
const heartbeat = "15 seconds"

/** A busy relay tells once of what happens within this time, and of no more than this one by one. */
const gathering = "200 millis"
const most = 100

const everything: Events.Event = { type: "changed", what: "everything" }

/** How soon a page hears of what another relay does. */
const glance = "3 seconds"

export const events = HttpApiBuilder.group(
  Api.AdminApi,
  "events",
  Effect.fnUntraced(function* (handlers) {
    const events = yield* Events.Events
    const insight = yield* Insight.Insight

    /** Something has changed that no event of this process tells of. */
    const elsewhere = Stream.unwrap(
      Effect.map(Ref.make<string | undefined>(undefined), (last) =>
        Stream.fromEffectSchedule(insight.elsewhere, Schedule.spaced(glance)).pipe(
          Stream.mapEffect((now) => Effect.map(Ref.getAndSet(last, now), (before) => ({ before, now }))),
          Stream.drop(1),
          Stream.filter(({ before, now }) => now !== undefined && now !== before),
          Stream.map(() => everything),
          // A database that can't be asked now is asked again when the page is there again.
          Stream.catchCause(() => Stream.never)
        )
      )
    )

    return handlers.handle("stream", () => {
      const told = Stream.merge(events.all, elsewhere).pipe(
        Stream.groupedWithin(10_000, gathering),
        Stream.map((events) => (events.length > most ? [everything] : events).map(written).join(""))
      )
      const beats = Stream.map(Stream.fromSchedule(Schedule.spaced(heartbeat)), () => ": still here\n\n")
      return Effect.succeed(
        HttpServerResponse.stream(
          Stream.concat(Stream.make(": listening\n\n"), Stream.merge(told, beats)).pipe(Stream.encodeText),
          { contentType: "text/event-stream", headers: { "x-accel-buffering": "no" } }
        )
      )
    })
  })
)

const written = (event: Events.Event) =>
  Sse.encoder.write({ _tag: "Event", event: "message", id: undefined, data: encode(event) })

const encode = Schema.encodeSync(Schema.fromJsonString(Wire.Event))
