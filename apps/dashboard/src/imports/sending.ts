/** Sends the people of a file to the relay, piece by piece. */
import { Effect, Stream } from "effect"
import type { Progress } from "@usher/admin"
import { concurrency, pieces } from "@usher/people/pieces"
import type { Reading } from "@usher/people/rows"
import { api } from "../api/client.ts"
import { layerFile } from "./fileSystem.ts"

/** Who invites, and where. */
export interface Invitation {
  readonly spot: string
  readonly liveId: string
  /** `yes`, `no`, or empty: MeltingSpot decides. */
  readonly notify: string
  readonly invitedBy: string
}

/** `onBefore` is told how many people were imported in the last 24 hours, and are skipped. */
export const sending = (
  file: File,
  reading: Reading,
  total: number,
  { spot, liveId, notify, invitedBy }: Invitation,
  onBefore: (people: number) => void
) =>
  Effect.sync(() => {
    let [done, before] = [0, 0]
    const invitation = {
      spot,
      liveId: liveId.trim(),
      ...(notify === "" ? {} : { notify: notify === "yes" }),
      ...(invitedBy.trim() === "" ? {} : { invitedBy: invitedBy.trim() })
    }
    return pieces(reading).pipe(
      Stream.mapEffect(
        (members) =>
          Effect.map(
            api.imports.add({ payload: { ...invitation, members } }),
            ({ duplicate }): Progress.Progress => {
              done += members.length
              if (duplicate) onBefore((before += members.length))
              return { done, total, ended: false }
            }
          ),
        { concurrency }
      ),
      Stream.concat(Stream.sync(() => ({ done, total, ended: true }))),
      Stream.provide(layerFile(file))
    )
  })
