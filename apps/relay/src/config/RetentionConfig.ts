/** `retention`: how long the relay keeps data. */
import { Duration, Schema } from "effect"
import type { AdminConfig } from "./AdminConfig.ts"
import { durationText } from "./DurationText.ts"
import type { QuarantineConfig } from "./QuarantineConfig.ts"

/** `forever` says how to keep the data forever. */
const kept = (description: string, forever: string) =>
  Schema.optionalKey(
    durationText(description).annotate({
      message: `Expected a duration above zero, such as "90 days" (${forever})`
    })
  )

/** What is kept forever by default. */
const keptForever = (description: string) => kept(description, "leave the key out to keep them forever")

/** What is deleted by default. */
const keptFor = (description: string) =>
  kept(description, 'choose a long one, such as "36500 days", in place of forever')

export const RetentionConfig = Schema.Struct({
  bodies: keptForever(
    "How long a mapped, ignored or unmappable webhook keeps its body and headers after it was received. Default: forever"
  ),
  invitations: keptForever(
    "How long an invitation and its attempts are kept after it ended. Default: forever"
  ),
  quarantine: keptFor(
    "How long a delivery in quarantine is kept after it was last received. Default: quarantine.age"
  ),
  audit: keptFor("How long entries of the audit log are kept. Default: admin.audit.keep")
})

/** How long the relay keeps each kind of data. */
export interface Retention {
  /** Infinite by default. */
  readonly bodies: Duration.Duration
  /** Infinite by default. */
  readonly invitations: Duration.Duration
  readonly quarantine: Duration.Duration
  readonly audit: Duration.Duration
}

/** The sections that say how long data is kept. */
interface Sections {
  readonly retention?: typeof RetentionConfig.Type
  readonly quarantine?: Pick<typeof QuarantineConfig.Type, "age">
  readonly admin?: Pick<typeof AdminConfig.Type, "audit">
}

/** The default of `quarantine.age`. */
const quarantineAge = Duration.days(14)

/** The default of `admin.audit.keep`. */
const auditKeep = Duration.days(400)

/** The retention with its defaults. `retention` takes precedence over the other sections. */
export const resolve = ({ retention = {}, quarantine = {}, admin = {} }: Sections): Retention => ({
  bodies: retention.bodies ?? Duration.infinity,
  invitations: retention.invitations ?? Duration.infinity,
  quarantine: retention.quarantine ?? quarantine.age ?? quarantineAge,
  audit: retention.audit ?? admin.audit?.keep ?? auditKeep
})
