/**
 * What property tests of programs that invite are fed with.
 *
 * @since 0.1.0
 */
import { Arbitrary, Schema } from "effect"
import { Invitation } from "./Invitation.ts"
import { Participant } from "./Participant.ts"

/**
 * Addresses of `example.com`, few enough that some repeat.
 *
 * @category generators
 * @since 0.1.0
 */
export const address: Arbitrary.Arbitrary<string> = Arbitrary.schema(
  Schema.String.check(Schema.isPattern(/^[a-z]{1,3}@example\.com$/))
)

/**
 * Any invitation that the contract can hold.
 *
 * @category generators
 * @since 0.1.0
 */
export const invitation: Arbitrary.Arbitrary<Invitation> = Arbitrary.schema(Invitation)

/**
 * Any participant that the upstream may describe, undocumented statuses and types included.
 *
 * @category generators
 * @since 0.1.0
 */
export const participant: Arbitrary.Arbitrary<Participant> = Arbitrary.schema(Participant)
