import { DateTime, Effect, Option } from "effect"
import { CliError, Flag } from "effect/cli"
import * as DurationText from "../../config/DurationText.ts"
import * as TimeText from "../../config/TimeText.ts"

/** A flag with a time, a day, or a duration before now. */
export const timeFlag = (name: string, description: string) =>
  Flag.String(name).pipe(
    Flag.withMetavar("time"),
    Flag.withDescription(
      `${description}: 2026-11-23 (midnight UTC), 2026-11-23T09:00:00Z, or how long ago, such as '2 hours' or 30d`
    ),
    Flag.mapEffect((text) =>
      Effect.flatMap(DateTime.now, (now) => {
        const at = Option.orElse(TimeText.parseWithDay(text), () =>
          Option.map(DurationText.parse(text), (ago) => DateTime.subtractDuration(now, ago))
        )
        return Effect.mapError(Effect.fromOption(at), () => noTime(name, text))
      })
    )
  )

const noTime = (option: string, text: string) =>
  new CliError.InvalidValue({
    option,
    value: text,
    expected: TimeText.isWithoutZone(text)
      ? "a time with its zone: add Z for UTC, or an offset such as +02:00"
      : "a time such as 2026-11-23T09:00:00Z, or how long ago, such as '2 hours' or '30 days'",
    kind: "flag"
  })
