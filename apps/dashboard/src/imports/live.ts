/** The Live that an operator typed: its id, or a part of its title. */
import type { Lives } from "@usher/admin"

/** A Live that the relay knows, because it has invitations. */
export type Known = Pick<Lives.Live, "liveId" | "title" | "startsAt" | "endsAt">

/** The Live with this id, or the only one with this text in its title. */
export const liveOf = <Live extends Known>(typed: string, lives: ReadonlyArray<Live>): Live | undefined => {
  const text = typed.trim()
  const byId = lives.find(({ liveId }) => liveId === text)
  if (byId !== undefined || text === "") return byId
  const part = text.toLowerCase()
  const titled = lives.filter(({ title }) => title?.toLowerCase().includes(part))
  const named = titled.filter(({ title }) => title?.toLowerCase() === part)
  const [only, ...others] = named.length > 0 ? named : titled
  return others.length === 0 ? only : undefined
}
