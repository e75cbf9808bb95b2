/**
 * Generators for property tests of programs that invite. They use few Lives and few people, so that values repeat.
 */
import { Arbitrary, Schema } from "effect"
import { Invitation } from "./Invitation.ts"
import { Participant, ParticipantMetrics } from "./Participant.ts"

const like = (pattern: RegExp) => Schema.String.check(Schema.isPattern(pattern))

const Address = like(/^[a-z]{1,3}@example\.com$/)
const MemberId = like(/^member-[0-9]{1,2}$/)
const LiveId = like(/^live-[0-9]$/)

/**
 * Addresses of `example.com`.
 *
 * @category generators
 */
export const address: Arbitrary.Arbitrary<string> = Arbitrary.schema(Address)

/**
 * Invitations of addresses and of Spot member ids, with and without an inviter and a notification flag.
 *
 * @category generators
 */
export const invitation: Arbitrary.Arbitrary<Invitation> = Arbitrary.schema(
  Schema.Struct({
    ...Invitation.fields,
    liveId: LiveId,
    member: Schema.Union([Address, MemberId]),
    invitedBySpotMemberId: Schema.optionalKey(MemberId)
  })
)

/**
 * Participants as the upstream may describe them, undocumented statuses and types included.
 *
 * @category generators
 */
export const participant: Arbitrary.Arbitrary<Participant> = Arbitrary.map(
  Arbitrary.schema(
    Schema.Struct({
      ...Participant.fields,
      id: like(/^participant-[0-9]{1,4}$/),
      liveId: LiveId,
      spotMemberId: MemberId,
      spotMemberEmail: Address,
      metrics: Schema.Struct({
        ...ParticipantMetrics.fields,
        viewTime: Schema.NullOr(Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)))
      })
    })
  ),
  (fields) => new Participant(fields)
)
