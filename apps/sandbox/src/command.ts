/** The command line of the sandbox. */
import { Config, Console, Duration, Effect, Layer, Schema } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpServer } from "effect/http"
import { OpenApi } from "effect/http-api"
import { Budget, MeltingSpotApi } from "@usher/core"
import { MeltingSpotMemory } from "@usher/core/testing"
import * as Sandbox from "./Sandbox.ts"

const Limit = Schema.Tuple([
  Schema.NumberFromString.check(Schema.isInt(), Schema.isGreaterThan(0)),
  Schema.DurationFromString.check(Schema.makeFilter((window) => Duration.isPositive(window)))
])
const decodeLimit = Schema.decodeUnknownSync(Limit)

const readLimits = (text: string): ReadonlyArray<Budget.Limit> => {
  if (text === "documented") return Budget.documented
  if (text === "none") return []
  return Array.from(text.split(","), (limit) => {
    const [calls, window] = decodeLimit(limit.split("/").map((part) => part.trim()))
    return { calls, window }
  })
}

export const sandbox = Command.make(
  "sandbox",
  {
    host: Flag.String("host").pipe(
      Flag.withDefault("127.0.0.1"),
      Flag.withDescription("Address to listen on")
    ),
    port: Flag.Int("port").pipe(
      Flag.withDefault(8788),
      Flag.withDescription("Port to listen on. 0: any free port")
    ),
    secretKey: Flag.Redacted("secret-key").pipe(
      Flag.withFallbackConfig(Config.Redacted("MELTINGSPOT_SECRET_KEY")),
      Flag.withDescription("The secret key that calls must send (or MELTINGSPOT_SECRET_KEY)")
    ),
    limits: Flag.String("limits").pipe(
      Flag.mapTryCatch(readLimits, () => `documented, none, or such as "20/10 seconds,1000/1 hour"`),
      Flag.withDefault(Budget.documented),
      Flag.withDescription(
        'The call limits of the key: documented (100 calls in any 10 seconds and 50,000 in any 24 hours), none, or a list such as "20/10 seconds,1000/1 hour". Default: documented'
      )
    ),
    retryAfter: Flag.Literals("retry-after", ["none", "seconds", "date"]).pipe(
      Flag.withDefault("none"),
      Flag.withDescription("The form of Retry-After on a 429. MeltingSpot documents none. Default: none")
    ),
    speed: Flag.Finite("speed").pipe(
      Flag.filter(
        (speed) => speed > 0,
        () => "a number above 0"
      ),
      Flag.withDefault(1),
      Flag.withDescription("The speed of the limit windows: at 1440 a day takes a minute. Default: 1")
    ),
    seed: Flag.Boolean("seed").pipe(
      Flag.withDefault(false),
      Flag.withDescription(
        "Start with a sample Spot of four Lives, three members and two groups. Other Lives get 404. Default: every Live exists"
      )
    )
  },
  ({ retryAfter, seed, ...options }) =>
    Sandbox.layer({
      ...options,
      retryAfter: retryAfter === "none" ? undefined : retryAfter,
      spot: seed ? MeltingSpotMemory.sample : undefined
    }).pipe(
      Layer.tap((services) => Effect.provide(announce(options), services)),
      Layer.launch
    )
).pipe(Command.withDescription("Emulate MeltingSpot's API for tests and trials"))

/** The operations of the contract. */
const operations = Object.entries(OpenApi.fromApi(MeltingSpotApi.MeltingSpotApi).paths).flatMap(
  ([path, item]) => Object.keys(item).map((method) => `  ${method.toUpperCase().padEnd(6)}  ${path}`)
)

interface Announced {
  readonly limits: ReadonlyArray<Budget.Limit>
  readonly speed: number
}

const announce = ({ limits, speed }: Announced) =>
  HttpServer.addressFormattedWith((url) =>
    Console.log(
      [
        `The sandbox listens on ${url}`,
        ...operations,
        "  ledger  GET /sandbox, only its counts: GET /sandbox/summary, reset: DELETE /sandbox",
        '  faults  PUT /sandbox/fault {"status":503}, or an array; remove: DELETE /sandbox/fault',
        `  limits  ${limits.length === 0 ? "none" : limits.map(describe(speed)).join(", ")}`
      ].join("\n")
    )
  )

const describe =
  (speed: number) =>
  ({ calls, window }: Budget.Limit) => {
    const length = Duration.fromInputUnsafe(window)
    const passes = Duration.millis(Math.ceil(Duration.toMillis(length) / speed))
    const faster = speed === 1 ? "" : ` (sped up to ${Duration.format(passes)})`
    return `${calls} calls in any ${Duration.format(length)}${faster}`
  }
