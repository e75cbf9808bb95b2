/** `invite` for callers that treat "already invited" as success. */
import { Effect } from "effect"
import type { Ensured } from "../InviteResult.ts"
import type { LiveParticipants } from "./service.ts"

/** `ensureInvited` over any `invite`. */
export const ensuring = (
  invite: LiveParticipants["Service"]["invite"]
): LiveParticipants["Service"]["ensureInvited"] =>
  Effect.fn("LiveParticipants.ensureInvited")((invitation) => {
    const { member } = invitation
    return invite(invitation).pipe(
      Effect.map((participant): Ensured => ({ _tag: "Invited", member, participant })),
      Effect.catchTag("AlreadyInvited", () => Effect.succeed<Ensured>({ _tag: "AlreadyInvited", member }))
    )
  })
