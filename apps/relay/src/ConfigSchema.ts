/**
 * What stands in the configuration file (`usher.yaml`, or JSON).
 */
import { Schema } from "effect"
import { MeltingSpotConfig } from "@usher/core"
import { Mapping } from "@usher/engine"
import { DeliveryId, Scheme } from "@usher/signatures"
import { DatabaseConfig } from "./Database.ts"
import { SecretRef, SourceSecretRef } from "./SecretRef.ts"

/** Stands in paths and in messages. */
const Name = Schema.String.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9_-]*$/i, { expected: "a name of letters, digits, - and _" })
)

export const SpotConfig = Schema.Struct({
  secretKey: SecretRef,
  baseUrl: Schema.optionalKey(MeltingSpotConfig.BaseUrl),
  authorizationPrefix: Schema.optionalKey(MeltingSpotConfig.HeaderText),
  timeout: Schema.optionalKey(Schema.DurationFromString),
  /** Whether the upstream gets to see our trace ids. */
  propagateTrace: Schema.optionalKey(Schema.Boolean)
})

const Expression = Mapping.Expression.annotate({ message: "Expected { expr: … }" })

export const SourceConfig = Schema.Struct({
  sender: Schema.NonEmptyString,
  /** In place of the sender's own scheme. */
  verify: Schema.optionalKey(Scheme.Scheme),
  /** Several may be live at once, so that they can be rotated. */
  secrets: Schema.optionalKey(Schema.Array(SourceSecretRef)),
  deliveryId: Schema.optionalKey(DeliveryId.DeliveryId),
  spot: Schema.NonEmptyString,
  invite: Schema.Struct({
    live: Mapping.Rules.fields.live,
    member: Schema.optionalKey(Expression),
    invitedBy: Mapping.Rules.fields.invitedBy,
    notify: Mapping.Rules.fields.notify
  }),
  when: Schema.optionalKey(Expression),
  /** When its invitations are not worth sending any more: a time, or so long after the webhook came. */
  expires: Schema.optionalKey(
    Schema.Union([Schema.DateTimeUtcFromString, Schema.DurationFromString]).annotate({
      message: 'Expected a time, such as "2026-12-01T18:00:00Z", or a length, such as "2 hours"'
    })
  ),
  /** A person whose invitation to the Live ended longer ago than this is invited once more. */
  reinviteAfter: Schema.optionalKey(
    Schema.DurationFromString.annotate({ message: 'Expected a length of time, such as "30 days"' })
  )
})

export const Config = Schema.Struct({
  server: Schema.optionalKey(
    Schema.Struct({
      host: Schema.optionalKey(Schema.NonEmptyString),
      port: Schema.optionalKey(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))),
      publicUrl: Schema.optionalKey(Schema.NonEmptyString)
    })
  ),
  /** A path is seen from the folder of this file. */
  database: Schema.optionalKey(DatabaseConfig),
  spots: Schema.Record(Name, SpotConfig),
  sources: Schema.Record(Name, SourceConfig)
}).annotate({ message: "Expected spots and sources" })

export type Config = typeof Config.Type
