/** `invite` for callers to whom "already invited" is success. */
import { Effect } from "effect"
import { type Ensured, InviteResult } from "../InviteResult.ts"
import type { LiveParticipants } from "../LiveParticipants.ts"

const { cases } = InviteResult

/** `ensureInvited` over any `invite`. */
export const ensuring = (
  invite: LiveParticipants["Service"]["invite"]
): LiveParticipants["Service"]["ensureInvited"] =>
  Effect.fn("LiveParticipants.ensureInvited")((invitation) => {
    const { member } = invitation
    return invite(invitation).pipe(
      Effect.map((participant): Ensured => cases.Invited.make({ member, participant })),
      Effect.catchTag("AlreadyInvited", () => Effect.succeed<Ensured>(cases.AlreadyInvited.make({ member })))
    )
  })
