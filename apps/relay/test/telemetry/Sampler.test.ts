import { expect, it } from "@effect/vitest"
import { Effect, Layer, Random, Tracer } from "effect"
import * as Sampler from "../../src/telemetry/Sampler.ts"

const outside = (sampled: boolean) =>
  Tracer.externalSpan({ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", sampled })

const isKept = (options: Tracer.SpanOptions) =>
  Effect.map(Effect.makeSpan("span", options), ({ sampled }) => sampled)

/** How many of a thousand. */
const kept = (options: Tracer.SpanOptions) =>
  Effect.map(
    Effect.all(Array.from({ length: 1_000 }, () => isKept(options))),
    (all) => all.filter((isKept) => isKept).length
  )

const sampling = (ratio: number) =>
  Effect.provide(Layer.provide(Sampler.layer(ratio), Layer.succeed(Tracer.Tracer, nativeTracer)))

const nativeTracer = Tracer.make({ span: (options) => new Tracer.NativeSpan(options) })

it.effect("the share of traces that begin here is kept", () =>
  Effect.gen(function* () {
    for (const options of [{ root: true }, { kind: "server", parent: outside(true) }] as const) {
      const count = yield* kept(options)
      expect(count).toBeGreaterThan(150)
      expect(count).toBeLessThan(350)
    }
  }).pipe(sampling(0.25), Random.withSeed("sampler"))
)

it.effect.each([true, false])("whether a sender keeps its trace (%s) changes nothing here", (sampled) =>
  Effect.gen(function* () {
    const server = { kind: "server", parent: outside(sampled) } as const
    expect(yield* sampling(1)(isKept(server))).toBe(true)
    expect(yield* sampling(0)(isKept(server))).toBe(false)
  })
)

it.effect.each([true, false])("what goes on with a trace is kept as its beginning was (%s)", (sampled) =>
  Effect.gen(function* () {
    expect(yield* sampling(0)(isKept({ parent: outside(sampled) }))).toBe(sampled)
    expect(yield* sampling(1)(isKept({ parent: outside(sampled) }))).toBe(sampled)
  })
)

it.effect("a call for many is kept if the trace of one of them is", () =>
  Effect.gen(function* () {
    const links = (...sampled: ReadonlyArray<boolean>) => ({
      root: true,
      links: sampled.map((one) => ({ span: outside(one), attributes: {} }))
    })
    expect(yield* isKept(links(false, true, false))).toBe(true)
    expect(yield* isKept(links(false, false))).toBe(false)
  }).pipe(sampling(0.5))
)
