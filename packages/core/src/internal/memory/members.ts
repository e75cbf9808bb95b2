/** The members of a Spot in memory. */
import { DateTime } from "effect"
import { memberKey } from "../../Invitation.ts"
import type { MemberSeed } from "./seeds.ts"
import { SpotMember } from "../../SpotMember.ts"
import type { SpotMemberQuery } from "../../SpotMemberFilter.ts"
import { among, choice, within } from "./matching.ts"

interface Kept {
  readonly member: SpotMember
  readonly invitedAt: DateTime.Utc | undefined
  readonly registeredAt: DateTime.Utc | undefined
}

const host = { email: "host@example.com" }

export const makeMembers = (seeds: ReadonlyArray<MemberSeed>) => {
  const byId = new Map<string, Kept>()
  const ids = new Map<string, string>()

  const join = (seed: MemberSeed) => {
    const { email, id = `member-${byId.size}`, invitedAt, registeredAt } = seed
    const member = new SpotMember({
      id,
      spotId: "spot-0",
      userId: null,
      email,
      firstname: seed.firstname ?? null,
      lastname: seed.lastname ?? null,
      title: seed.title ?? null,
      lang: "en",
      role: seed.role ?? "Member",
      customRoleId: seed.customRoleId ?? null,
      status: seed.status ?? "Invited",
      warnings: 0,
      embedBaseUrls: {},
      updatedAt: null
    })
    ids.set(memberKey(email), id)
    byId.set(id, { member, invitedAt, registeredAt })
    return member
  }

  const reset = () => {
    byId.clear()
    ids.clear()
    for (const seed of [host, ...seeds]) join(seed)
  }
  reset()

  return {
    reset,
    join,
    has: (id: string) => byId.has(id),
    idOf: (address: string) => ids.get(memberKey(address)),
    get: (id: string) => byId.get(id)?.member,
    matching: (query: SpotMemberQuery) =>
      Array.from(byId.values())
        .filter((kept) => matches(kept, query))
        .map(({ member }) => member)
  }
}

const matches = ({ member, invitedAt, registeredAt }: Kept, query: SpotMemberQuery): boolean =>
  among(member.email, query["email[in]"]) &&
  among(member.firstname, query["firstname[in]"]) &&
  among(member.lastname, query["lastname[in]"]) &&
  choice(member.customRoleId ?? undefined, query["customRoleId[eq]"], undefined) &&
  within(seconds(invitedAt), {
    lt: query["invitationDate[before]"],
    gt: query["invitationDate[after]"]
  }) &&
  within(seconds(registeredAt), {
    lt: query["registrationDate[before]"],
    gt: query["registrationDate[after]"]
  })

const seconds = (moment: DateTime.Utc | undefined) =>
  moment === undefined ? undefined : DateTime.toEpochMillis(moment) / 1000
