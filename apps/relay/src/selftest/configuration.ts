/** Derives the configuration of the relay under test: that of the user, with another database and upstream. */
import { Effect, type Redacted, Schema, Struct } from "effect"
import { Config } from "../config/ConfigSchema.ts"
import type { Database } from "../config/DatabaseConfig.ts"
import type { Target } from "./Target.ts"

/** The text of the file, and its environment variables. */
export interface Derived {
  readonly text: string
  readonly environment: Readonly<Record<string, Redacted.Redacted>>
}

export interface Surroundings {
  readonly publicUrl: string
  readonly database: Database
  /** The emulated MeltingSpot and its key. */
  readonly upstream: { readonly url: string; readonly key: Redacted.Redacted }
  readonly targets: ReadonlyArray<Target>
}

/**
 * Derives the configuration, without the real keys of Spots, the tokens of operators, and the budget, which would look like
 * a loss.
 */
export const derive = Effect.fnUntraced(function* (
  config: Config,
  { publicUrl, database, upstream, targets }: Surroundings
) {
  const { admin: _, ...kept } = config
  const environment: Record<string, Redacted.Redacted> = {}
  const byVariable = (secret: Redacted.Redacted) => {
    const env = `USHER_SELFTEST_${Object.keys(environment).length + 1}`
    environment[env] = secret
    return { env }
  }
  const secretKey = byVariable(upstream.key)
  const derived: Config = {
    ...kept,
    server: { host: "127.0.0.1", port: 0, publicUrl },
    database: placeOf(database, byVariable),
    // The emulated MeltingSpot is on this machine.
    proxy: "none",
    spots: Object.fromEntries(
      Object.entries(kept.spots).map(([name, spot]) => [
        name,
        // The emulated MeltingSpot has no certificate.
        { ...Struct.omit(spot, ["ca", "proxy"]), secretKey, baseUrl: upstream.url, budget: "unlimited" }
      ])
    ),
    sources: Object.fromEntries(
      targets.map(({ source, config, secrets }) => [
        source,
        {
          ...config,
          secrets: secrets.map(({ value, expiresAt }) => ({
            ...byVariable(value),
            ...(expiresAt === undefined ? {} : { expiresAt })
          }))
        }
      ])
    )
  }
  const encoded = yield* Effect.orDie(Schema.encodeEffect(Config)(derived))
  const result: Derived = { text: JSON.stringify(encoded), environment }
  return result
})

const placeOf = (
  database: Database,
  byVariable: (secret: Redacted.Redacted) => { readonly env: string }
): NonNullable<Config["database"]> => {
  if (database.kind === "sqlite") return `sqlite:${database.file}`
  const { url, password, ca } = database
  if (password === undefined && ca === undefined) return url
  return {
    url,
    ...(password === undefined ? {} : { password: byVariable(password) }),
    ...(ca === undefined ? {} : { ca: ca.file })
  }
}
