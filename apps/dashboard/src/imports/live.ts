/** The Live that an operator typed: its id, or a part of its title. */
import type { Lives } from "@usher/admin"

/** A Live that the relay knows, because it has invitations. */
export type Known = Pick<Lives.Live, "liveId" | "title" | "startsAt" | "endsAt">

/** The Live with this id, or those with this title, or with this text in it. */
export const livesOf = <Live extends Known>(
  typed: string,
  lives: ReadonlyArray<Live>
): ReadonlyArray<Live> => {
  const text = typed.trim()
  if (text === "") return []
  const byId = lives.find(({ liveId }) => liveId === text)
  if (byId !== undefined) return [byId]
  const part = text.toLowerCase()
  const titled = lives.filter(({ title }) => title?.toLowerCase().includes(part))
  const named = titled.filter(({ title }) => title?.toLowerCase() === part)
  return named.length > 0 ? named : titled
}
