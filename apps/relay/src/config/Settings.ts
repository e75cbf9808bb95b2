/**
 * The configuration in force: the file with every default, as the relay resolved it. It is encoded by the schema of the
 * file, which has references in place of secrets. Credentials in URLs are cut here.
 */
import { ByteSize, Duration, Effect, Layer, Predicate, Record, Schema } from "effect"
import { RelayName } from "@usher/engine"
import { Settings } from "@usher/admin"
import { stringify } from "yaml"
import * as Proxies from "../outbound/Proxies.ts"
import type { Resolved } from "./ConfigFile.ts"
import { Config } from "./ConfigSchema.ts"
import * as ServerConfig from "./ServerConfig.ts"

/** The settings of a valid configuration. */
export const of = (config: Resolved): Effect.Effect<Settings.Settings> =>
  Effect.map(RelayName.RelayName, (hostname) => {
    const settings = encode(
      present({
        server: serverOf(config, hostname),
        database: databaseOf(config),
        proxy: config.draft.proxy ?? environmentOf(config.proxies),
        admin: adminOf(config),
        spots: Record.map(config.draft.spots ?? {}, spotOf(config)),
        sources: Record.map(config.draft.sources ?? {}, sourceOf(config)),
        quarantine: quarantineOf(config),
        alerts: alertsOf(config),
        retention: Record.filter({ ...config.retention }, Duration.isFinite)
      })
    )
    return { settings, yaml: stringify(settings, { lineWidth: 0, aliasDuplicateObjects: false }) }
  })

/** The settings of a configuration that does not change. */
export const layer = (config: Resolved): Layer.Layer<Settings.InForce> =>
  Layer.succeed(Settings.InForce, Settings.InForce.of({ settings: of(config) }))

const encode = Schema.encodeUnknownSync(Config)

/** A key without a value is absent. */
const present = (record: Readonly<Record<string, unknown>>) => Record.filter(record, Predicate.isNotUndefined)

const serverOf = ({ draft: { server = {} } }: Resolved, hostname: string) => {
  const { name = hostname, ...resolved } = ServerConfig.resolve(server)
  return present({
    ...resolved,
    name: ServerConfig.isName(name) ? name : undefined,
    trustedProxies: server.trustedProxies ?? []
  })
}

const databaseOf = ({ database, draft }: Resolved) => {
  if (database.kind === "sqlite") return `sqlite:${database.file}`
  const written = typeof draft.database === "object" ? draft.database : undefined
  return present({
    url: withoutUser(database.url),
    password: written?.password ?? (database.password && { env: "PGPASSWORD" }),
    ca: written?.ca,
    maxConnections: database.maxConnections
  })
}

/** The proxy of the environment. A file has one for both protocols; MeltingSpot is called by https. */
const environmentOf = ({ except, http, https }: Proxies.Proxies) => {
  const proxy = https ?? http
  return proxy === undefined ? "none" : { url: Proxies.nameOf(proxy), noProxy: except }
}

const adminOf = ({ admin, draft, retention }: Resolved) => ({
  tokens: (draft.admin?.tokens ?? []).map(tokenOf),
  audit: { reads: admin.audit?.reads, keep: retention.audit }
})

const tokenOf = (ref: object | undefined) => ({ scope: "read", ...ref })

type Draft = Resolved["draft"]

const spotOf =
  ({ relay }: Resolved) =>
  (written: NonNullable<Draft["spots"]>[string], name: string) => {
    const options = relay.spots.get(name)
    return { ...options, ...written, budget: options?.budget, retry: options?.retry }
  }

const sourceOf =
  ({ relay }: Resolved) =>
  (written: NonNullable<Draft["sources"]>[string], name: string) => {
    const source = relay.sources.get(name)
    if (source === undefined) return written
    const { dedupeWindow, events = "all", limit, mapping, sender } = source
    return present({
      ...written,
      verify: sender.scheme,
      deliveryId: sender.deliveryId,
      dedupe: { window: dedupeWindow },
      limit,
      invite: present({ ...written.invite, member: mapping.rules?.member }),
      events
    })
  }

const quarantineOf = ({ quarantine: { bytes, ...bounds } }: Resolved) => ({
  ...bounds,
  size: ByteSize.bytes(bytes)
})

const alertsOf = ({ alerts, draft }: Resolved) =>
  draft.alerts && {
    link: withoutUser(alerts.link),
    after: alerts.after,
    channels: Record.map(draft.alerts.channels, (channel) => ({
      urgency: "warning",
      ...channel,
      ...("webhook" in channel ? { webhook: { ...channel.webhook, url: hostOf(channel.webhook.url) } } : {})
    }))
  }

/** The URL without its user, its password and its parameters of these names. */
const withoutUser = (text: string): string => {
  const url = new URL(text)
  url.username = ""
  url.password = ""
  for (const name of ["user", "password"]) url.searchParams.delete(name)
  return url.href
}

/** The URL without its user, and with `…` for its path, which is a secret of many services. */
const hostOf = (text: string): string => {
  const { protocol, host, pathname, search } = new URL(text)
  return `${protocol}//${host}${pathname + search === "/" ? "" : "/…"}`
}
